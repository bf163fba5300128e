"""A decision in the making: working copies of what a snapshot holds, and the writes collected so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.compiled import Compiled
from casework.condition.evaluate import Facts
from casework.condition.literal import Value
from casework.deciding.entering import entered
from casework.model.assignment import Assignment
from casework.model.case import Move, Placed, Snapshot
from casework.model.decision import Message, Opening, Step
from casework.model.enclosure import Enclosed
from casework.model.glass import Glass
from casework.model.outfit import Account
from casework.model.posting import Hold, Limit, Posting
from casework.model.refusal import Refusal
from casework.model.term import Term


class Stop(Exception):
    """Leaves the pipe with a refusal; never seen outside this package."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class Draft(Facts):
    """What the rooms of the pipe hand on to each other: the facts as they become, and the writes so far."""

    __slots__ = (
        "assignments",
        "before",
        "breaks",
        "compiled",
        "corrects",
        "enclosed",
        "extends",
        "limits",
        "messages",
        "move",
        "note",
        "openings",
        "placed",
        "postings",
        "rechecks",
        "refused",
        "reviews",
        "settled",
        "steps",
        "terms",
        "void",
        "voided",
        "withdraws",
    )

    # Facts only looks at these; a draft changes them.
    acts: dict[str, str]
    balances: dict[str, int]
    data: dict[str, Value]
    dues: dict[str, datetime]
    form: dict[str, Value]
    marks: dict[str, datetime]
    states: dict[str, str]

    def __init__(self, compiled: Compiled, snapshot: Snapshot, move: Move) -> None:
        self.compiled, self.before, self.move = compiled, snapshot, move
        self.states, self.data = dict(snapshot.states), dict(snapshot.data)
        self.marks, self.dues, self.acts = dict(snapshot.marks), dict(snapshot.dues), dict(snapshot.acts)
        self.terms: dict[str, Term] = dict(snapshot.terms)
        self.form = {}
        self.steps: list[Step] = []
        self.postings: list[Posting] = []
        self.settled: list[Hold] = []
        self.void: list[Hold] = []
        self.limits: dict[str, Limit] = {}
        self.messages: list[Message] = []
        self.openings: list[Opening] = []
        self.assignments: list[Assignment] = []
        self.voided: list[str] = []
        self.rechecks = False
        self.note, self.refused = "", ""
        self.corrects: int | None = None
        self.enclosed: Enclosed | None = None
        self.withdraws: int | None = None
        self.placed: Placed | None = None
        self.breaks: Glass | None = None
        self.reviews: int | None = None
        self.extends: tuple[str, int] | None = None
        self.balances = {}
        self.now, self.person, self.roles = move.now, move.actor.person, move.roles
        if snapshot.balances:
            self.weigh()

    def weigh(self) -> None:
        """Bring the balances that conditions read up to date with the case's unit, kinds and postings."""
        self.balances.clear()
        for account in self.compiled.accounts.values():
            key = account_key(account, self.before, self.data)
            if key is not None and key in self.before.balances:
                change = self.limits[key].change if key in self.limits else 0
                self.balances[account.name] = self.before.balances[key] + change

    @property
    def writes(self) -> bool:
        """Whether anything is to be written besides the case itself."""
        return bool(
            self.voided
            or self.postings
            or self.settled
            or self.void
            or self.limits
            or self.messages
            or self.openings
            or self.assignments
        )

    def enter(self, workflow: str, target: str, again: bool) -> None:
        """Put *workflow* into *target*, with its mark and deadlines; *again* restarts those that run."""
        entered(self.compiled, self, workflow, target, self.move.now, again)

    def changed(self) -> dict[str, Value | None]:
        """The fields whose value is another than before; None where it became unknown."""
        before, after = self.before.data, self.data
        changes: dict[str, Value | None] = {
            name: value for name, value in after.items() if name not in before or before[name] != value
        }
        for name in before:
            if name not in after:
                changes[name] = None
        return changes

    def closed_at(self) -> datetime | None:
        """When the case closed: as before, as an import says, or now; None where it is open."""
        compiled = self.compiled
        if self.states[compiled.main] not in compiled.workflows[compiled.main].finals:
            return None
        told = self.move.placed.closed_at if self.move.placed is not None else None
        return self.before.closed_at or told or self.move.now


def account_key(account: Account, case: Snapshot, data: Mapping[str, Value]) -> str | None:
    """The full key of an account for a case: name, owner, kind. None where the kind is unknown."""
    owner = _owner(account, case)
    if account.by is None:
        return f"{account.name}|{owner}|"
    kind = data.get(account.by)
    return None if kind is None else f"{account.name}|{owner}|{kind}"


def _owner(account: Account, case: Snapshot) -> str:
    """Whose the account is: the unit's, the case's, everybody's, or that of a person whom the case is about."""
    owners = {"unit": case.unit, "case": case.id, "tenant": ""}
    return owners[account.owner] if account.owner in owners else case.subjects[account.owner]


def account_keys(account: Account, case: Snapshot, compiled: Compiled) -> tuple[str, ...]:
    """Every key that the account may have for a case while one firing lasts, whatever the form says."""
    owner = _owner(account, case)
    if account.by is None:
        return (f"{account.name}|{owner}|",)
    return tuple(f"{account.name}|{owner}|{choice.name}" for choice in compiled.fields[account.by].choices)

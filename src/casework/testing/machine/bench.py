"""One example: an app and the second interpreter on the same way, with the program that led there."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.case import Case
from casework.model.refusal import Refusal
from casework.storage.rows import Tables
from casework.testing.cast import HERE
from casework.testing.machine.before import BeforeDesk
from casework.testing.machine.call import Call, desk_line
from casework.testing.machine.compare import check_claims_of_step, compare
from casework.testing.machine.setup import Setup
from casework.testing.oracle import tables, unframed

BROKEN = ("part-failed", "too-many-steps")
"""Refusals that are nobody's fault who asks: a part broke its promise, or automatic steps go round."""


@attrs.frozen
class Done:
    """A call with a request id that was carried out, and what it gave."""

    call: Call
    case: Case


@attrs.frozen
class Taken:
    """A step of a program, with what it takes to take it again in a shorter one.

    *birth* is the step that opened the case, and which of its cases; *current* whether the case was handed in as it
    then stood; *back* how many entries ago that was which is corrected.
    """

    call: Call
    at: int
    birth: tuple[int, int]
    current: bool
    back: int


class Bench:
    """Both sides, everything that was acknowledged, and every line of the program so far.

    One that is *thorough* asks everybody after each step, and not one person in turn.
    """

    def __init__(self, setup: Setup, *, thorough: bool = False) -> None:
        self.setup, self.clock, self.thorough = setup, setup.stage.clock, thorough
        self.app = setup.stage.begin()
        self.world = setup.world(self.app)
        every = frozenset(role.name for case_type in self.app.case_types for role in case_type.roles)
        self.seer = Actor("seer", roles=every)
        self.named: list[Case] = []
        self.acknowledged: list[Case] = []
        self.requests: list[Done] = []
        self.lines: list[str] = []
        self.people: dict[str, Actor] = {}
        self.fired: set[tuple[str, str]] = set()
        self.steps: list[Taken] = []
        self.births: dict[tuple[int, int], str] = {}
        self.turn = 0
        self.failed = False
        self.said: Refusal | None = None
        self.done: Case | None = None
        self.taken: list[tuple[str, str]] = []
        self.furnished = 0
        self.rows = tables(self.app)

    def begin(self) -> None:
        """What every program begins with; no part of it is left out when a program is shortened."""
        if self.setup.before is not None:
            self.setup.before(lambda who: BeforeDesk(self, who))
        self.furnished = len(self.world.cases)
        self.steps = []

    def do(self, call: Call, at: int | None = None) -> None:
        """Do it on both sides, then compare all that there is; *at* is its place in the program that it comes from."""
        self._people(call)
        self.steps.append(self._taken(call, len(self.steps) if at is None else at))
        self.lines.append(repr(call))
        self.said, self.done = None, None
        if call.verb == "wait":
            self.clock.advance(call.wait)
            self.app.run_due()
            self.world.run_due(self.clock.now())
        elif call.repeats:
            self._repeat(call)
        else:
            self._both(call)
        before, self.rows = self.rows, tables(self.app)
        self.taken = self._taken_since(before)
        self.turn += 1
        if before != self.rows or call.verb == "wait":
            compare(self)

    def _taken_since(self, before: Tables) -> list[tuple[str, str]]:
        """Case type and trigger of every step that was logged since the tables were as *before*."""
        known = {(row["case_id"], row["number"]) for row in before["casework_entry"]}
        new = [row for row in self.rows["casework_entry"] if (row["case_id"], row["number"]) not in known]
        return [
            (self.world.cases[row["case_id"]]["type"], step[1])
            for row in new
            for step in unframed(row["body"])[1].get("steps", ())
        ]

    def _taken(self, call: Call, at: int) -> Taken:
        if not call.case:
            return Taken(call, at, (at, 0), True, 0)
        case = self.named[call.case - 1]
        birth = next(birth for birth, case_id in self.births.items() if case_id == case.id)
        revision: int = self.world.cases[case.id]["revision"]
        return Taken(call, at, birth, case.revision == revision, revision - call.entry)

    def end(self) -> None:
        """What is left of it all is whole: the log, the ledger and the timers verify."""
        verdict = self.app.verify()
        assert verdict.whole, f"the store does not verify: {', '.join(str(fault) for fault in verdict.faults)}"

    def _repeat(self, call: Call) -> None:
        """The same call under its request id gives the same answer and does nothing; other content is refused."""
        (first,) = (done.case for done in self.requests if done.call.request == call.request)
        sees = self.sees(call.who, first.id)
        if call.repeats == "other":
            desk = self.app.desk(call.who)
            said, _ = _tried(lambda: desk.note(first.id, "else", request_id=call.request))
            assert said is not None, "a request id that was used for something else is accepted"
            # Their own request is theirs to be told of, also where the case is no longer theirs to see.
            assert said.code == "request-reused", f"a request id that was used before gives {said}"
        else:
            said, case = _tried(lambda: self.real(call))
            if case is None:
                assert said is not None and said.code == "not-found" and not sees, (
                    f"the same request is refused: {said}"
                )
            else:
                same = (first.id, first.entry) == (case.id, case.entry)
                assert same, f"the same request gave entry {case.entry} of {case.id}, not the first one's"
        self._untouched("a request that was carried out before")

    def sees(self, actor: Actor, case_id: str) -> bool:
        """Whether somebody may view a case."""
        case = self.world.cases[case_id]
        return self.world.may("view", case, self.world.roles(actor, case))

    def real(self, call: Call) -> Case:
        """The call as it is."""
        desk = self.app.desk(call.who)
        if call.verb == "open":
            known = self.subjects(self.named[call.case - 1].id) if call.about else {}
            subjects = {name: known[name] for name in call.about}
            return desk.open(call.name, call.values, request_id=call.request, unit=HERE, subjects=subjects)
        case = self.handle(call)
        match call.verb:
            case "fire":
                return desk.fire(case, call.name, call.values, request_id=call.request)
            case "amend":
                return desk.amend(case, call.values, request_id=call.request)
            case "note":
                return desk.note(case, call.name, request_id=call.request)
            case "assign":
                return desk.assign(case, call.name, call.person, request_id=call.request)
            case "claim":
                return desk.claim(case, call.name, request_id=call.request)
            case "correct":
                return desk.correct(case, call.entry, because="a slip", request_id=call.request)
        raise AssertionError(call.verb)

    def handle(self, call: Call) -> Case | str:
        """The case that a call is about, as it was seen, or by its id."""
        case = self.named[call.case - 1]
        return case.id if call.by_id else case

    def _both(self, call: Call) -> None:
        foreseen = self._foreseen(call) if call.verb == "fire" else None
        before = {} if call.verb == "open" else dict(self.world.cases[self.named[call.case - 1].id])
        held = dict(self.world.balances)
        said, case = _tried(lambda: self.real(call))
        assert call.verb != "fire" or said == foreseen, f"why_not() said {foreseen}; fire() said {said}"
        if case is None:
            assert said is not None
            self._refused(call, said)
            return
        told = self._told(call, case)
        assert told == "", f"casework accepts what the definition refuses: {told}"
        self._acknowledge(call, case)
        check_claims_of_step(self, call, before, held)

    def _foreseen(self, call: Call) -> Refusal | None:
        desk, case = self.app.desk(call.who), self.handle(call)
        said = desk.why_not(case, call.name, call.values)
        refused, _ = _tried(lambda: desk.what_if(case, call.name, call.values))
        assert said == refused, f"why_not() said {said}; what_if() said {refused}"
        return said

    def _refused(self, call: Call, said: Refusal) -> None:
        self.said = said
        self.lines[-1] += f"  # refused: {said.code}"
        self._untouched(f"a call that was refused ({said.code})")
        assert said.code not in BROKEN, f"{said}"
        if call.verb != "correct":
            told = self._told(call, None)
            assert told == said.code, f"casework refuses as {said}; the definition says {told or 'that it goes'}"

    def _told(self, call: Call, case: Case | None) -> str:
        """What the second interpreter says of a call; *case* is what casework made of it."""
        world, now = self.world, self.clock.now()
        if call.verb == "open":
            subjects = {} if case is None else self.subjects(case.id)
            case_id = "nowhere" if case is None else case.id
            return world.open(case_id, call.who, call.name, HERE, call.values, now, subjects)
        seen = None if call.by_id else self.named[call.case - 1].revision
        case_id, who = self.named[call.case - 1].id, call.who
        match call.verb:
            case "fire":
                return world.fire(case_id, who, call.name, call.values, now, seen)
            case "amend":
                return world.amend(case_id, who, call.values, now, seen)
            case "note":
                return world.note(case_id, who, call.name, now, seen)
            case "assign":
                return world.assign(case_id, who, call.name, call.person, now, seen)
            case "claim":
                return world.claim(case_id, who, call.name, now, seen)
        return "" if world.undo(case_id, call.entry, now) else "not-undoable"

    def _acknowledge(self, call: Call, case: Case) -> None:
        self.done = case
        self.acknowledged.append(case)
        self.fired.add((case.id, call.name))
        if call.request is not None:
            self.requests.append(Done(call, case))
        self.named.append(case)
        self.lines[-1] = f"case{len(self.named)} = {self.lines[-1]}"
        opened = self._opened(tables(self.app), case.id, case.entry)
        children = [self.app.desk(self.seer).get(child) for child in opened]
        self.world.christen((child.id, self.subjects(child.id)) for child in children)
        born = [*([case] if call.verb == "open" else []), *children]
        self.births |= {(self.steps[-1].at, number): one.id for number, one in enumerate(born)}
        for child in children:
            self.named.append(child)
            self.people["seer"] = self.seer
            self.lines.append(f"case{len(self.named)} = seer.get({child.id!r})")

    def subjects(self, case_id: str) -> dict[str, str]:
        """Whom a case is about, as its first entry says it; not everybody who may view the case may know."""
        rows = tables(self.app)["casework_entry"]
        first = next(row["body"] for row in rows if (row["case_id"], row["number"]) == (case_id, 1))
        told: dict[str, str] = unframed(first)[1]["case"]["subjects"]
        return told

    def shared(self, case_type: str, case_id: str) -> tuple[str, ...]:
        """The subjects that a case of that type can have in common with another case."""
        known = self.subjects(case_id)
        return tuple(subject for subject in self.setup.composed[case_type].subjects if subject in known)

    def _opened(self, rows: Tables, case_id: str, entry: int) -> list[str]:
        """The cases that an entry opened, each with those that its own opening opened."""
        own = [row for row in rows["casework_entry"] if (row["case_id"], row["number"]) == (case_id, entry)]
        children = [child for row in own for _, child, _ in unframed(row["body"])[1].get("opens", ())]
        return [found for child in children for found in (child, *self._opened(rows, child, 1))]

    def _untouched(self, what: str) -> None:
        now = tables(self.app)
        # That somebody looked at something stands in the access log, and is no change of any case.
        changed = [name for name in now if now[name] != self.rows.get(name) and name != "casework_reading"]
        assert not changed, f"{what} has changed {', '.join(changed)}"

    def _people(self, call: Call) -> None:
        if call.verb != "wait":
            self.people[call.who.id] = call.who

    @property
    def program(self) -> str:
        """The whole way here as Python."""
        return "\n".join([*(desk_line(actor) for actor in self.people.values()), *self.lines])


def _tried(call: Callable[[], Case]) -> tuple[Refusal | None, Case | None]:
    try:
        return None, call()
    except Refused as no:
        return no.refusal, None

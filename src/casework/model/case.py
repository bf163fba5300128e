"""A running case: as an actor sees it, and as deciding reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import attrs

from casework.condition.literal import Value
from casework.model.actor import Actor
from casework.model.assignment import Assignment
from casework.model.enclosure import Enclosure, SealedFile
from casework.model.glass import Glass
from casework.model.posting import Hold, Posting

if TYPE_CHECKING:
    from casework.model.term import Term


def _proxy(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(value))


@attrs.frozen(kw_only=True)
class Case:
    """One case as one actor may see it: fields the actor may not read are not in *data*.

    A Case carries the *revision* at which it was read; firing with it refuses when somebody was faster.
    """

    id: str
    case_type: str
    revision: int
    unit: str
    main: str
    states: Mapping[str, str] = attrs.field(converter=_proxy)
    data: Mapping[str, Value] = attrs.field(converter=_proxy)
    hidden: tuple[str, ...] = ()
    dues: Mapping[str, datetime] = attrs.field(default=MappingProxyType({}), converter=_proxy)
    opened_at: datetime
    closed_at: datetime | None = None
    parent: str | None = None
    subjects: Mapping[str, str] = attrs.field(default=MappingProxyType({}), converter=_proxy)
    manifest: str = ""
    entry: int = 0

    @property
    def state(self) -> str:
        """The headline: the state of the main workflow."""
        return self.states[self.main]

    @property
    def closed(self) -> bool:
        """Whether the main workflow is in a final state."""
        return self.closed_at is not None


@attrs.define(eq=False, kw_only=True)
class Snapshot:
    """Everything that deciding may read, as it stands in the store. Deciding never changes it."""

    tenant: str
    id: str
    case_type: str
    manifest: str
    revision: int
    unit: str
    opened_at: datetime
    closed_at: datetime | None
    parent: str | None
    head: bytes
    states: dict[str, str]
    data: dict[str, Value]
    marks: dict[str, datetime]
    dues: dict[str, datetime]
    acts: dict[str, str]
    subjects: dict[str, str]
    terms: dict[str, Term] = attrs.field(factory=dict)
    balances: dict[str, int] = attrs.field(factory=dict)
    holds: tuple[Hold, ...] = ()
    glasses: tuple[Glass, ...] = ()

    def copy(self) -> Snapshot:
        """The same, with states, data, marks, dues, acts and terms of its own, which may be changed."""
        own: dict[str, Any] = {name: dict(getattr(self, name)) for name in OWN_PARTS}
        return attrs.evolve(self, **own)


OWN_PARTS = ("states", "data", "marks", "dues", "terms", "acts")
"""What moves of a case change of its snapshot."""


@attrs.frozen
class Undo:
    """What a correction takes back: the entry's number, the case before it, what it posted, whose roles it gave."""

    entry: int
    before: Snapshot
    postings: tuple[Posting, ...]
    assignments: tuple[Assignment, ...] = ()


@attrs.frozen(kw_only=True)
class Placed:
    """Where an imported case stands: what opening it would otherwise begin anew.

    *marks*, *dues* and *acts* by their full names, *roles* the holders of local roles. *terms* say how far the clocks
    of rules have come; a due date without one stands as it was told.
    """

    states: Mapping[str, str]
    marks: Mapping[str, datetime] = attrs.field(factory=dict)
    dues: Mapping[str, datetime] = attrs.field(factory=dict)
    terms: Mapping[str, Term] = attrs.field(factory=dict)
    acts: Mapping[str, str] = attrs.field(factory=dict)
    roles: Mapping[str, str] = attrs.field(factory=dict)
    opened_at: datetime | None = None
    closed_at: datetime | None = None


MoveKind = Literal[
    "open",
    "fire",
    "amend",
    "note",
    "assign",
    "correct",
    "adopt",
    "migrate",
    "enclose",
    "withdraw",
    "timer",
    "recheck",
    "erase",
    "break",
    "review",
    "extend",
]


@attrs.frozen
class Cause:
    """Why the system acts: the timer that ran out, the entry of another case; or where an imported case comes from."""

    kind: str
    name: str = ""
    case_id: str = ""
    number: int = 0


@attrs.define(eq=False, kw_only=True)
class Move:
    """One attempt: what is asked, by whom, when. *roles* are those the actor holds on this case.

    *undo* belongs to a correction, *holder* (who has the role already) to a claim, *enclosure* to a withdrawal,
    *sealed_file* to a file that is enclosed where there are keys,
    *placed* to an import.
    """

    kind: MoveKind
    actor: Actor
    now: datetime
    roles: frozenset[str]
    trigger: str = ""
    form: Mapping[str, object] = MappingProxyType({})
    cause: Cause | None = None
    probing: bool = False
    undo: Undo | None = None
    holder: str | None = None
    enclosure: Enclosure | None = None
    sealed_file: SealedFile | None = None
    placed: Placed | None = None


@attrs.frozen
class Receipt:
    """What an accepted call left behind: the case, its entry's number, its new revision."""

    case_id: str
    entry: int
    revision: int

"""What deciding answers when it says yes: everything that one firing writes, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from casework.condition.literal import Value
from casework.model.assignment import Assignment
from casework.model.case import Placed
from casework.model.enclosure import Enclosed
from casework.model.erasure import Erases
from casework.model.glass import Glass
from casework.model.posting import Hold, Limit, Posting

if TYPE_CHECKING:
    from casework.model.term import Term


@attrs.frozen
class Step:
    """One transition taken: by its trigger, or automatically.

    Where nothing was *entered* the workflow stayed where it was; a state may also be entered anew.
    """

    workflow: str
    trigger: str
    source: str
    target: str
    automatic: bool = False
    entered: bool = True


@attrs.frozen
class Message:
    """Something to send after the commit."""

    channel: str
    to: str
    body: tuple[tuple[str, Value], ...]


@attrs.frozen
class Opening:
    """Another case to open, this one its parent."""

    case_type: str
    unit: str
    values: tuple[tuple[str, Value], ...]
    subjects: tuple[tuple[str, str], ...] = ()


@attrs.frozen(kw_only=True)
class Mapped:
    """What a migration made of this very case, so that replaying its log needs no rule.

    *states* by workflow are those that are called otherwise now, of all that it was ever in; *fields* likewise, None
    for what was dropped or is told anew by the entry, under the name that it *became*; *rung* are deadlines that had
    run out under an older name.
    """

    name: str
    digest: str
    states: Mapping[str, Mapping[str, str]]
    marks: Mapping[str, datetime]
    fields: Mapping[str, str | None]
    became: Mapping[str, str]
    rung: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Adopts:
    """A case leaves one manifest for another: the *gone* workflows, the due dates and acts of those that stay.

    *mapped* says what a migration translated; without it names are the map.
    """

    left: str
    manifest: str
    gone: tuple[str, ...]
    dues: Mapping[str, datetime]
    acts: Mapping[str, str]
    mapped: Mapped | None = None


@attrs.define(eq=False, kw_only=True)
class Decision:
    """The writes of one firing. The new values stand in full in *states*, *data*, *marks* and so on."""

    kind: str
    trigger: str
    steps: tuple[Step, ...] = ()
    states: dict[str, str]
    data: dict[str, Value]
    marks: dict[str, datetime]
    dues: dict[str, datetime]
    terms: dict[str, Term] = attrs.field(factory=dict)
    acts: dict[str, str]
    changed: dict[str, Value | None]
    voided: tuple[str, ...] = ()
    postings: tuple[Posting, ...] = ()
    settled: tuple[Hold, ...] = ()
    void: tuple[Hold, ...] = ()
    limits: tuple[Limit, ...] = ()
    messages: tuple[Message, ...] = ()
    openings: tuple[Opening, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    rechecks: bool = False
    arm: tuple[tuple[str, datetime], ...] = ()
    disarm: tuple[str, ...] = ()
    closed_at: datetime | None = None
    form: dict[str, Value]
    note: str = ""
    corrects: int | None = None
    refused: str = ""
    enclosed: Enclosed | None = None
    withdraws: int | None = None
    adopts: Adopts | None = None
    placed: Placed | None = None
    erases: Erases | None = None
    breaks: Glass | None = None
    reviews: int | None = None
    extends: tuple[str, int] | None = None

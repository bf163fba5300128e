"""What a course is made of: acts of the staff in order, and the answers that they get."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import attrs

from casework import Case, Refusal, Text

Kind = Literal["fire", "amend", "note", "correct", "follow"]
SOON = timedelta(minutes=4)


@attrs.frozen
class Act:
    """One thing that somebody does, *after* a while.

    *who* is a desk of the station that has the case, or ``desk@station``. *about* the station itself, or the
    person's case. *may* names refusals that the course copes with. *expect* marks a mistake made on purpose,
    refused by that code; *why* says what the one who made it wanted. *late* acts on what was read before the
    last step. To *follow* is no act of theirs: the course goes on with the case that was opened elsewhere.
    """

    who: str
    trigger: str = ""
    values: Mapping[str, Any] = attrs.field(factory=dict)
    kind: Kind = attrs.field(default="fire", kw_only=True)
    about: Literal["person", "station"] = attrs.field(default="person", kw_only=True)
    after: timedelta = attrs.field(default=SOON, kw_only=True)
    may: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    expect: str = attrs.field(default="", kw_only=True)
    why: Text = attrs.field(default=Text(), kw_only=True)
    late: bool = attrs.field(default=False, kw_only=True)
    request_id: str | None = attrs.field(default=None, kw_only=True)


Answer: TypeAlias = Case | Refusal
Scene: TypeAlias = Generator[Act, Answer, None]


@attrs.frozen
class Beat:
    """A scene and when it begins; one that is held up holds up those after it."""

    at: datetime
    scene: Callable[[], Scene]


@attrs.frozen(kw_only=True)
class Course:
    """All that will happen to one person: where it begins, in which order, and how it should end.

    *outcome* is the state that the case of *unit* must have reached in the end.
    """

    number: str
    begins_in: str
    arrival: Mapping[str, Any]
    beats: tuple[Beat, ...]
    unit: str
    outcome: str
    followed: bool = False

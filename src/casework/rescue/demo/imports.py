"""Take over a register with mistakes in it: the good lines as they are, of the bad ones nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import attrs

from casework import Case, Casework, FrozenClock
from casework.rescue.demo.course import arrival_of
from casework.rescue.demo.reading import Rejected, read_register
from casework.rescue.demo.register import Row
from casework.rescue.demo.staff import ANLU, Staff

# A tenant of its own, so that the figures of the month are those of the month.
TENANT = "practice"
_PAGE = 200


@attrs.frozen
class Imported:
    """How many lines were taken over, which were not, and what is otherwise than in the register."""

    taken: int
    rejected: tuple[Rejected, ...]
    problems: tuple[str, ...]


def import_register(app: Casework, clock: FrozenClock, path: Path, until: datetime) -> Imported:
    """Open a case for each good line, dated when the person arrived, and read all of them back."""
    staff = Staff(app, TENANT)
    desk, after = staff.desk("caseworker", ANLU), clock.now()
    wanted: dict[str, Row] = {}
    rejected = []
    for item in read_register(path, until=until):
        if isinstance(item, Rejected):
            rejected.append(item)
            continue
        clock.set(item.arrived_at)
        case = desk.open(
            "rescue",
            request_id=f"register {item.number}",
            says_who_they_are=item.can_state_identity,
            **arrival_of(item),
        )
        wanted[case.id] = item
    clock.set(max(after, clock.now()))
    return Imported(len(wanted), tuple(rejected), tuple(_differences(_all(staff), wanted)))


def _all(staff: Staff) -> Iterator[Case]:
    """Every case that the import left in the store, as the director reads it."""
    desk, after = staff.desk("director", ANLU), None
    while True:
        page = desk.find("rescue", after=after, limit=_PAGE)
        yield from page.cases
        if not page.more:
            return
        after = page.after


def _differences(cases: Iterator[Case], wanted: dict[str, Row]) -> Iterator[str]:
    """What is in the store and not in the register, or otherwise than there."""
    left = dict(wanted)
    for case in cases:
        row = left.pop(case.id, None)
        if row is None:
            yield f"case {case.id} belongs to no good line of the register"
        elif dict(case.data) != {**arrival_of(row), "says_who_they_are": row.can_state_identity}:
            yield f"{row.number} was changed by the import"
        elif case.opened_at != row.arrived_at:
            yield f"{row.number} is dated {case.opened_at}"
    yield from (f"{row.number} was not taken over" for row in left.values())

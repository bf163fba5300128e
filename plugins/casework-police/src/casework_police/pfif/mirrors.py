"""The reports that mirror one record of another register; there should be one, and one speaks where there are more."""

from __future__ import annotations

from casework import Case, Desk, field

_MOST = 100


def mirrors(desk: Desk, record_id: str) -> tuple[Case, ...]:
    """The reports of a record identifier: open ones first, then the newest. The first is the one that counts.

    Raises Refused where the actor may not search reports.
    """
    found = desk.find("missing_person", field("source_record_id") == record_id, limit=_MOST).cases
    return tuple(sorted(found, key=lambda case: (not case.closed, case.opened_at, case.id), reverse=True))

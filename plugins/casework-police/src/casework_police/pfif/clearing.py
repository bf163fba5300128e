"""Keep to an expiry: clear what a report holds of somebody, and end it (F66)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from casework import Case, Desk, Refused, field
from casework_police.pfif.mapping import CLEARED, expiry_of, last_day
from casework_police.pfif.record import Tombstone, aware

_PAGE = 100


def holds_contents(case: Case) -> bool:
    """Whether a report still tells anything of anybody."""
    return any(case.data.get(name) not in (None, "") for name in (*CLEARED, "name", "reporter"))


def clear(desk: Desk, case: Case, tombstone: Tombstone) -> Case:
    """Empty an open report of everything but its identifier and dates, and withdraw it.

    The two steps are two entries; done again after a fault between them, it goes on where it stopped.
    Raises Refused where the actor may not edit or withdraw the report.
    """
    empty: dict[str, Any] = {name: None for name in CLEARED if case.data.get(name) is not None}
    empty |= {"name": "", "reporter": ""}
    empty |= {"source_date": tombstone.source_date, "expires_on": last_day(tombstone.expiry_date)}
    emptied = desk.amend(case, **empty)
    day = f"{tombstone.expiry_date:%Y-%m-%d}"
    return desk.fire(emptied, "withdraw", reason=f"记录已于 {day} 失效 / expired on {day}")


def clear_expired(desk: Desk, *, now: datetime, dry_run: bool = False) -> Mapping[str, str]:
    """Clear every open report whose last day is over at *now*, ours and those of other registers.

    Answers with the id of each and ``cleared``, or with the refusal's code where the actor may not. With *dry_run*
    nothing is written. Raises Refused where the actor may not search reports.
    """
    today = aware(now).astimezone(UTC).date()
    done: dict[str, str] = {}
    after = None
    while True:
        page = desk.find("missing_person", field("expires_on") < today, open_only=True, after=after, limit=_PAGE)
        for case in page.cases:
            done[case.id] = "cleared" if dry_run else _cleared(desk, case, now)
        if not page.more:
            return done
        after = page.after


def _cleared(desk: Desk, case: Case, now: datetime) -> str:
    data: Mapping[str, Any] = case.data
    gone = Tombstone(
        person_record_id=f"expired.invalid/{case.id}",
        expiry_date=expiry_of(data["expires_on"]),
        source_date=data.get("source_date") or now.replace(microsecond=0),
    )
    try:
        clear(desk, case, gone)
    except Refused as no:
        return no.refusal.code
    return "cleared"

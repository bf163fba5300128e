"""What the closed language cannot say: it counts nothing and compares no two instants.

Each part declares what it reads and writes; the names are those of the referral's own fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from casework import Set, View, effect, guard

WEEK = timedelta(days=7)


def _whole(view: View, name: str) -> int:
    value = view.data.get(name, 0)
    return value if isinstance(value, int) else 0


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


@effect("referral.number", reads="round", writes=("round", "told_as"))
def number(view: View) -> Iterator[Set]:
    """Number the requests of a case, and the person for the ward, so that an answer says which and whom it answers.

    A number that the desk does not choose follows from that of the request: it tells the ward nothing else, and
    leads from one request to no other.
    """
    count = _whole(view, "round") + 1
    chosen = str(view.form.get("told_as") or "").strip()
    yield Set("round", count)
    yield Set("told_as", chosen or hashlib.sha256(f"{view.case_id}.{count}".encode()).hexdigest()[:16])


@effect(
    "referral.begin_stay",
    writes=("admitted_at", "week_began", "visits_made", "visits_missed", "missed_in_a_row"),
)
def begin_stay(view: View) -> Iterator[Set]:
    """Begin the stay, and with it the first week of visits."""
    since = _instant(view.form.get("since")) or view.now
    yield Set("admitted_at", since)
    yield Set("week_began", view.now)
    for counter in ("visits_made", "visits_missed", "missed_in_a_row"):
        yield Set(counter, 0)


@effect("referral.end_stay", writes="discharged_at")
def end_stay(view: View) -> Iterator[Set]:
    """End the stay at the instant that the ward names, or now."""
    yield Set("discharged_at", _instant(view.form.get("until")) or view.now)


@effect("referral.plan_told", writes=("plan_source", "plan_version", "plan_by_hand"))
def plan_told(view: View) -> Iterator[Set]:
    """Keep which message told the plan; one entered by hand does not make it forgotten what was told before."""
    source, version = view.form.get("told_by"), view.form.get("told_version")
    by_message = source is not None and version is not None
    yield Set("plan_by_hand", not by_message)
    if by_message:
        yield Set("plan_source", source)
        yield Set("plan_version", version)


@effect(
    "referral.count_visit", reads="visits_made", writes=("visits_made", "visited_at", "week_began", "missed_in_a_row")
)
def count_visit(view: View) -> Iterator[Set]:
    """Count a visit and begin a new week."""
    yield Set("visits_made", _whole(view, "visits_made") + 1)
    yield Set("visited_at", view.now)
    yield Set("week_began", view.now)
    yield Set("missed_in_a_row", 0)


@effect(
    "referral.count_miss",
    reads=("week_began", "visits_missed", "missed_in_a_row"),
    writes=("week_began", "visits_missed", "missed_in_a_row"),
)
def count_miss(view: View) -> Iterator[Set]:
    """Count the weeks that nobody came; several at once where no timer ran meanwhile."""
    began = _instant(view.data.get("week_began")) or view.now - WEEK
    weeks = max(1, (view.now - began) // WEEK)
    yield Set("week_began", began + weeks * WEEK)
    yield Set("visits_missed", _whole(view, "visits_missed") + weeks)
    yield Set("missed_in_a_row", _whole(view, "missed_in_a_row") + weeks)


@guard("referral.stay_began", reads="requested_at")
def stay_began(view: View) -> bool:
    """the stay begins after its request and not in the future"""
    since, asked = _instant(view.form.get("since")), _instant(view.data.get("requested_at"))
    return since is None or (since <= view.now and (asked is None or asked <= since))


@guard("referral.stay_ended", reads="admitted_at")
def stay_ended(view: View) -> bool:
    """the stay ends after its beginning and not in the future"""
    until, began = _instant(view.form.get("until")), _instant(view.data.get("admitted_at"))
    return until is None or (until <= view.now and (began is None or began <= until))


PARTS = (number, begin_stay, end_stay, plan_told, count_visit, count_miss, stay_began, stay_ended)

"""What the second interpreter makes of the rules of deadlines: it walks day by day, as the engine does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from casework.calendars import Calendar, known_calendar
from casework.condition.tree import Condition
from casework.model.rule import Rule
from casework.model.workflow import Deadline
from casework.testing.reference.terms import Case

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)

Term = dict[str, Any]


def begun(now: datetime) -> Term:
    """The term of a deadline whose states were entered just now."""
    return {"began": now, "pauses": [], "over": None}


def follow_term(
    case: Case,
    deadline: Deadline,
    now: datetime,
    holds: Callable[[Condition], bool | None],
    calendars: Mapping[str, Calendar],
) -> None:
    """Bring a term up to date with its case, and the due date with it; what has run out stays as it is."""
    name = deadline.name
    term, rule = case["terms"][name], _in_force(deadline, case["terms"][name]["began"], case.get("tenant", ""))
    if rule is None or (case["dues"].get(name) is not None and case["dues"][name] <= now):
        return
    stands = holds(rule.pauses) is True or holds(deadline.pauses) is True
    pauses: list[list[datetime | None]] = term["pauses"]
    open_now = bool(pauses) and pauses[-1][1] is None
    if stands and not open_now:
        pauses.append([now, None])
    if open_now and not stands:
        pauses[-1][1] = now
    case["dues"].pop(name, None)
    if holds(rule.applies) is not False and holds(deadline.applies) is not False:
        due = due_date(rule, term["began"], pauses, _calendar(rule, calendars))
        if due is not None:
            case["dues"][name] = due


def _in_force(deadline: Deadline, began: datetime, tenant: str) -> Rule | None:
    theirs = [rule for rule in deadline.versions if rule.tenant == tenant]
    for rule in theirs or [rule for rule in deadline.versions if not rule.tenant]:
        day = began.astimezone(ZoneInfo(rule.zone)).date()
        if (rule.effective_from or day) <= day <= (rule.effective_to or day):
            return rule
    return None


def _calendar(rule: Rule, calendars: Mapping[str, Calendar]) -> Calendar | None:
    return calendars.get(rule.calendar) or known_calendar(rule.calendar)


def due_date(
    rule: Rule, began: datetime, pauses: list[list[datetime | None]], calendar: Calendar | None
) -> datetime | None:
    """When the term is over; None while it stands still, and where a calendar that it needs is not published."""
    if rule.unit == "hours":
        return _after_hours(began + timedelta(hours=rule.value), pauses)
    zone = ZoneInfo(rule.zone)
    day = first = began.astimezone(zone).date()
    left = _whole_months(first, rule.value) if rule.unit == "months" else rule.value
    while left:
        day += DAY
        works = True if rule.unit != "working days" else None if calendar is None else calendar.works(day)
        if works is None:
            return None
        last = _closing(day, "24:00", zone) - INSTANT
        paused = [pause for pause in pauses if pause[0] is not None and pause[0] <= last < (pause[1] or last + INSTANT)]
        if any(until is None for _, until in paused) and not (left == 1 and _shut(day, rule, zone, paused)):
            return None
        if works and (not paused or (left == 1 and _shut(day, rule, zone, paused))):
            left -= 1
    while rule.last_day == "rolls" and not (works := None if calendar is None else calendar.works(day)):
        if works is None:
            return None
        day += DAY
    return _closing(day, rule.closes, zone)


def _shut(day: date, rule: Rule, zone: ZoneInfo, paused: list[list[datetime | None]]) -> bool:
    """Whether business had closed on the last day before the pause began."""
    return all(since is not None and _closing(day, rule.closes, zone) <= since for since, _ in paused)


def _after_hours(due: datetime, pauses: list[list[datetime | None]]) -> datetime | None:
    for since, until in pauses:
        if since is not None and since < due:
            if until is None:
                return None
            due += until - since
    return due


def _whole_months(first: date, months: int) -> int:
    day, begun_months = first, 0
    while begun_months < months or (day.day < first.day and (day + DAY).day != 1):
        day += DAY
        begun_months += day.day == 1
    return (day - first).days


def _closing(day: date, closes: str, zone: ZoneInfo) -> datetime:
    at = time() if closes == "24:00" else time.fromisoformat(closes)
    wall = datetime.combine(day + (DAY if closes == "24:00" else timedelta(0)), at)
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)

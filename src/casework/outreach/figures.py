"""Figures of outreach over cases that were read: coverage of places, time to the first contact, answers, hours, goods.

Pure functions: they see what whoever read the cases may see, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from statistics import median

import attrs

from casework import ALWAYS, Case, Condition, Desk, HistoryEntry


@attrs.frozen(kw_only=True)
class Coverage:
    """How many of the known places were looked at lately, and the ids of the others, those longest unseen first."""

    known: int
    seen: int
    unseen: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where no place is known."""
        return self.seen / self.known if self.known else None


@attrs.frozen(kw_only=True)
class Response:
    """One alert: when it was sent, and the first contact on a patrol that it called for, if there was one."""

    alert: str
    alerted_at: datetime
    first_contact: datetime | None

    @property
    def wait(self) -> timedelta | None:
        """From the alert to the first contact; None where nobody was met."""
        return None if self.first_contact is None else self.first_contact - self.alerted_at


@attrs.frozen(kw_only=True)
class Hours:
    """How long one person was out: finished turns alone."""

    person: str
    turns: int
    out: timedelta


def read_all(desk: Desk, case_type: str, condition: Condition = ALWAYS, /, *, page: int = 200) -> Iterator[Case]:
    """Every case of that type that the actor may view and that holds *condition*, a page at a time."""
    after: str | None = None
    while True:
        found = desk.find(case_type, condition, after=after, limit=page)
        yield from found.cases
        if not found.more:
            return
        after = found.after


def coverage(places: Iterable[Case], /, *, now: datetime, within: timedelta = timedelta(days=7)) -> Coverage:
    """Which of the known sleeping places were looked at *within* that time; places that were given up do not count."""
    known = [place for place in places if not place.closed]
    unseen = [place for place in known if (seen := _instant(place, "seen_at")) is None or seen < now - within]
    unseen.sort(key=lambda place: (_instant(place, "seen_at") or place.opened_at, place.id))
    return Coverage(known=len(known), seen=len(known) - len(unseen), unseen=tuple(place.id for place in unseen))


def responses(patrols: Iterable[Case], contacts: Iterable[Case], /) -> tuple[Response, ...]:
    """For each alert that patrols were sent out for, the first contact on any of them; the earliest alert first.

    A contact counts from when it was made, or where nobody wrote that down from when it was recorded.
    """
    called = {patrol.id: patrol for patrol in patrols if _instant(patrol, "alerted_at") is not None}
    alerts = {str(patrol.data.get("alert", "")): _instant(patrol, "alerted_at") for patrol in called.values()}
    first: dict[str, datetime] = {}
    for contact in contacts:
        patrol = called.get(str(contact.data.get("patrol_id")))
        if patrol is not None:
            alert, met = str(patrol.data.get("alert", "")), _instant(contact, "met_when") or contact.opened_at
            first[alert] = min(met, first.get(alert, met))
    found = (Response(alert=name, alerted_at=at, first_contact=first.get(name)) for name, at in alerts.items() if at)
    return tuple(sorted(found, key=lambda item: (item.alerted_at, item.alert)))


def median_wait(told: Iterable[Response], /) -> timedelta | None:
    """The median time from alert to first contact, of the alerts that came to one; None where none did."""
    waits = [item.wait.total_seconds() for item in told if item.wait is not None]
    return timedelta(seconds=median(waits)) if waits else None


def answers(contacts: Iterable[Case], /) -> Mapping[str, int]:
    """How many contacts stand where: accepted, declined, brought in and so on, by state."""
    return dict(sorted(Counter(contact.state for contact in contacts).items()))


def hours(turns: Iterable[Case], /) -> tuple[Hours, ...]:
    """The hours of each person whose number may be read, those with the most first."""
    count: Counter[str] = Counter()
    out: dict[str, timedelta] = {}
    for turn in turns:
        came, left, person = _instant(turn, "came_at"), _instant(turn, "left_at"), turn.data.get("login")
        if came is not None and left is not None and isinstance(person, str):
            count[person] += 1
            out[person] = out.get(person, timedelta()) + (left - came)
    found = (Hours(person=person, turns=count[person], out=length) for person, length in out.items())
    return tuple(sorted(found, key=lambda item: (-item.out, item.person)))


def handed_out(histories: Iterable[Iterable[HistoryEntry]], /) -> Mapping[str, int]:
    """How many pieces of each kind were handed out, from the histories of contacts."""
    pieces: Counter[str] = Counter()
    for debit, credit, _, amount in (posted for told in histories for entry in told for posted in entry.postings):
        if credit.split("|")[0] == "received":
            pieces[credit.rpartition("|")[2]] += amount
        elif debit.split("|")[0] == "received":
            pieces[debit.rpartition("|")[2]] -= amount  # a hand-out that was corrected
    return {item: count for item, count in sorted(pieces.items()) if count}


def _instant(case: Case, name: str) -> datetime | None:
    value = case.data.get(name)
    return value if isinstance(value, datetime) else None

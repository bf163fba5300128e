"""What the records say: one walk through every case of the store, as an auditor sees it.

Nothing here comes from the player. What the report shows was read back from the log, in flat memory, and no
value of a sealed class can be among it, for the auditor reads none.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime

import attrs

from casework import Case, Casework, HistoryEntry
from casework.rescue.casetype import rescue
from casework.rescue.demo.clocks import Clocks
from casework.rescue.demo.register import STATION_TIME
from casework.rescue.demo.staff import ANLU, AUDITOR

SHOWN = 200
_PAGE = 200


@attrs.define(kw_only=True)
class Line:
    """One case in the table of the report."""

    case: Case
    entries: int
    head: str


@attrs.define
class Census:
    """Counts over all cases of the station; *elsewhere* are those that other stations have."""

    clocks: Clocks
    outcomes: Counter[str] = attrs.field(factory=Counter)
    ways: Counter[str] = attrs.field(factory=Counter)
    bringers: Counter[str] = attrs.field(factory=Counter)
    services: Counter[str] = attrs.field(factory=Counter)
    triggers: Counter[str] = attrs.field(factory=Counter)
    beds: Counter[tuple[datetime, str]] = attrs.field(factory=Counter)
    capacity: Counter[tuple[datetime, str]] = attrs.field(factory=Counter)
    hospital: int = 0
    elsewhere: int = 0
    entries: int = 0
    lines: deque[Line] = attrs.field(factory=lambda: deque(maxlen=SHOWN))

    @property
    def cases(self) -> int:
        """How many cases the station had."""
        return self.outcomes.total()


def take_census(app: Casework, now: datetime) -> Census:
    """Read every case and its log."""
    census = Census(Clocks(rescue))
    for case, entries in _cases(app, "rescue"):
        if case.unit != ANLU:
            census.elsewhere += 1
            continue
        _count(census, case, entries)
        census.clocks.judge(entries, now)
        census.lines.appendleft(Line(case=case, entries=len(entries), head=entries[-1].hash))
    for case, entries in _cases(app, "station"):
        if case.unit == ANLU:
            for entry in entries:
                _count_beds(census, entry)
    return census


def _cases(app: Casework, case_type: str) -> Iterator[tuple[Case, tuple[HistoryEntry, ...]]]:
    """Every case with its log, the newest first, a page at a time."""
    desk, after = app.desk(AUDITOR), None
    while True:
        page = desk.find(case_type, after=after, limit=_PAGE)
        for case in page.cases:
            yield case, desk.history(case)
        if not page.more:
            return
        after = page.after


def _count(census: Census, case: Case, entries: tuple[HistoryEntry, ...]) -> None:
    census.outcomes[case.state if case.closed else "staying"] += 1
    census.bringers[str(case.data.get("brought_by", "unknown"))] += 1
    way = case.data.get("identified_by")
    if way is not None and case.states["tracing"] == "confirmed":
        census.ways[str(way)] += 1
    census.entries += len(entries)
    for entry in entries:
        if entry.trigger:
            census.triggers[entry.trigger] += 1
        _count_beds(census, entry)
    census.hospital += any(entry.trigger == "admit" for entry in entries)


def _count_beds(census: Census, entry: HistoryEntry) -> None:
    """Beds taken and given back, and beds set up, by the hour; services by what they were."""
    hour = entry.at.astimezone(STATION_TIME).replace(minute=0, second=0, microsecond=0)
    for debit, credit, commodity, amount in entry.postings:
        (source, *_), (target, *_) = debit.split("|"), credit.split("|")
        kind = debit.rpartition("|")[2]
        if commodity == "service":
            census.services[kind] += amount
        elif "occupied" in (source, target):
            census.beds[hour, kind] += amount if target == "occupied" else -amount
        else:
            census.capacity[hour, kind] += amount if target == "beds" else -amount


@attrs.frozen
class Level:
    """Beds in use and beds there are, at one hour, for one sex."""

    at: datetime
    sex: str
    used: int
    beds: int


def levels(census: Census, until: datetime) -> list[Level]:
    """Occupancy as it changed from hour to hour, up to *until*."""
    found = []
    for sex in ("male", "female"):
        used = beds = 0
        hours = sorted({hour for hour, kind in (*census.beds, *census.capacity) if kind == sex})
        for hour in hours:
            used += census.beds[hour, sex]
            beds += census.capacity[hour, sex]
            if hour <= until:
                found.append(Level(hour, sex, used, beds))
    return found

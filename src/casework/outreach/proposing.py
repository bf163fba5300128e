"""From alerts and days to proposed patrols. Nothing here decides: a person confirms, or dismisses, each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import attrs

from casework import Case, Desk, Text, field, state
from casework.calendars import Calendar, local_day
from casework.outreach.accounts import ITEMS
from casework.outreach.alert import COLOURS, Alert, Info, standing
from casework.outreach.occasions import LEVEL_TITLES, OCCASION_TITLES
from casework.outreach.rules import RULES
from casework.outreach.table import Row, Table

_DAY = timedelta(days=1)
_TITLES = {choice.name: choice.title for choice in ITEMS}
HORIZON = 14
"""Days ahead for which an alert proposes patrols at most, whatever it says of its beginning and its end."""


@attrs.frozen(kw_only=True)
class Proposal:
    """A patrol that somebody should look at: when, where, with what, and what calls for it."""

    key: str
    occasion: str
    route: str
    starts_at: datetime
    ends_at: datetime
    hazards: bool
    because: Text
    kit: tuple[tuple[str, int], ...] = ()
    level: str | None = None
    alert: str | None = None
    alerted_at: datetime | None = None
    rule: str | None = None

    @property
    def kit_list(self) -> str:
        """What is to be packed, in words."""
        return "、".join(f"{_TITLES[item].zh} {_TITLES[item].en} × {count}" for item, count in self.kit)

    def values(self) -> dict[str, object]:
        """The fields of the patrol that it proposes."""
        told: dict[str, object] = {
            name: getattr(self, name) for name in ("occasion", "route", "starts_at", "ends_at", "hazards")
        }
        more = {
            "level": self.level,
            "alert": self.alert,
            "alerted_at": self.alerted_at,
            "because": f"{self.because.zh} / {self.because.en}"[:500],
            "kit_list": self.kit_list[:500] or None,
        }
        return told | {name: value for name, value in more.items() if value is not None}


@attrs.frozen(kw_only=True)
class Proposed:
    """What came of a proposal: its patrol, and whether it was opened just now."""

    proposal: Proposal
    case: Case
    new: bool


def for_alerts(alerts: Iterable[Alert], table: Table, *, now: datetime, days: int = 3) -> tuple[Proposal, ...]:
    """What the alerts that stand at *now* call for on this day and those after it, *days* in all.

    One patrol for each route and night of a row, by the most serious alert that calls for it.
    """
    best: dict[str, tuple[int, Proposal]] = {}
    for alert in standing(alerts, now=now):
        for row, info in _called(alert, table):
            rank = COLOURS.index(info.level) if info.level else -1
            for proposal in _nights(alert, info, row, table, now, min(days, HORIZON)):
                if proposal.key not in best or best[proposal.key][0] < rank:
                    best[proposal.key] = rank, proposal
    return tuple(sorted((item for _, item in best.values()), key=lambda item: item.starts_at))


def _called(alert: Alert, table: Table) -> Iterator[tuple[Row, Info]]:
    """The rows that an alert calls for, each with the info that is most serious: the same is told in languages."""
    for row in table.alerts:
        meant = [info for info in alert.infos if _meant(info, row, alert) and _here(info, table)]
        if meant:
            yield row, max(meant, key=lambda info: COLOURS.index(info.level) if info.level else -1)


def _meant(info: Info, row: Row, alert: Alert) -> bool:
    """Whether an info is of a kind of event that the row names, and serious enough; in whatever language."""
    named = {info.event.casefold(), *(value.casefold() for _, value in info.codes)}
    kind = any(word in info.event.casefold() or word in named for word in (event.casefold() for event in row.events))
    level = -1 if info.level is None else COLOURS.index(info.level)
    return kind and info.urgency != "Past" and level >= COLOURS.index(row.at_least)


def _here(info: Info, table: Table) -> bool:
    """Whether an info is about one of the areas of the table: by name, or by the code of a division or one above it."""
    if not table.areas:
        return True
    codes = [value for area in info.areas for _, value in area.codes]
    return any(
        any(wanted in area.name for area in info.areas) or any(_covers(code, wanted) for code in codes)
        for wanted in table.areas
    )


def _covers(code: str, wanted: str) -> bool:
    """Whether a code of divisions of China, such as 420900, covers another, such as 420982, or lies within it."""
    if not (code.isdigit() and wanted.isdigit()):
        return code == wanted
    one, other = (_stem(text) for text in (code, wanted))
    return one.startswith(other) or other.startswith(one)


def _stem(code: str) -> str:
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def _nights(alert: Alert, info: Info, row: Row, table: Table, now: datetime, days: int) -> Iterator[Proposal]:
    begins = max(now, info.onset or info.effective or alert.sent)
    if begins > now + HORIZON * _DAY:
        return
    first = local_day(begins, table.zone)
    for number in range(days):
        day = first + number * _DAY
        starts, ends = _span(day, row, table)
        if ends <= begins or (info.expires is not None and starts >= info.expires):
            continue
        level = LEVEL_TITLES[info.level] if info.level else Text("", "")
        occasion = OCCASION_TITLES[row.occasion]
        told = info.headline or info.event
        rule = row.rule(info.level)
        for route in row.routes:
            yield Proposal(
                key=_key(table, row, route, day),
                occasion=row.occasion,
                route=route,
                starts_at=starts,
                ends_at=ends,
                hazards=row.hazards,
                because=_because(
                    Text(f"{occasion.en} {level.en}: {told}".replace(" :", ":"), f"{occasion.zh}{level.zh}：{told}"),
                    rule,
                ),
                kit=row.kit,
                level=info.level,
                alert=alert.identifier[:300],
                alerted_at=alert.sent.astimezone(UTC),
                rule=rule,
            )


@attrs.frozen(kw_only=True)
class Days:
    """What weekends and holidays call for. *unpublished* are the years of which nobody can tell yet."""

    proposals: tuple[Proposal, ...]
    unpublished: tuple[int, ...] = ()


def for_days(table: Table, calendar: Calendar, *, first: date, days: int) -> Days:
    """What days off and the dates of the table call for, from the local day *first* on, *days* of them.

    A named day off is a holiday, any other a weekend; a Saturday that is worked in lieu is neither. Where the year is
    not published nothing is proposed, and the year is told.
    """
    found: list[Proposal] = []
    unknown: dict[int, None] = {}
    for day in (first + number * _DAY for number in range(days)):
        found += _on_day([row for row in table.days if day in row.dates], table, day)
        told = calendar.look_up(day)
        if told is None:
            unknown[day.year] = None
        elif not told.works:
            kind = "holiday" if told.title else "weekend"
            rows = [row for row in table.days if not row.dates and row.occasion == kind]
            found += _on_day(rows, table, day, told.title)
    return Days(proposals=tuple(found), unpublished=tuple(unknown))


def _on_day(rows: Iterable[Row], table: Table, day: date, title: Text | None = None) -> Iterator[Proposal]:
    for row in rows:
        starts, ends = _span(day, row, table)
        name = title or OCCASION_TITLES[row.occasion]
        for route in row.routes:
            yield Proposal(
                key=_key(table, row, route, day),
                occasion=row.occasion,
                route=route,
                starts_at=starts,
                ends_at=ends,
                hazards=row.hazards,
                because=_because(Text(name.en or f"{day}", name.zh or f"{day}"), row.rule(None)),
                kit=row.kit,
                rule=row.rule(None),
            )


def _span(day: date, row: Row, table: Table) -> tuple[datetime, datetime]:
    """When it begins and ends, as instants; it ends on the next day where its end is not after its beginning."""
    last = day if row.ends > row.starts else day + _DAY
    begun = datetime.combine(day, row.starts, table.zone).astimezone(UTC)
    return begun, datetime.combine(last, row.ends, table.zone).astimezone(UTC)


def _key(table: Table, row: Row, route: str, day: date) -> str:
    """The same for a row, route and day however often it is proposed. It serves as a request id, so it is short."""
    return f"patrol/{table.name}/{row.id}/{_short(route)}/{day}"


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def _because(what: Text, rule: str | None) -> Text:
    if rule is None:
        return what
    found = RULES.versions(rule)[-1]
    authority = found.authority
    return Text(
        f"{what.en} ({found.title.en}; {authority.in_('en')})", f"{what.zh}（{found.title.zh}；{authority.in_('zh')}）"
    )


def propose(desk: Desk, proposals: Iterable[Proposal], /, *, unit: str | None = None) -> tuple[Proposed, ...]:
    """Open a patrol, to be confirmed by a person, for each proposal of which there is none yet.

    The same route, occasion and beginning is the same patrol, whatever became of it. Raises Refused as ``open`` does.
    """
    return tuple(_proposed(desk, proposal, unit) for proposal in proposals)


def _proposed(desk: Desk, proposal: Proposal, unit: str | None) -> Proposed:
    alike = (field("route") == proposal.route) & (field("occasion") == proposal.occasion)
    there = desk.find("patrol", alike & (field("starts_at") == proposal.starts_at), limit=50).cases
    here = tuple(case for case in there if case.unit == (desk.actor.unit or "" if unit is None else unit))
    if here:
        return Proposed(proposal=proposal, case=here[0], new=False)
    case = desk.open("patrol", proposal.values(), request_id=f"{proposal.key}/{_short(unit or '')}", unit=unit)
    return Proposed(proposal=proposal, case=case, new=True)


def called_for_no_more(desk: Desk, identifiers: Iterable[str], /) -> tuple[Case, ...]:
    """The patrols ahead that were proposed for alerts which are cancelled; a person calls them off."""
    ahead = state("patrol").in_("proposed", "planned")
    found: list[Case] = []
    for identifier in identifiers:
        found += desk.find("patrol", (field("alert") == identifier[:300]) & ahead, open_only=True, limit=200).cases
    return tuple(found)

"""Which alerts and days call for which patrols: a table that each station writes for itself, in TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from casework import DocumentError, Finding, InvalidValue
from casework.calendars import zone_of
from casework.outreach.accounts import ITEMS
from casework.outreach.alert import COLOURS
from casework.outreach.occasions import OCCASIONS
from casework.outreach.rules import RULES

LIMIT = 200_000
"""Characters of one document."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ITEMS = frozenset(choice.name for choice in ITEMS)
_OCCASIONS = frozenset(choice.name for choice in OCCASIONS)
_TOP = frozenset({"table", "zone", "calendar", "areas", "alert", "day"})
_SHARED = frozenset({"id", "occasion", "routes", "starts", "ends", "hazards", "kit"})
_ROW = {"alert": _SHARED | {"events", "at_least", "rules"}, "day": _SHARED | {"rule", "dates"}}


@attrs.frozen(kw_only=True)
class Row:
    """What is proposed: a patrol on each route, from *starts* to *ends* by the clocks there, past midnight if need be.

    *kit* is what each takes along. *dates* are days on which a row for days holds, whatever the calendar says, as that
    of a large event; without them it holds on weekends or holidays. *rules* are ids of the rulebook of outreach, by
    level; for a day under ``""``.
    """

    id: str
    occasion: str
    routes: tuple[str, ...]
    starts: time
    ends: time
    hazards: bool = False
    kit: tuple[tuple[str, int], ...] = ()
    events: tuple[str, ...] = ()
    at_least: str = "blue"
    rules: tuple[tuple[str, str], ...] = ()
    dates: tuple[date, ...] = ()

    def rule(self, level: str | None) -> str | None:
        """The id of the rule that it rests on at that level; None where it names none."""
        named = dict(self.rules)
        return named.get(level or "") or named.get("")


@attrs.frozen(kw_only=True)
class Table:
    """The rows for alerts and those for days, where they hold, and whose clocks and calendar count."""

    name: str
    zone: ZoneInfo
    calendar: str
    areas: tuple[str, ...]
    alerts: tuple[Row, ...]
    days: tuple[Row, ...]


def usual_table() -> Table:
    """The table that ships: for any area, with one route; to be copied and changed."""
    return load_table(files("casework.outreach") / "usual.toml")


def load_table(path: str | Path | Traversable) -> Table:
    """The table of a file. Raises DocumentError with every mistake in it, OSError where the file cannot be read."""
    place = Path(path) if isinstance(path, str) else path
    return table_from(place.read_text(encoding="utf-8"), source=place.name)


def table_from(text: str, /, *, source: str = "table") -> Table:
    """The table of a document. Raises DocumentError with every mistake in it."""
    if len(text) > LIMIT:
        raise DocumentError(source, [Finding("CW823", "document", f"has more than {LIMIT:,} characters")])
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(source, [Finding("CW823", "document", f"is not TOML: {error}")]) from None
    reading = _Reading(document)
    table = reading.table()
    if reading.findings:
        raise DocumentError(source, reading.findings)
    return table


class _Reading:
    """Reads one document and gathers what is wrong with it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.findings: list[Finding] = []

    def table(self) -> Table:
        self._unknown("", self._document, _TOP)
        top = self._document
        alerts, days = (tuple(self._rows(kind)) for kind in ("alert", "day"))
        ids = [row.id for row in (*alerts, *days)]
        for twice in sorted({name for name in ids if ids.count(name) > 1}):
            self._wrong("id", f"{twice!r} stands there more than once")
        return Table(
            name=self._value("", top, "table", _name, ""),
            zone=self._value("", top, "zone", _zone, ZoneInfo("UTC")),
            calendar=self._value("", top, "calendar", _text, "", default="weekdays"),
            areas=self._value("", top, "areas", _texts, (), default=()),
            alerts=alerts,
            days=days,
        )

    def _rows(self, kind: str) -> Iterator[Row]:
        listed = self._document.get(kind, [])
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            self._wrong(kind, f"is written as [[{kind}]]")
            return
        for number, item in enumerate(listed):
            yield self._row(f"{kind}[{number}].", item, kind)

    def _row(self, path: str, item: Mapping[str, Any], kind: str) -> Row:
        self._unknown(path, item, _ROW[kind])
        events = self._value(path, item, "events", _events, ()) if kind == "alert" else ()
        rules = self._value(path, item, "rules", _rules, (), default=())
        rule = self._value(path, item, "rule", _rule, "", default="")
        return Row(
            id=self._value(path, item, "id", _name, ""),
            occasion=self._value(path, item, "occasion", _one_of(_OCCASIONS), ""),
            routes=self._value(path, item, "routes", _routes, ()),
            starts=self._value(path, item, "starts", _clock, time()),
            ends=self._value(path, item, "ends", _clock, time()),
            hazards=self._value(path, item, "hazards", _yes_or_no, False, default=False),
            kit=self._value(path, item, "kit", _kit, (), default=()),
            events=events,
            at_least=self._value(path, item, "at_least", _one_of(frozenset(COLOURS)), "", default="blue"),
            rules=(("", rule),) if rule else rules,
            dates=self._dates(path, item) if kind == "day" else (),
        )

    def _dates(self, path: str, item: Mapping[str, Any]) -> tuple[date, ...]:
        dates: tuple[date, ...] = self._value(path, item, "dates", _days, (), default=())
        if not dates and item.get("occasion") not in ("weekend", "holiday"):
            self._wrong(f"{path}dates", "is missing: only weekends and holidays are told by the calendar")
        return dates

    def _value(self, path: str, item: Mapping[str, Any], name: str, read: Any, otherwise: Any, **given: Any) -> Any:
        if name not in item:
            if "default" in given:
                return given["default"]
            self._wrong(f"{path}{name}", "is missing")
            return otherwise
        try:
            return read(item[name])
        except ValueError as error:
            self._wrong(f"{path}{name}", str(error))
            return otherwise

    def _unknown(self, path: str, item: Mapping[str, Any], known: frozenset[str]) -> None:
        for name in sorted(item.keys() - known):
            self._wrong(f"{path}{name}", f"is nothing that stands there; known are {', '.join(sorted(known))}")

    def _wrong(self, path: str, message: str) -> None:
        self.findings.append(Finding("CW823", path, message))


def _text(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise ValueError(f"takes a text of 1 to 200 characters, not {value!r}")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"takes small letters, digits and underscores, not {value!r}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"takes a list of texts, not {value!r}")
    return tuple(_text(item) for item in value)


def _some(value: object) -> tuple[str, ...]:
    texts = _texts(value)
    if not texts or len(set(texts)) != len(texts):
        raise ValueError("takes one or several, none of them twice")
    return texts


_events = _routes = _some


def _zone(value: object) -> ZoneInfo:
    try:
        return zone_of(_text(value))
    except InvalidValue as error:
        raise ValueError(str(error)) from None


def _clock(value: object) -> time:
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError(f"takes the time of day as '19:00', not {value!r}")
    return time.fromisoformat(value)


def _days(value: object) -> tuple[date, ...]:
    if not isinstance(value, list) or not value or not all(type(item) is date for item in value):
        raise ValueError(f"takes a list of dates such as 2026-05-01, not {value!r}")
    return tuple(value)


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"takes true or false, not {value!r}")
    return value


def _one_of(known: frozenset[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"takes one of {', '.join(sorted(known))}, not {value!r}")
        return value

    return read


def _rule(value: object) -> str:
    if value not in RULES.ids:
        raise ValueError(f"names no rule of the rulebook of outreach; there is {', '.join(RULES.ids)}, not {value!r}")
    return str(value)


def _rules(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not value.keys() <= set(COLOURS):
        raise ValueError(f"takes a rule for each of {', '.join(COLOURS)}, not {value!r}")
    return tuple((level, _rule(rule)) for level, rule in value.items())


def _kit(value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict) or not value.keys() <= _ITEMS:
        raise ValueError(f"takes pieces of {', '.join(sorted(_ITEMS))}, not {value!r}")
    if not all(type(count) is int and 1 <= count <= 10_000 for count in value.values()):
        raise ValueError("takes whole numbers of pieces from 1 to 10,000")
    return tuple(value.items())

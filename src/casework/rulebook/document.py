"""Read the document of a rulebook: TOML, strictly; every mistake is told with its place and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from casework.calendars.zones import zone_of
from casework.condition.table import from_table
from casework.condition.tree import Condition
from casework.errors import DocumentError, InvalidValue
from casework.model.finding import Finding
from casework.model.names import is_qualified, told
from casework.model.rule import CONFIDENCES, LAST_DAYS, UNITS, Rule
from casework.rulebook.book import Rulebook, at_once
from casework.text import Text

LIMIT = 1_000_000
"""Characters of one document."""

Reader: TypeAlias = Callable[[object], Any]


class _Mistake(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def load_rulebook(path: str | Path | Traversable, *, from_memory: bool = False) -> Rulebook:
    """The rulebook of a file. Rules whose confidence is M are left out, unless they are asked for *from_memory*.

    Raises DocumentError with every mistake in it, OSError where the file cannot be read.
    """
    place = Path(path) if isinstance(path, str) else path
    raw = place.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DocumentError(place.name, [Finding("CW701", "document", "is not UTF-8", line)]) from None
    return rulebook_from(text, source=place.name, from_memory=from_memory)


def rulebook_from(text: str, *, source: str = "<rulebook>", from_memory: bool = False) -> Rulebook:
    """The rulebook of a text of TOML. Raises DocumentError with every mistake in it."""
    if len(text) > LIMIT:
        raise DocumentError(source, [Finding("CW701", "document", f"is longer than {LIMIT:,} characters")])
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        line = re.search(r"at line (\d+)", str(error))
        place = None if line is None else int(line[1])
        raise DocumentError(
            source, [Finding("CW701", "document", str(error) or "is nested too deeply", place)]
        ) from None
    document = _Document(data, text.splitlines())
    rules = document.rules()
    if document.findings:
        raise DocumentError(source, sorted(document.findings, key=lambda item: (item.line or 0, item.path)))
    kept = tuple(rule for rule in rules if from_memory or rule.confidence != "M")
    left_out = dict.fromkeys(rule.id for rule in rules if rule not in kept)
    return Rulebook(name=data["rulebook"], title=document.title, rules=kept, left_out=tuple(left_out))


class _Document:
    """One document, and every mistake that was found in it."""

    def __init__(self, data: dict[str, Any], lines: list[str]) -> None:
        self._data, self._lines = data, lines
        self.findings: list[Finding] = []
        head = self._read(data, "", {**_HEAD, "rule": _tables})
        self.title: Text = head.get("title", Text())
        self._shared = {key: value for key, value in head.items() if key in _SHARED}
        if "rulebook" not in data:
            self._find("CW703", "rulebook", 'the document says no name: rulebook = "…"')

    def rules(self) -> list[Rule]:
        """Every rule that could be read."""
        tables = self._data.get("rule", [])
        read = [self._rule(i, table) for i, table in enumerate(tables if isinstance(tables, list) else ())]
        rules = [rule for rule in read if rule is not None]
        for one, other in at_once(rules):
            number = next(i for i, rule in enumerate(read) if rule is other)
            place = f"rule[{number}].effective_from"
            self._find("CW706", place, f"{one.version} and {other.version} are in force on the same day")
        return rules

    def _rule(self, number: int, table: object) -> Rule | None:
        place = f"rule[{number}]"
        if not isinstance(table, dict):
            return None
        before = len(self.findings)
        values = {**self._shared, **self._read(table, f"{place}.", _RULE)}
        for key in ("id", "title", "authority", "confidence", "source"):
            if key not in table:
                self._find("CW703", f"{place}.{key}", f"a rule says its {key}")
        if ("value" in table) != ("unit" in table) or ("value" in values and values["value"] < 1):
            self._find("CW707", f"{place}.value", "a term has a value of 1 or more and a unit; a duty has neither")
        since, until = values.get("effective_from"), values.get("effective_to")
        if since is not None and until is not None and until < since:
            self._find("CW704", f"{place}.effective_to", "lies before effective_from")
        return None if len(self.findings) > before else Rule(**values)

    def _read(self, table: Mapping[str, object], prefix: str, readers: Mapping[str, Reader]) -> dict[str, Any]:
        values = {}
        for key, value in table.items():
            if key not in readers:
                known = ", ".join(readers)
                self._find("CW702", f"{prefix}{key}", f"is not a key here; there is {known}")
                continue
            try:
                values[key] = readers[key](value)
            except _Mistake as mistake:
                self._find(mistake.code, f"{prefix}{key}", mistake.message)
        return values

    def _find(self, code: str, path: str, message: str) -> None:
        self.findings.append(Finding(code, path, message, self._line(path)))

    def _line(self, path: str) -> int | None:
        """The line of a key, or of the table that it belongs to; TOML's reader of Python tells none."""
        number = re.match(r"rule\[(\d+)\]", path)
        key = path.rpartition(".")[2] if number is None or "." in path else ""
        starts = [i for i, line in enumerate(self._lines) if _HEADER.match(line)]
        if number is None:
            return next(self._keyed(key, 0, starts[0] if starts else len(self._lines)), None)
        place = int(number[1])
        if place >= len(starts):
            return None
        end = starts[place + 1] if place + 1 < len(starts) else len(self._lines)
        return next(self._keyed(key, starts[place], end), starts[place] + 1)

    def _keyed(self, key: str, start: int, end: int) -> Iterator[int]:
        for i in range(start, end):
            if key and self._lines[i].partition("=")[0].strip().strip("\"'") == key:
                yield i + 1


_HEADER = re.compile(r"\s*\[\[\s*rule\s*\]\]")


def _tables(value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _Mistake("CW704", "takes tables: [[rule]]")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 2_000 or "\0" in value:
        raise _Mistake("CW704", f"takes a text of 1 to 2,000 characters, not {told(value)}")
    return value


def _text(value: object) -> Text:
    if isinstance(value, str):
        return Text(_string(value), "")
    if not isinstance(value, dict) or not value or not set(value) <= {"en", "zh"}:
        raise _Mistake("CW704", 'takes a text, or one in each language: {en = "…", zh = "…"}')
    return Text(**{language: _string(part) for language, part in value.items()})


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= 100_000:
        raise _Mistake("CW704", f"takes a whole number up to 100,000, not {told(value)}")
    return value


def _one_of(options: tuple[str, ...]) -> Reader:
    def read(value: object) -> str:
        if value not in options or not isinstance(value, str):
            raise _Mistake("CW704", f"takes one of {', '.join(options)}, not {told(value)}")
        return value

    return read


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Mistake("CW704", f"takes a day such as 2015-08-20, without quotes, not {told(value)}")
    return value


def _id(value: object) -> str:
    if not is_qualified(value):
        raise _Mistake("CW704", f"takes a name such as rescue.notice, not {told(value)}")
    return str(value)


def _condition(value: object) -> Condition:
    try:
        return from_table(value)
    except InvalidValue as error:
        raise _Mistake("CW705", str(error)) from None


def _zone(value: object) -> str:
    try:
        zone_of(name := _string(value))
    except InvalidValue as error:
        raise _Mistake("CW708", error.problem) from None
    return name


def _closes(value: object) -> str:
    try:
        text = _string(value)
        if text != "24:00" and time.fromisoformat(text).isoformat("minutes") != text:
            raise ValueError
    except ValueError:
        raise _Mistake("CW708", f"takes an hour such as 17:30 or 24:00, not {told(value)}") from None
    return text


_SHARED: dict[str, Reader] = {
    "calendar": _string,
    "zone": _zone,
    "last_day": _one_of(LAST_DAYS),
    "closes": _closes,
}
_HEAD: dict[str, Reader] = {"rulebook": _string, "title": _text, **_SHARED}
_RULE: dict[str, Reader] = {
    "id": _id,
    "title": _text,
    "value": _whole,
    "unit": _one_of(UNITS),
    "starts": _text,
    "pauses": _condition,
    "applies": _condition,
    **_SHARED,
    "authority": _text,
    "article": _string,
    "confidence": _one_of(CONFIDENCES),
    "source": _string,
    "effective_from": _day,
    "effective_to": _day,
    "note": _text,
}

if set(_RULE) | {"tenant"} != {attribute.name for attribute in attrs.fields(Rule)}:
    raise AssertionError("every attribute of a rule has its key")

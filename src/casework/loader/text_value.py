"""The lenient door for the command line and CSV: a text becomes a value of the field's declared type.

Nothing else in casework turns text into another kind of value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from casework.condition.literal import Value
from casework.errors import InvalidValue
from casework.model.fields import Field

_YES = frozenset({"true", "yes", "是"})
_NO = frozenset({"false", "no", "否"})

# Every pattern is linear (F76) and bounded, so that int() never meets a text of thousands of digits (F70).
_INTEGER = re.compile(r"[+-]?[0-9]{1,24}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,24}(?:\.[0-9]{1,24})?\Z")
_FLOAT = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{0,400})?(?:[eE][+-]?[0-9]{1,4})?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?\Z"
)


def parse_text(field: Field, text: str) -> Value:
    """The value that *text* means in *field*, or InvalidValue saying what could be written instead."""
    if field.type == "text":
        return field.accept(text)
    # Chinese input methods type full-width digits and signs; other scripts' digits are refused below.
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise InvalidValue(field.name, f"is empty; leave it out, or write {_HINTS[field.type]}")
    try:
        value = _PARSERS[field.type](field, plain)
    except (ValueError, OverflowError) as error:
        if isinstance(error, InvalidValue):
            raise
        raise _not_a(field, text) from None
    return field.accept(value)


def _not_a(field: Field, text: str) -> InvalidValue:
    said = text if len(text) <= 40 else f"{text[:40]}…"
    return InvalidValue(field.name, f"{said!r} is not {_NOUNS[field.type]}; write {_HINTS[field.type]}")


def _matched(pattern: re.Pattern[str], text: str) -> str:
    if pattern.match(text) is None:
        raise ValueError(text)
    return text


def _boolean(_: Field, text: str) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        raise ValueError(text)
    return word in _YES


def _instant(field: Field, text: str) -> datetime:
    instant = datetime.fromisoformat(_matched(_INSTANT, text))
    if instant.tzinfo is None:
        raise InvalidValue(field.name, f"{text!r} names no time zone; write {_HINTS['instant']}")
    return instant


def _choice(field: Field, text: str) -> str:
    names = [choice.name for choice in field.choices]
    if text in names:
        return text
    word = text.casefold()
    found = [
        choice.name
        for choice in field.choices
        if word in {unicodedata.normalize("NFKC", title).casefold() for title in (choice.title.en, choice.title.zh)}
    ]
    if len(found) == 1:
        return found[0]
    problem = f"could be {' or '.join(found)}" if found else "is not one of the choices"
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    raise InvalidValue(field.name, f"{shown!r} {problem}; write one of {', '.join(names)}")


_PARSERS: dict[str, Callable[[Field, str], object]] = {
    "integer": lambda _, text: int(_matched(_INTEGER, text)),
    "decimal": lambda _, text: Decimal(_matched(_DECIMAL, text)),
    "float": lambda _, text: float(_matched(_FLOAT, text)),
    "boolean": _boolean,
    "date": lambda _, text: date.fromisoformat(_matched(_DATE, text)),
    "instant": _instant,
    "choice": _choice,
}
_NOUNS = {
    "integer": "a whole number",
    "decimal": "a decimal number",
    "float": "a number",
    "boolean": "yes or no",
    "date": "a date",
    "instant": "an instant",
}
_HINTS = {
    "integer": "digits only, such as 42",
    "decimal": "digits with a point, such as 12.50",
    "float": "digits with a point, such as 36.6",
    "boolean": "yes or no, true or false, 是 or 否",
    "date": "year-month-day, such as 2026-01-31",
    "instant": "a date, a time and an offset, such as 2026-01-31T08:00+08:00",
    "choice": "the name or the title of a choice",
}

"""The values that a case may hold and a condition may name: seven kinds, one plain form.

The plain form is JSON that says its own type, so that a document, a log entry and a message
read alike without the definition beside them.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import TypeAlias

from casework.errors import InvalidValue

Value: TypeAlias = str | bool | int | float | Decimal | date | datetime
Plain: TypeAlias = str | bool | int | dict[str, str]

INTEGER_LIMIT = 2**63
DECIMAL_PLACES = 6
DECIMAL_LIMIT = Decimal(INTEGER_LIMIT - 1).scaleb(-DECIMAL_PLACES)
TEXT_LIMIT = 10_000

EXACT = Context(prec=40)
"""Decimals are worked on in a context of our own: the host's may round to a few digits."""

_SMALLEST = Decimal(1).scaleb(-DECIMAL_PLACES)
_YEARS = range(1, 9999)


def checked(value: object, where: str = "") -> Value:
    """*value* in its canonical form, or InvalidValue saying what is wrong with it.

    Text becomes NFC, an instant becomes UTC, a decimal loses its trailing zeros. Refused are NaN
    and infinity, integers beyond 64 bits, NUL and lone surrogates, naive datetimes.
    """
    match value:
        case str():
            return _text(value, where)
        case bool():
            return value
        case int():
            if not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
                raise InvalidValue(where, "integers are limited to 64 bits", "整数超出64位范围")
            return int(value)
        case float():
            if not math.isfinite(value):
                raise InvalidValue(where, "NaN and infinity are not values", "不能是非数或无穷大")
            return value + 0.0
        case Decimal():
            return _decimal(value, where)
        case datetime():
            return _instant(value, where)
        case date():
            return value
    raise InvalidValue(where, f"{type(value).__name__} is not a kind of value that a case holds", "案件不能保存这种值")


def _text(value: str, where: str) -> str:
    if len(value) > TEXT_LIMIT:
        raise InvalidValue(where, f"text is limited to {TEXT_LIMIT} characters", f"文字最多{TEXT_LIMIT}个字符")
    if value.isascii():
        if "\0" in value:
            raise InvalidValue(where, "text may not hold a NUL character", "文字不得含有空字符")
        return value if type(value) is str else str(value)
    if "\0" in value:
        raise InvalidValue(where, "text may not hold a NUL character", "文字不得含有空字符")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise InvalidValue(where, "text may not hold a lone surrogate", "文字含有无效字符")
    return unicodedata.normalize("NFC", value)


def _decimal(value: Decimal, where: str) -> Decimal:
    if not value.is_finite():
        raise InvalidValue(where, "NaN and infinity are not values", "不能是非数或无穷大")
    if value.copy_abs() > DECIMAL_LIMIT:  # abs() would round, and overflow on the way
        raise InvalidValue(where, f"decimals are limited to ±{DECIMAL_LIMIT}", f"小数的范围是±{DECIMAL_LIMIT}")
    try:
        scaled = value.quantize(_SMALLEST, context=EXACT)
    except InvalidOperation:
        scaled = None
    if scaled is None or scaled != value:
        raise InvalidValue(
            where, f"decimals hold at most {DECIMAL_PLACES} places after the point", f"小数点后最多{DECIMAL_PLACES}位"
        )
    whole = value == value.to_integral_value()
    return EXACT.add(value.quantize(Decimal(1), context=EXACT), Decimal(0)) if whole else value.normalize(EXACT)


def _instant(value: datetime, where: str) -> datetime:
    if value.tzinfo is None:
        raise InvalidValue(where, "a naive datetime names no instant; give it a time zone", "时刻须带时区")
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(
            where, "instants lie in the years 1 to 9998, in UTC", "时刻须在公元1年至9998年之间"
        ) from None
    if instant.year not in _YEARS:
        raise InvalidValue(where, "instants lie in the years 1 to 9998, in UTC", "时刻须在公元1年至9998年之间")
    return instant.replace(fold=0) if instant.fold else instant


def kind_of(value: Value) -> str:
    """The name of *value*'s kind, as field types are named."""
    match value:
        case str():
            return "text"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "float"
        case Decimal():
            return "decimal"
        case datetime():
            return "instant"
    return "date"


def to_plain(value: Value) -> Plain:
    """The JSON form: text, booleans and integers as they are, the rest as a one-key table."""
    match value:
        case str() | bool() | int():
            return value
        case float():
            return {"float": repr(value)}
        case Decimal():
            return {"decimal": f"{value:f}"}
        case datetime():
            return {"instant": value.astimezone(UTC).isoformat().replace("+00:00", "Z")}
    return {"date": value.isoformat()}


def natural(value: object) -> object:
    """One value as JSON of everybody else: an instant in UTC, a decimal as text, for a float would change it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
    return value


def from_plain(plain: object, where: str = "") -> Value:
    """The value of a plain form; InvalidValue where it is none."""
    if isinstance(plain, Mapping):
        return _tagged(plain, where)
    if isinstance(plain, str | bool | int | float | date):
        return checked(plain, where)
    raise InvalidValue(where, f"{plain!r} is not a value")


def _tagged(plain: Mapping[object, object], where: str) -> Value:
    if len(plain) != 1:
        raise InvalidValue(where, "a typed value is a table with one key, such as {date: 2026-01-31}")
    ((kind, text),) = plain.items()
    if kind not in _PARSERS or not isinstance(text, str):
        raise InvalidValue(where, f"{kind!r} is not a kind of value; use {', '.join(sorted(_PARSERS))} with a text")
    try:
        return checked(_PARSERS[str(kind)](text), where)
    except (ValueError, InvalidOperation) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(where, f"{text!r} is not a {kind}") from None


_PARSERS: dict[str, Callable[[str], Value]] = {
    "date": date.fromisoformat,
    "decimal": Decimal,
    "float": float,
    "instant": datetime.fromisoformat,
}


_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def duration_text(duration: timedelta) -> str:
    """A whole number of the largest unit that fits exactly: ``36h``, ``7d``."""
    seconds, rest = divmod(duration, timedelta(seconds=1))
    if rest:
        raise InvalidValue("", "durations are whole seconds")
    for unit, size in _UNITS.items():
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    raise AssertionError("every whole second is a multiple of one second")


def duration_of(text: object, where: str = "") -> timedelta:
    """The duration of a text such as ``90m``; InvalidValue where it is none."""
    if isinstance(text, str) and text[:-1].isascii() and text[:-1].isdigit() and text[-1] in _UNITS and len(text) <= 12:
        try:
            return timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]])
        except OverflowError:
            raise InvalidValue(where, f"{text!r} is longer than a duration can be") from None
    raise InvalidValue(where, f"{text!r} is not a duration; write a whole number with d, h, m or s, such as 72h")

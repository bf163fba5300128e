"""How values are stored: one strict column form for each type of field, and one JSON form for the log.

int and choice as they are; bool as 0 or 1; Decimal as a whole number of millionths; date as its
ordinal; instant as microseconds; text in a column that compares byte by byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Double, Integer, SmallInteger
from sqlalchemy.types import TypeEngine

from casework.clock import from_micros, to_micros
from casework.condition.literal import DECIMAL_PLACES, EXACT, Value, checked, from_plain, to_plain
from casework.model.fields import FieldType
from casework.storage.schema import text_type

FAR = 2**62
"""A due date that never comes; the index on due dates holds no nulls."""

Stored = str | int | float | bytes | None


def _decimal(stored: int) -> Decimal:
    value = checked(Decimal(stored).scaleb(-DECIMAL_PLACES, EXACT))
    assert isinstance(value, Decimal)
    return value


_ENCODE: dict[FieldType, Callable[[Any], Any]] = {
    "text": lambda value: value,
    "choice": lambda value: value,
    "integer": lambda value: value,
    "float": lambda value: value,
    "boolean": int,
    "decimal": lambda value: int(value.scaleb(DECIMAL_PLACES, EXACT)),
    "date": lambda value: value.toordinal(),
    "instant": to_micros,
}
_DECODE: dict[FieldType, Callable[[Any], Value]] = {
    "text": lambda stored: stored,
    "choice": lambda stored: stored,
    "integer": lambda stored: stored,
    "float": lambda stored: stored,
    "boolean": bool,
    "decimal": _decimal,
    "date": date.fromordinal,
    "instant": from_micros,
}


def encoder(kind: FieldType) -> Callable[[Any], Any]:
    """From a value of that type to what its column holds."""
    return _ENCODE[kind]


def decoder(kind: FieldType) -> Callable[[Any], Value]:
    """From what the column holds to the value."""
    return _DECODE[kind]


def column_type(kind: FieldType) -> TypeEngine[Any]:
    """The column of that type; the same meaning on every database."""
    if kind in ("text", "choice"):
        return text_type()
    if kind == "float":
        return Double()
    if kind == "boolean":
        return SmallInteger()
    return Integer() if kind == "date" else BigInteger()


# The canonicaliser named in every entry; an entry names the one that wrote it, so it may never change.
CANONICAL = b"json-sorted-utf8-1"
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


def _made_once() -> Callable[[Any], str]:
    """The encoder's own C function, kept: JSONEncoder makes a new one for every call, a third of its time."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    try:
        parts = make(None, _ENCODER.default, json.encoder.encode_basestring, None, ":", ",", True, False, False)
        assert _ENCODER.encode({"a": ["ü", 1, None]}) == "".join(parts({"a": ["ü", 1, None]}, 0))
    except (TypeError, AssertionError):
        return _ENCODER.encode
    return lambda content: "".join(parts(content, 0))


_encode = _made_once()


def canonical(content: Mapping[str, Any]) -> bytes:
    """Plain JSON content as its one canonical text, in UTF-8. Content holds no floats (see to_plain)."""
    return _encode(content).encode()


def values_to_plain(values: Mapping[str, Value | None]) -> dict[str, Any]:
    """Named values in the JSON form that says its own types; None stays null."""
    return {name: None if value is None else to_plain(value) for name, value in values.items()}


def values_from_plain(plain: Mapping[str, Any]) -> dict[str, Value | None]:
    """The way back."""
    return {name: None if value is None else from_plain(value, name) for name, value in plain.items()}

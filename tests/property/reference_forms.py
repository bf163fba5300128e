"""What the second interpreter says of forms and fields; see ``reference``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs

from casework import CaseType, Field

KINDS: dict[str, type] = {"text": str, "choice": str, "integer": int, "decimal": Decimal, "float": float}
KINDS |= {"boolean": bool, "date": date, "instant": datetime}


class No(Exception):
    """A refusal; its only argument is the code."""

    @property
    def code(self) -> str:
        return str(self.args[0])


def all_fields(case_type: CaseType) -> list[Field]:
    return [*case_type.data, *(field for workflow in case_type.chain for field in workflow.fields)]


def enterable(case_type: CaseType) -> dict[str, Field]:
    return {field.name: field for field in all_fields(case_type) if not field.managed}


def reads(case_type: CaseType, field: Field, roles: frozenset[str]) -> bool:
    return field.field_class == "open" or bool(roles & set(dict(case_type.readers).get(field.field_class, ())))


def filled(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """A form as it was filled in; anything unknown, missing or of the wrong kind refuses it as a whole."""
    known = {field.name: field for field in fields}
    given = {name: value for name, value in values.items() if value is not None}
    if not set(values) <= set(known) or any(f.required and f.name not in given for f in known.values()):
        raise No("invalid-form")
    return {name: accept(known[name], value) for name, value in given.items()}


def common(ways: list[tuple[Field, ...]]) -> list[Field]:
    """What may be filled in while it is open which of *ways* is taken; required only where every way requires it."""
    named = {field.name: field for way in ways for field in way}
    needed = [{field.name for field in way if field.required} for way in ways]
    return [attrs.evolve(field, required=all(name in names for names in needed)) for name, field in named.items()]


def accept(field: Field, value: Any) -> Any:
    """A value of exactly the field's kind, within its bounds."""
    if type(value) is not KINDS[field.type]:
        raise No("invalid-form")
    if field.type in ("text", "choice"):
        value = unicodedata.normalize("NFC", value)
    too_long = field.type == "text" and len(value) > field.max_length
    strange = field.type == "choice" and value not in [choice.name for choice in field.choices]
    too_low = field.minimum is not None and value < field.minimum
    if too_long or strange or too_low or (field.maximum is not None and value > field.maximum):
        raise No("invalid-form")
    return value

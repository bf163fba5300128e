"""What the second interpreter says of forms, fields and who reads them; see ``world``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs

from casework.model.casetype import CaseType
from casework.model.fields import Field

KINDS: dict[str, type] = {
    "text": str,
    "choice": str,
    "integer": int,
    "decimal": Decimal,
    "float": float,
    "boolean": bool,
    "date": date,
    "instant": datetime,
}


class No(Exception):
    """A refusal; its only argument is the code."""

    @property
    def code(self) -> str:
        """The code of the refusal."""
        return str(self.args[0])


def all_fields(case_type: CaseType) -> list[Field]:
    """The case data with the fields of every attached workflow."""
    return [*case_type.data, *(field for workflow in case_type.chain for field in workflow.fields)]


def enterable(case_type: CaseType) -> dict[str, Field]:
    """What people may fill in when they open or amend a case."""
    return {field.name: field for field in all_fields(case_type) if not field.managed}


def reads(case_type: CaseType, field: Field, roles: frozenset[str]) -> bool:
    """Whether one of *roles* reads the field: its own readers where it names some, else those of its class."""
    if field.field_class == "open":
        return True
    return bool(roles & set(field.readers or dict(case_type.readers).get(field.field_class, ())))


def filled(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """A form as it was filled in; anything unknown, missing or of the wrong kind refuses it as a whole."""
    known = {field.name: field for field in fields}
    given = {name: value for name, value in values.items() if value is not None}
    if not set(values) <= set(known) or any(f.required and f.name not in given for f in known.values()):
        raise No("invalid-form")
    return {name: accept(known[name], value) for name, value in given.items()}


def common(ways: list[tuple[Field, ...]]) -> list[Field]:
    """What may be filled in while it is open which of *ways* is taken; required only where every way requires it."""
    named: dict[str, list[Field]] = {}
    for way in ways:
        for field in way:
            named.setdefault(field.name, []).append(field)
    return [_wide(fields, required=sum(field.required for field in fields) == len(ways)) for fields in named.values()]


def _wide(fields: list[Field], required: bool) -> Field:
    lowest, highest = {field.minimum for field in fields}, {field.maximum for field in fields}
    return attrs.evolve(
        fields[0],
        required=required,
        minimum=fields[0].minimum if len(lowest) == 1 else None,
        maximum=fields[0].maximum if len(highest) == 1 else None,
        max_length=max(field.max_length for field in fields),
    )


def accept(field: Field, value: Any) -> Any:
    """A value of exactly the field's kind, within its bounds."""
    if type(value) is not KINDS[field.type]:
        raise No("invalid-form")
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value)
    too_long = field.type == "text" and len(value) > field.max_length
    strange = field.type == "choice" and value not in [choice.name for choice in field.choices]
    too_low = field.minimum is not None and value < field.minimum
    if too_long or strange or too_low or (field.maximum is not None and value > field.maximum):
        raise No("invalid-form")
    return value

"""The current row of a case: one typed table for each case type, readable with plain SQL.

Names with two underscores are the engine's: ``state__care``, ``due__stay``, ``term__stay`` (what a due date that a rule
sets was derived from), ``at__care__admitted`` (last entered), ``by__request_settlement`` (who did it),
``known__diagnosis`` (a sealed field is known). Case data stand under their own names, those of an attached workflow as
``referral__ward``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import lru_cache
from typing import Any

import attrs
from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, PrimaryKeyConstraint, SmallInteger, Table

from casework.clock import from_micros, to_micros
from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.errors import InvalidValue, SetupError
from casework.model.fields import Field
from casework.model.term import Term, term_from_plain, term_to_plain
from casework.storage.codec import (
    FAR,
    canonical,
    column_type,
    decoder,
    encoder,
    values_from_plain,
    values_to_plain,
)
from casework.storage.schema import text_type

_RESERVED = ("case", "state", "due", "term", "at", "by", "known", "subject")
_IDENTIFIER_LIMIT = 60


def column_name(prefix: str, name: str) -> str:
    """The column of a qualified name; too long a one is cut and kept apart by its digest (PostgreSQL allows 63)."""
    full = "__".join(part for part in (prefix, *name.split(".")) if part)
    if len(full) <= _IDENTIFIER_LIMIT:
        return full
    return f"{full[: _IDENTIFIER_LIMIT - 9]}_{hashlib.sha256(full.encode()).hexdigest()[:8]}"


@attrs.frozen(eq=False)
class _Slot:
    """One column: which mapping of a snapshot it fills, under which key, and how it is encoded."""

    column: str
    part: str
    key: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, InvalidValue)
"""What decoding raises of what was never encoded."""


class Projection:
    """The table of one case type under one manifest, with the way between its rows and snapshots."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self.case_type = compiled.case_type.name
        self.name = f"case_{self.case_type}"
        self.digest = compiled.manifest.hash
        self.fields = compiled.fields
        self.sealed = {name for name, field in compiled.fields.items() if field.sealed}
        self.slots = tuple(self._slots())
        self._decoders = [(slot.part, slot.key, slot.decode) for slot in self.slots]
        self.by_part = {(slot.part, slot.key): slot for slot in self.slots}
        self.table: Any = self._table()
        self._indexes()

    def _slots(self) -> list[_Slot]:
        compiled = self._compiled
        attached = {w.name for w in compiled.case_type.chain[compiled.manifest.own :] if w.fields}
        if taken := attached & set(_RESERVED):
            raise SetupError(
                f"a workflow with fields may not be called {sorted(taken)[0]!r}; that prefix is the engine's"
            )
        slots = [_Slot(column_name("state", name), "states", name, _same, _same) for name in compiled.workflows]
        slots += [self._field(field) for field in compiled.fields.values() if not field.sealed]
        slots += [_Slot(column_name("at", mark), "marks", mark, to_micros, from_micros) for mark in compiled.marks]
        slots += [_Slot(column_name("due", name), "dues", name, to_micros, from_micros) for name in self.deadlines]
        slots += [_Slot(column_name("term", name), "terms", name, _term_text, _term_of) for name in compiled.ruled]
        slots += [_Slot(column_name("by", act), "acts", act, _same, _same) for act in sorted(compiled.acts)]
        slots += [_Slot(column_name("subject", name), "subjects", name, _same, _same) for name in compiled.subjects]
        return slots

    @property
    def deadlines(self) -> tuple[str, ...]:
        """The names of all deadlines of the chain."""
        return tuple(d.name for workflow in self._compiled.workflows.values() for d in workflow.deadlines)

    @staticmethod
    def _field(field: Field) -> _Slot:
        return _Slot(column_name("", field.name), "data", field.name, encoder(field.type), decoder(field.type))

    def _table(self) -> Table:
        columns: list[Any] = [
            Column("case__tenant", text_type(), nullable=False),
            Column("case__id", text_type(), nullable=False),
            Column("case__unit", text_type(), nullable=False),
            Column("case__open", SmallInteger, nullable=False),
            Column("case__opened_at", BigInteger, nullable=False),
            Column("case__next_due", BigInteger, nullable=False),
            Column("case__sealed", LargeBinary),
        ]
        columns += [Column(slot.column, self._type(slot)) for slot in self.slots]
        columns += [Column(column_name("known", name), SmallInteger) for name in sorted(self.sealed)]
        return Table(self.name, MetaData(), *columns, PrimaryKeyConstraint("case__tenant", "case__id"))

    def _type(self, slot: _Slot) -> Any:
        if slot.part == "data":
            return column_type(self._compiled.fields[slot.key].type)
        return BigInteger() if slot.part in ("marks", "dues") else text_type()

    def _indexes(self) -> None:
        """A worklist reads one range of one of these for each unit and state, open cases only."""
        c = self.table.c
        live: dict[str, Any] = {"sqlite_where": c.case__open == 1, "postgresql_where": c.case__open == 1}
        for slot in self.slots:
            if slot.part == "states":
                column = c[slot.column]
                key = (c.case__tenant, c.case__unit, column, c.case__next_due, c.case__id)
                Index(self._index_name("u", slot.key), *key, **live)
                Index(self._index_name("s", slot.key), c.case__tenant, column, c.case__next_due, c.case__id, **live)

        for slot in self.slots:
            if slot.part == "subjects":
                # By which every case about a person is found, closed ones too.
                Index(self._index_name("p", slot.key), c.case__tenant, c[slot.column], c.case__id)

    def _index_name(self, kind: str, workflow: str) -> str:
        return column_name("", f"ix_{self.name}_{kind}_{workflow}")

    def aliased(self, name: str) -> Projection:
        """The same columns under another name, for a query that looks at the table twice."""
        made = copy(self)
        made.table = self.table.alias(name)
        return made

    def column(self, part: str, key: str) -> Any:
        """The column of one thing, such as ``("states", "care")``; KeyError where the table has none."""
        return self.table.c[self.by_part[part, key].column]

    def known_column(self, field: str) -> Any:
        """The column that says whether a sealed field is known."""
        return self.table.c[column_name("known", field)]

    def columns_of(self, fields: Iterable[str]) -> frozenset[str]:
        """The columns that hold something of those fields of case data."""
        found = set()
        for name in fields:
            slot = self.by_part.get(("data", name))
            if slot is not None:
                found.add(slot.column)
            elif name in self.sealed:
                found |= {column_name("known", name), "case__sealed"}
        return frozenset(found)

    def encoded(self, part: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Columns and stored values of one mapping of a snapshot; None clears, what has no column is left out."""
        found = {}
        for key, value in values.items():
            slot = self.by_part.get((part, key))
            if slot is not None:
                found[slot.column] = None if value is None else slot.encode(value)
        return found

    def sealed_columns(self, data: Mapping[str, Value]) -> dict[str, Any]:
        """The columns that hold what is sealed: one blob of values, and for each field whether it is known."""
        values = {name: value for name, value in data.items() if name in self.sealed}
        columns: dict[str, Any] = {column_name("known", name): int(name in values) for name in self.sealed}
        columns["case__sealed"] = canonical(values_to_plain(values)) if values else None
        return columns

    def row(self, snapshot: Any) -> dict[str, Any]:
        """Every column of a new row (or of a rebuilt one)."""
        columns = {
            "case__tenant": snapshot.tenant,
            "case__id": snapshot.id,
            "case__unit": snapshot.unit,
            "case__open": int(snapshot.closed_at is None),
            "case__opened_at": to_micros(snapshot.opened_at),
            "case__next_due": next_due(snapshot.dues),
            **self.sealed_columns(snapshot.data),
        }
        columns.update((slot.column, None) for slot in self.slots)
        for part in ("states", "data", "marks", "dues", "terms", "acts", "subjects"):
            columns.update(self.encoded(part, getattr(snapshot, part)))
        return columns

    def decoded(self, stored: Any, sealed: bytes | None) -> dict[str, dict[str, Any]]:
        """The mappings of a snapshot from the values of its slots, in their order, and the sealed blob."""
        parts: dict[str, dict[str, Any]] = {
            "states": {},
            "data": {},
            "marks": {},
            "dues": {},
            "terms": {},
            "acts": {},
            "subjects": {},
        }
        for (part, key, decode), value in zip(self._decoders, stored, strict=True):
            if value is not None:
                parts[part][key] = decode(value)
        if sealed is not None:
            parts["data"].update(values_from_plain(json.loads(sealed)))
        return parts

    def damaged(self, stored: Any) -> str:
        """The first column whose value cannot be decoded; the sealed blob where each of them can."""
        for slot, value in zip(self.slots, stored, strict=True):
            try:
                _ = None if value is None else slot.decode(value)
            except UNREADABLE:
                return slot.column
        return "case__sealed"


def next_due(dues: Mapping[str, datetime]) -> int:
    """The earliest due date of a case, or one that never comes."""
    return min(map(to_micros, dues.values()), default=FAR)


def _term_text(term: Term) -> str:
    return canonical(term_to_plain(term)).decode()


@lru_cache(maxsize=4_096)
def _term_of(text: str) -> Term:
    return term_from_plain(json.loads(text))


def _same(value: Any) -> Any:
    return value

"""Cases of one manifest: load a snapshot, insert a case, update it under its revision."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, bindparam, null, select
from sqlalchemy import Table as SQLTable

from casework.clock import from_micros, to_micros
from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.errors import RowDamaged
from casework.model.case import Snapshot
from casework.model.decision import Decision
from casework.storage import schema
from casework.storage.log import Entry
from casework.storage.projection import UNREADABLE, Projection, next_due
from casework.storage.sealing import Seals, subject_of
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


def keyed(table: SQLTable, *names: str) -> Any:
    """``column = :b_column`` for each name; binds are never named like columns."""
    # Not required: a statement with IN is compiled with its values, and would ask for those of its key then.
    conditions = [table.c[name] == bindparam(f"b_{name}", required=False) for name in names]
    clause = conditions[0]
    for condition in conditions[1:]:
        clause = clause & condition
    return clause


def inserting(table: SQLTable) -> Any:
    """An insert of every column, each bound as ``b_column``."""
    return table.insert().values({column.name: bindparam(f"b_{column.name}") for column in table.columns}).inline()


def bound(row: dict[str, Any]) -> dict[str, Any]:
    """A row's values under the names that inserting() binds."""
    return {f"b_{name}": value for name, value in row.items()}


_HEAD = ("case_type", "manifest", "revision", "unit", "opened_at", "closed_at", "parent", "head")


class Cases:
    """The statements for the cases of one manifest, compiled once for one dialect."""

    def __init__(self, compiled: Compiled, projection: Projection, dialect: Dialect, seals: Seals) -> None:
        self.compiled, self.projection, self._dialect, self._seals = compiled, projection, dialect, seals
        case, row = schema.case, projection.table
        slots = [row.c[slot.column] for slot in projection.slots]
        joined = case.join(row, (row.c.case__tenant == case.c.tenant) & (row.c.case__id == case.c.id))
        self.columns = [*(case.c[name] for name in _HEAD), row.c.case__sealed, *slots]
        self.joined = joined
        load = select(*self.columns).select_from(joined).where(keyed(case, "tenant", "id"))
        self._load, self._load_locked = Prepared(load, dialect), Prepared(load.with_for_update(), dialect)
        self._insert = Prepared(inserting(case), dialect)
        self._insert_row = Prepared(inserting(row), dialect)
        self._update = Prepared(
            case.update()
            .where(keyed(case, "tenant", "id", "revision"))
            .values(revision=bindparam("n_revision"), closed_at=bindparam("n_closed_at"), head=bindparam("n_head")),
            dialect,
        )
        self._adopt = Prepared(
            case.update()
            .where(keyed(case, "tenant", "id", "revision"))
            .values({name: bindparam(f"n_{name}") for name in ("manifest", "revision", "closed_at", "head")}),
            dialect,
        )
        self._updates: dict[tuple[str, ...], Prepared] = {}
        self._emptying: dict[str, Prepared | None] = {}

    def load(self, transaction: Transaction, tenant: str, case_id: str) -> Snapshot | None:
        """The case as it stands, locked where the transaction locks; None where there is none of this projection."""
        statement = self._load_locked if transaction.locks else self._load
        key = {"b_tenant": tenant, "b_id": case_id}
        found = transaction.lock((0, tenant, case_id), statement, key).fetchone()
        return None if found is None else self.snapshot(transaction, tenant, case_id, found)

    def snapshot(self, transaction: Transaction, tenant: str, case_id: str, found: Any) -> Snapshot:
        """A snapshot from the values of *columns*."""
        case_type, manifest, revision, unit, opened_at, closed_at, parent, head, sealed = found[:9]
        if sealed is not None:
            sealed = self._seals.opened(transaction, row_at(tenant, case_id), bytes(sealed))
        try:
            parts = self.projection.decoded(found[9:], sealed)
        except UNREADABLE as fault:
            raise RowDamaged(case_id, self.projection.damaged(found[9:])) from fault
        return Snapshot(
            tenant=tenant,
            id=case_id,
            case_type=case_type,
            manifest=manifest,
            revision=revision,
            unit=unit,
            opened_at=from_micros(opened_at),
            closed_at=None if closed_at is None else from_micros(closed_at),
            parent=parent,
            head=bytes(head),
            states=parts["states"],
            data=parts["data"],
            marks=parts["marks"],
            dues=parts["dues"],
            terms=parts["terms"],
            acts=parts["acts"],
            subjects=parts["subjects"],
        )

    def insert(self, transaction: Transaction, snapshot: Snapshot) -> None:
        """Write a case that was just opened: its own row and its projection."""
        row = {
            "tenant": snapshot.tenant,
            "id": snapshot.id,
            "case_type": snapshot.case_type,
            "manifest": snapshot.manifest,
            "revision": snapshot.revision,
            "unit": snapshot.unit,
            "opened_at": to_micros(snapshot.opened_at),
            "closed_at": None if snapshot.closed_at is None else to_micros(snapshot.closed_at),
            "parent": snapshot.parent,
            "head": snapshot.head,
        }
        transaction.put(self._insert, bound(row))
        transaction.put(self._insert_row, bound(self._sealed(transaction, snapshot, self.projection.row(snapshot))))

    def update(self, transaction: Transaction, before: Snapshot, decision: Decision, entry: Entry) -> bool:
        """Write a decision; False where somebody else moved the case since *before* was read.

        Where the case's row is locked since then nobody can have; and the number of its next entry is free only once.
        """
        key = {"b_tenant": before.tenant, "b_id": before.id}
        closed_at = None if decision.closed_at is None else to_micros(decision.closed_at)
        values = {"n_revision": entry.number, "n_closed_at": closed_at, "n_head": entry.hash}
        if not transaction.changed_one(self._update, {**key, "b_revision": before.revision, **values}):
            return False
        columns = self._sealed(transaction, before, self._changed(before, decision))
        if columns:
            self._update_row(transaction, key, columns)
        return True

    def adopt(self, transaction: Transaction, left: Projection, before: Snapshot, after: Snapshot) -> bool:
        """Pin the case to this manifest and write its row anew; False where somebody else moved it.

        Columns that only the projection *left* has are emptied, so that nothing stays behind that nobody verifies.
        """
        key = {"b_tenant": before.tenant, "b_id": before.id}
        values = {
            "n_manifest": after.manifest,
            "n_revision": after.revision,
            "n_closed_at": None if after.closed_at is None else to_micros(after.closed_at),
            "n_head": after.head,
        }
        if not transaction.changed_one(self._adopt, {**key, "b_revision": before.revision, **values}):
            return False
        row = self._sealed(transaction, after, self.projection.row(after))
        emptied = self._emptied(left, row)
        if emptied is not None:
            transaction.put(emptied, key)
        self._update_row(transaction, key, {n: v for n, v in row.items() if n not in ("case__tenant", "case__id")})
        return True

    def _emptied(self, left: Projection, row: dict[str, Any]) -> Prepared | None:
        """The statement that empties the columns which only *left* has; None where it has no such column."""
        if left.digest not in self._emptying:
            old = left.table
            empty = [column for column in old.c if column.name not in row]
            at = (old.c.case__tenant == bindparam("b_tenant")) & (old.c.case__id == bindparam("b_id"))
            statement = old.update().where(at).values(dict.fromkeys(empty, null()))
            self._emptying[left.digest] = Prepared(statement, self._dialect) if empty else None
        return self._emptying[left.digest]

    def _changed(self, before: Snapshot, decision: Decision) -> dict[str, Any]:
        projection = self.projection
        columns = projection.encoded("data", decision.changed) if decision.changed else {}
        if not projection.sealed.isdisjoint(decision.changed):
            columns.update(projection.sealed_columns(decision.data))
        for part, old, new in (
            ("states", before.states, decision.states),
            ("marks", before.marks, decision.marks),
            ("dues", before.dues, decision.dues),
            ("terms", before.terms, decision.terms),
            ("acts", before.acts, decision.acts),
        ):
            if old != new:
                columns.update(projection.encoded(part, _difference(old, new)))
        if before.dues != decision.dues:
            columns["case__next_due"] = next_due(decision.dues)
        if before.closed_at != decision.closed_at:
            columns["case__open"] = int(decision.closed_at is None)
        return columns

    def _sealed(self, transaction: Transaction, case: Snapshot, columns: dict[str, Any]) -> dict[str, Any]:
        """*columns*, with the blob among them sealed for this case."""
        plain = columns.get("case__sealed")
        if plain is not None:
            place, subject = row_at(case.tenant, case.id), subject_of(self.compiled, case)
            columns["case__sealed"] = self._seals.sealed(transaction, subject, place, plain)
        return columns

    def _update_row(self, transaction: Transaction, key: dict[str, Any], columns: dict[str, Any]) -> None:
        names = tuple(columns)
        statement = self._updates.get(names)
        if statement is None:
            table = self.projection.table
            statement = self._updates[names] = Prepared(
                table.update()
                .where((table.c.case__tenant == bindparam("b_tenant")) & (table.c.case__id == bindparam("b_id")))
                .values({name: bindparam(f"n_{name}") for name in names}),
                self._dialect,
            )
        transaction.put(statement, {**key, **{f"n_{name}": value for name, value in columns.items()}})


def row_at(tenant: str, case_id: str) -> tuple[str, ...]:
    """The place for which the sealed part of a current row is sealed."""
    return "the current row", tenant, case_id


class Pins:
    """The manifest that each case is pinned to, whatever its case type."""

    def __init__(self, dialect: Dialect) -> None:
        case = schema.case
        self._of = Prepared(select(case.c.case_type, case.c.manifest).where(keyed(case, "tenant", "id")), dialect)

    def of(self, transaction: Transaction, tenant: str, case_id: str) -> tuple[str, str] | None:
        """The case type and manifest of a case; None where there is no such case."""
        found = transaction.run(self._of, {"b_tenant": tenant, "b_id": case_id}).fetchone()
        return None if found is None else (found[0], found[1])


def _difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Value | None]:
    changes: dict[str, Value | None] = {key: value for key, value in new.items() if key not in old or old[key] != value}
    for key in old:
        if key not in new:
            changes[key] = None
    return changes

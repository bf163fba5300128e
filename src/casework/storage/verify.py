"""Verify a store: chains, projections, ledger, timers, and that nothing is missing between them.

Nothing is mended here; the first bad entry of each case is named. A store may say anything: whatever
cannot be read is a fault like any other.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from sqlalchemy import Row, select, tuple_

from casework.blobs import BlobStore
from casework.checkpoints import Checkpoints
from casework.clock import to_micros
from casework.compiled import Compiled
from casework.errors import KeysMismatch, SealBroken, SetupError, StoreMismatch
from casework.keys.sealing import is_sealed, taken_apart
from casework.model.case import Snapshot
from casework.storage import schema
from casework.storage.beside import Beside, Known, manifests, store_wide
from casework.storage.blobcheck import BlobCheck
from casework.storage.cases import keyed, row_at
from casework.storage.entries import values_at
from casework.storage.fault import Fault
from casework.storage.fold import Fold, chained, pinned_by
from casework.storage.log import Entry, Frame, commitment, opened_values, parsed
from casework.storage.misfits import misfits
from casework.storage.projection import Projection, column_name
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store
from casework.storage.treecheck import LogVerdict, TreeCheck, joined

__all__ = ["Fault", "Verdict", "Verifier"]


@attrs.frozen
class Verdict:
    """What was looked at and what was found wrong."""

    cases: int
    entries: int
    erased: int
    faults: tuple[Fault, ...]
    enclosures: int = 0
    unopened: int = 0
    """Entries whose values were left sealed, for want of keys; their chain was verified all the same."""
    log: LogVerdict | None = None
    """The log of all entries; its faults are among the others."""

    @property
    def whole(self) -> bool:
        """Whether everything adds up."""
        return not self.faults


PAGE = 500
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, AssertionError, RecursionError)


class Verifier:
    """Walks through a whole store in flat memory, a page of cases at a time."""

    def __init__(
        self,
        store: Store,
        compiled_for: Callable[[Transaction, str], Compiled | None],
        blobs: BlobStore | None = None,
        *,
        rehash: bool = False,
        outside: Checkpoints | None = None,
    ) -> None:
        self._store, self._compiled_for = store, compiled_for
        self._tree = TreeCheck(store, outside)
        self._blobs = BlobCheck(store.enclosures, blobs, rehash=rehash)
        self._manifests: dict[str, Compiled | str] = {}
        self._entries, self._beside = store.entries, Beside(store.engine.dialect, store.seals)
        self._rows_of: dict[str, Prepared] = {}
        self._known = Known()
        self._place = 0
        self.cases = self.count = self.erased = self.unopened = 0

    def verify(self, transaction: Transaction, progress: Callable[[int], None] | None = None) -> Verdict:
        """Everything; *progress* is told the number of cases done."""
        if self._store.keys is not None:
            self._store.keys.check(transaction)
        unreadable = tuple(misfits(transaction))
        if unreadable:  # whoever reads such a row is thrown out of it, and would name no place
            return Verdict(0, 0, 0, unreadable)
        faults = list(manifests(transaction))  # first: every case that is pinned to one names it again
        for row in self._rows(transaction):
            faults += self._safely(transaction, row)
            self.cases += 1
            if progress is not None and self.cases % PAGE == 0:
                progress(self.cases)
        faults += self._blobs.store_wide(transaction, {(fault.tenant, fault.case_id) for fault in faults})
        faults += store_wide(transaction, self._known)
        log = self._tree.verify(transaction)
        told = joined(faults, log.faults)
        return Verdict(self.cases, self.count, self.erased, told, self._blobs.count, self.unopened, log)

    @staticmethod
    def _rows(transaction: Transaction) -> Iterator[Row[Any]]:
        case, last = schema.case.c, ("", "")
        while True:
            statement = (
                select(*(column for column in case))
                .where(tuple_(case.tenant, case.id) > tuple_(*last))
                .order_by(case.tenant, case.id)
                .limit(PAGE)
            )
            rows = transaction.ask(statement)
            yield from rows
            if len(rows) < PAGE:
                return
            last = (rows[-1][0], rows[-1][1])

    def _safely(self, transaction: Transaction, row: Row[Any]) -> list[Fault]:
        self._place = 1
        told = dict(zip(schema.case.columns.keys(), row, strict=True))
        try:
            return self._case(transaction, told)
        except _UNREADABLE as error:
            problem = f"it cannot be read: {type(error).__name__}"
            return [Fault(str(told["tenant"]), str(told["id"]), self._place, problem)]

    def _case(self, transaction: Transaction, row: Mapping[str, Any]) -> list[Fault]:
        tenant, case_id, revision = row["tenant"], row["id"], row["revision"]
        entries = self._entries.stored(transaction, tenant, case_id)
        self.count += len(entries)
        broken = chained(tenant, case_id, entries)
        if broken is not None:
            return [Fault(tenant, case_id, *broken)]
        if not entries or entries[-1].number != revision:
            place = min(len(entries), revision) + 1
            return [Fault(tenant, case_id, place, f"the case is at revision {revision}, its log is not")]
        if entries[-1].hash != bytes(row["head"]):
            return [Fault(tenant, case_id, revision, "the case names another head than its log has")]
        frames = [parsed(entry.body) for entry in entries]
        lost = _destroyed(entries, frames)
        if lost is not None:
            return [Fault(tenant, case_id, lost, "its values are gone, and no entry says that they were erased")]
        for entry, frame in zip(entries, frames, strict=True):
            self._place = entry.number
            problem = self._open(transaction, entry, frame, frames[0]) or self._committed(entry, frame)
            if problem:
                return [Fault(tenant, case_id, entry.number, problem)]
        return self._replayed(transaction, row, entries, frames)

    def _open(self, transaction: Transaction, entry: Entry, frame: Frame, first: Frame) -> str:
        """Open the values of an entry, where they are sealed and there are keys; what is wrong with them, in words."""
        if entry.values is None or not is_sealed(entry.values):
            return ""
        place, persons = values_at(frame.tenant, frame.case_id, frame.number), first.content["case"]["subjects"]
        try:
            whose = {persons.get(name) or f"case:{frame.case_id}" for name in frame.content.get("sealed", {})}
            if whose != {taken_apart(entry.values, place).subject}:
                return "the values held apart are sealed for somebody else"
            if self._store.keys is not None:
                entry.values = self._store.seals.opened(transaction, place, entry.values)
        except SealBroken:
            return "the values held apart are not those that were sealed"
        except KeysMismatch:
            return "the key of the values held apart is missing"
        return ""

    def _committed(self, entry: Entry, frame: Frame) -> str:
        """What is wrong with the opened values of an entry, held against what it committed to."""
        if entry.values is not None and is_sealed(entry.values):
            self.unopened += 1
            return ""
        wanted, held = frame.content.get("sealed", {}), opened_values(entry.values)
        if wanted and not held:
            self.erased += 1
            return ""
        if set(wanted) == set(held) and all(
            hmac.compare_digest(commitment(bytes.fromhex(part["salt"]), part["values"].encode()), wanted[subject])
            for subject, part in held.items()
        ):
            return ""
        return "the values held apart are not those that were committed to"

    def _replayed(
        self, transaction: Transaction, row: Mapping[str, Any], entries: list[Entry], frames: list[Frame]
    ) -> list[Fault]:
        """The rows of the case must be what the log says; its last entry is named, for the row is what was changed."""
        tenant, case_id, last = row["tenant"], row["id"], entries[-1].number
        lived = self._lived(transaction, row, frames)
        if isinstance(lived, Fault):
            return [lived]
        compiled = lived[row["manifest"]]
        fold = Fold(compiled, lived.get)
        for entry, frame in zip(entries, frames, strict=True):
            self._place = entry.number
            fold.add(frame, entry)
        told = fold.snapshot
        assert told is not None
        projection = self._store.cases(compiled).projection
        self._known.add(compiled, projection)
        different = _case_row(told, row) + self._projected(transaction, projection, told, fold)
        faults = [Fault(tenant, case_id, last, f"the current row differs from the log in {name}") for name in different]
        faults += self._beside.compare(transaction, compiled, told, frames, self._known, tuple(lived.values()))
        return faults + self._blobs.compare(transaction, tenant, case_id, entries, frames)

    def _lived(
        self, transaction: Transaction, row: Mapping[str, Any], frames: list[Frame]
    ) -> dict[str, Compiled] | Fault:
        """Every manifest that the case was pinned to, by hash; each has to follow on the one before."""
        tenant, case_id, lived, held = row["tenant"], row["id"], dict[str, Compiled](), ""
        for frame in frames:
            self._place = frame.number
            pinned = pinned_by(frame)
            if pinned is None:
                continue
            left, digest = pinned
            if left != held:
                return Fault(tenant, case_id, frame.number, "the case leaves another manifest than it was pinned to")
            compiled = self._manifest(transaction, digest)
            if isinstance(compiled, str):
                return Fault(tenant, case_id, frame.number, compiled)
            lived[digest] = compiled
            held = digest
        if held != row["manifest"]:
            number = frames[-1].number if len(lived) > 1 else 1
            return Fault(tenant, case_id, number, "the case is pinned to another manifest than its log says")
        return lived

    def _manifest(self, transaction: Transaction, digest: str) -> Compiled | str:
        """What a manifest of the store says, read once; what is wrong with it where it cannot be used."""
        if digest not in self._manifests:
            try:
                found = self._compiled_for(transaction, digest)
            except (StoreMismatch, SetupError, *_UNREADABLE):
                self._manifests[digest] = "the manifest that the case is pinned to was changed"
            else:
                self._manifests[digest] = found or "the manifest that the case is pinned to is not in the store"
        return self._manifests[digest]

    def _projected(self, transaction: Transaction, projection: Projection, told: Snapshot, fold: Fold) -> list[str]:
        """The columns of the current row that say otherwise than the log; what was erased has to be gone."""
        erased = fold.erased
        statement = self._rows_of.get(projection.digest)
        if statement is None:
            table = projection.table
            key = keyed(table, "case__tenant", "case__id")
            statement = Prepared(select(*table.columns).where(key), self._store.engine.dialect)
            self._rows_of[projection.digest] = statement
        found = transaction.run(statement, {"b_case__tenant": told.tenant, "b_case__id": told.id}).fetchone()
        if found is None:
            return ["everything: it is missing"]
        row = dict(zip(projection.table.columns.keys(), found, strict=True))
        expected = projection.row(told)
        for name in projection.columns_of(fold.unopened):
            expected.pop(name, None)
        if row["case__sealed"] is not None and "case__sealed" in expected:
            row["case__sealed"] = self._row_opened(transaction, told, bytes(row["case__sealed"]))
        # Open facts that were derived from what is erased are cleared with it; the log keeps that they were set.
        derived = {
            column_name("", field.name)
            for field in projection.fields.values()
            if not erased.isdisjoint(field.derived_from)
        }
        return [
            name
            for name, value in expected.items()
            if not _same(row[name], value) and not (row[name] is None and name in derived)
        ]

    def _row_opened(self, transaction: Transaction, told: Snapshot, stored: bytes) -> bytes | None:
        """The sealed part of a current row; bytes that are nothing's where it cannot be opened."""
        try:
            return self._store.seals.opened(transaction, row_at(told.tenant, told.id), stored)
        except (SealBroken, KeysMismatch):
            return b"null"


def _destroyed(entries: list[Entry], frames: list[Frame]) -> int | None:
    """The first entry whose values are gone from a case of which nobody was erased; the entry of an erasure tells."""
    if any(frame.content.get("erases", {}).get("step") == "erased" for frame in frames):
        return None
    pairs = zip(entries, frames, strict=True)
    return next((entry.number for entry, frame in pairs if entry.values is None and frame.content.get("sealed")), None)


def _same(stored: object, told: object) -> bool:
    if isinstance(stored, bytes | memoryview) and isinstance(told, bytes):
        stored, told = json.loads(bytes(stored)), json.loads(told)
    return type(stored) is type(told) and stored == told


def _case_row(told: Snapshot, row: Mapping[str, Any]) -> list[str]:
    expected = {
        "case_type": told.case_type,
        "unit": told.unit,
        "opened_at": to_micros(told.opened_at),
        "closed_at": None if told.closed_at is None else to_micros(told.closed_at),
        "parent": told.parent,
    }
    return [name for name, value in expected.items() if not _same(row[name], value)]

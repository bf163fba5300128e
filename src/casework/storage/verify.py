"""Verify a store: chains, projections, ledger, timers, and that nothing is missing between them.

Nothing is mended here; the first bad entry of each case is named.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping

import attrs
from sqlalchemy import select, tuple_

from casework.clock import to_micros
from casework.compiled import Compiled
from casework.deciding.clocks import timers
from casework.model.case import Snapshot
from casework.storage import schema
from casework.storage.entries import Entries
from casework.storage.fold import Fold, chained
from casework.storage.ledger import balance_rows, moved
from casework.storage.log import Entry, commitment, opened_values, parsed
from casework.storage.projection import next_due
from casework.storage.store import RECHECK, Store
from casework.storage.transaction import Transaction


@attrs.frozen
class Fault:
    """Something that does not add up: the case, its first bad entry (0 where it is none), what is wrong."""

    tenant: str
    case_id: str
    number: int
    problem: str

    def __str__(self) -> str:
        place = f", entry {self.number}" if self.number else ""
        return (
            f"{self.tenant}/{self.case_id}{place}: {self.problem}" if self.case_id else f"{self.tenant}: {self.problem}"
        )


@attrs.frozen
class Verdict:
    """What was looked at and what was found wrong."""

    cases: int
    entries: int
    erased: int
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Whether everything adds up."""
        return not self.faults


PAGE = 500


class Verifier:
    """Walks through a whole store in flat memory, a page of cases at a time."""

    def __init__(self, store: Store, compiled_for: Callable[[Transaction, str], Compiled | None]) -> None:
        self._store, self._compiled_for = store, compiled_for
        self._entries = Entries(store.engine.dialect)
        self.cases = self.count = self.erased = 0

    def verify(self, transaction: Transaction, progress: Callable[[int], None] | None = None) -> Verdict:
        """Everything; *progress* is told the number of cases done."""
        faults: list[Fault] = []
        for row in self._rows(transaction):
            faults += self._case(transaction, *row)
            self.cases += 1
            if progress is not None and self.cases % PAGE == 0:
                progress(self.cases)
        faults += self._strays(transaction)
        faults += self._ledger(transaction)
        return Verdict(self.cases, self.count, self.erased, tuple(faults))

    @staticmethod
    def _rows(transaction: Transaction) -> Iterator[tuple[str, str, str, int, bytes]]:
        case, last = schema.case.c, ("", "")
        while True:
            statement = (
                select(case.tenant, case.id, case.manifest, case.revision, case.head)
                .where(tuple_(case.tenant, case.id) > tuple_(*last))
                .order_by(case.tenant, case.id)
                .limit(PAGE)
            )
            rows = [(row[0], row[1], row[2], row[3], row[4]) for row in transaction.ask(statement)]
            yield from rows
            if len(rows) < PAGE:
                return
            last = (rows[-1][0], rows[-1][1])

    def _case(
        self, transaction: Transaction, tenant: str, case_id: str, manifest: str, revision: int, head: bytes
    ) -> list[Fault]:
        entries = self._entries.of_case(transaction, tenant, case_id)
        self.count += len(entries)
        broken = chained(tenant, case_id, entries)
        if broken is not None:
            return [Fault(tenant, case_id, *broken)]
        if not entries or entries[-1].number != revision:
            return [Fault(tenant, case_id, len(entries) + 1, f"the case is at revision {revision}, its log is not")]
        if entries[-1].hash != bytes(head):
            return [Fault(tenant, case_id, revision, "the case names another head than its log has")]
        uncommitted = next((entry for entry in entries if not self._committed(entry)), None)
        if uncommitted is not None:
            return [
                Fault(tenant, case_id, uncommitted.number, "the values held apart are not those that were committed to")
            ]
        compiled = self._compiled_for(transaction, manifest)
        if compiled is None:
            return [Fault(tenant, case_id, 1, "the manifest that the case is pinned to is not in the store")]
        return self._replayed(transaction, compiled, tenant, case_id, entries)

    def _committed(self, entry: Entry) -> bool:
        content = parsed(entry.body).content
        wanted, held = content.get("sealed", {}), opened_values(entry.values)
        if wanted and not held:
            self.erased += 1
            return True
        if set(wanted) != set(held):
            return False
        return all(
            hmac.compare_digest(commitment(bytes.fromhex(part["salt"]), part["values"].encode()), wanted[subject])
            for subject, part in held.items()
        )

    def _replayed(
        self, transaction: Transaction, compiled: Compiled, tenant: str, case_id: str, entries: list[Entry]
    ) -> list[Fault]:
        """The current row must be what the log says; its last entry is named, for the row is what was changed."""
        fold = Fold(compiled)
        for entry in entries:
            fold.add(parsed(entry.body), entry)
        now = self._store.load(transaction, compiled, tenant, case_id)
        last = entries[-1].number
        if now is None or fold.snapshot is None:
            return [Fault(tenant, case_id, last, "the current row is missing")]
        different = _differences(compiled, fold.snapshot, now, fold.erased)
        faults = [Fault(tenant, case_id, last, f"the current row differs from the log in {name}") for name in different]
        return faults + self._beside(transaction, compiled, now, entries)

    def _beside(
        self, transaction: Transaction, compiled: Compiled, case: Snapshot, entries: list[Entry]
    ) -> list[Fault]:
        faults = []
        told = {
            (entry.number, line): tuple(post)
            for entry in entries
            for line, post in enumerate(parsed(entry.body).content.get("posts", ()))
        }
        p = schema.posting.c
        columns = (p.number, p.line, p.debit, p.credit, p.commodity, p.amount, p.hold)
        found = transaction.ask(select(*columns).where(p.tenant == case.tenant, p.case_id == case.id))
        if told != {(row[0], row[1]): tuple(row[2:]) for row in found}:
            numbers = sorted({n for n, _ in told.keys() ^ {(r[0], r[1]) for r in found}} or {n for n, _ in told})
            faults.append(Fault(case.tenant, case.id, numbers[0], "the postings differ from the log"))
        running = timers(compiled, case.states, case.marks, case.dues)
        t = schema.timer.c
        armed = transaction.ask(select(t.name, t.due_at).where(t.tenant == case.tenant, t.case_id == case.id))
        for name, due in armed:
            if not name.startswith(RECHECK) and (name not in running or to_micros(running[name]) != due):
                faults.append(
                    Fault(case.tenant, case.id, case.revision, f"the timer {name!r} belongs to no state of the case")
                )
        return faults

    @staticmethod
    def _strays(transaction: Transaction) -> list[Fault]:
        """Rows beside a case that is not there."""
        case, faults = schema.case.c, []
        for table in (schema.entry, schema.posting, schema.timer, schema.assignment, schema.message):
            statement = (
                select(table.c.tenant, table.c.case_id)
                .outerjoin(schema.case, (case.tenant == table.c.tenant) & (case.id == table.c.case_id))
                .where(case.id.is_(None))
                .distinct()
                .limit(100)
            )
            faults += [
                Fault(row[0], row[1], 1, f"there are rows in {table.name} and no such case")
                for row in transaction.ask(statement)
            ]
        return faults

    @staticmethod
    def _ledger(transaction: Transaction) -> list[Fault]:
        return [
            Fault(tenant, "", 0, f"the account {account!r} holds {amount}, its postings give {given}")
            for tenant, account, amount in balance_rows(transaction)
            if (given := moved(transaction, tenant, account)) != amount
        ]


def _differences(compiled: Compiled, told: Snapshot, now: Snapshot, erased: set[str]) -> list[str]:
    """What the row says otherwise than the log; erased fields say nothing."""
    kept = set(compiled.marks)
    pairs = {
        "states": (told.states, now.states),
        "data": (_without(told.data, erased), _without(now.data, erased)),
        "marks": ({k: v for k, v in told.marks.items() if k in kept}, now.marks),
        "due dates": (told.dues, now.dues),
        "acts": (told.acts, now.acts),
        "subjects": (told.subjects, now.subjects),
        "unit": (told.unit, now.unit),
        "closing": (told.closed_at, now.closed_at),
        "next due date": (next_due(told.dues), next_due(now.dues)),
    }
    return [name for name, (left, right) in pairs.items() if left != right]


def _without(data: Mapping[str, object], erased: set[str]) -> dict[str, object]:
    return {name: value for name, value in data.items() if name not in erased}

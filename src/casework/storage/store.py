"""The store: every statement compiled once, and the writing of one decision as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import attrs
from sqlalchemy import Connection, Engine

from casework.clock import Clock, SystemClock
from casework.compiled import Compiled
from casework.deciding.draft import account_keys
from casework.deciding.unopened import unopened
from casework.ids import Entropy
from casework.keys import DatabaseKeys, KeyStore
from casework.manifest import Manifest
from casework.model.case import Move, Receipt, Snapshot
from casework.model.decision import Decision
from casework.model.outfit import Account
from casework.storage.assignments import Assignments
from casework.storage.cases import Cases, Pins
from casework.storage.enclosures import Enclosures
from casework.storage.entries import Entries
from casework.storage.erasures import Emptying, Erasures
from casework.storage.fold import Manifests as ByHash
from casework.storage.fold import folded
from casework.storage.glasses import Glasses
from casework.storage.inbox import Inbox
from casework.storage.keys import Keys
from casework.storage.ledger import Ledger
from casework.storage.log import GENESIS, Entry, sealed_entry
from casework.storage.manifests import Manifests, find_manifest, manifests_of, newest_manifest
from casework.storage.many import Many
from casework.storage.messages import Messages
from casework.storage.outbox import Outbox
from casework.storage.pinned import Pinned
from casework.storage.projection import Projection
from casework.storage.readings import Readings
from casework.storage.requests import Requests
from casework.storage.sealing import Seals, subject_of
from casework.storage.search import Search
from casework.storage.sql.transaction import Transaction
from casework.storage.sql.transactions import Transactions
from casework.storage.tables import Tables
from casework.storage.timers import Timers
from casework.storage.wakes import Wakes


class Lost(Exception):
    """Somebody else moved the case between reading and writing; never seen outside the engine."""


class Store:
    """One database, with the statements for every manifest that was asked for so far."""

    def __init__(
        self,
        engine: Engine,
        entropy: Entropy,
        keys: KeyStore | DatabaseKeys | None = None,
        *,
        clock: Clock | None = None,
        wakes: Wakes | None = None,
    ) -> None:
        self.engine = engine
        self._entropy = entropy
        dialect = engine.dialect
        self.keys = None if keys is None else Keys(dialect, keys, clock=clock or SystemClock(), entropy=entropy)
        self.seals = Seals(self.keys, entropy)
        self.transactions = Transactions(engine, entropy)
        self.entries, self.requests = Entries(dialect, self.seals), Requests(dialect, self.seals)
        self.wakes = wakes or Wakes()
        self.timers, self.messages = Timers(dialect, self.wakes), Messages(dialect, self.wakes, self.seals)
        self.outbox = Outbox(dialect)
        self.assignments, self.ledger = Assignments(dialect), Ledger(dialect)
        self.enclosures, self.glasses = Enclosures(dialect), Glasses(dialect)
        self.readings = Readings(dialect, entropy)
        self.inbox = Inbox(dialect, self.seals)
        self.erasures, self.emptying = Erasures(dialect), Emptying(dialect, self.entries)
        self.tables = Tables(engine)
        self._pins, self._manifests, self.many = Pins(dialect), Manifests(dialect), Many(dialect)
        self.pinned = Pinned(dialect)
        self._cases: dict[str, Cases] = {}
        self._searches: dict[str, Search] = {}
        self._past: dict[str, Search] = {}

    @contextmanager
    def write(self, connection: Connection | None = None) -> Iterator[Transaction]:
        """A transaction of our own, or the host's where it gives its *connection*."""
        if connection is None:
            with self.transactions.write() as transaction:
                yield transaction
        else:
            with self.transactions.joined(connection) as transaction:
                yield transaction

    def prepare_runner(self) -> None:
        """Have the runner make or migrate its own tables, where there is a runner."""
        if self.wakes.runner is not None:
            with self.tables.connected() as connection:
                self.wakes.runner.prepare(connection.connection.driver_connection)

    def cases(self, compiled: Compiled) -> Cases:
        """The statements for the cases of one manifest."""
        digest = compiled.manifest.hash
        if digest not in self._cases:
            self._cases[digest] = Cases(compiled, Projection(compiled), self.engine.dialect, self.seals)
        return self._cases[digest]

    def search(self, compiled: Compiled) -> Search:
        """The searches of one manifest."""
        digest = compiled.manifest.hash
        if digest not in self._searches:
            self._searches[digest] = Search(compiled, self.cases(compiled).projection)
        return self._searches[digest]

    def past(self, compiled: Compiled) -> Search:
        """The same for a manifest that some cases still are pinned to, to be asked beside the present one."""
        digest = compiled.manifest.hash
        if digest not in self._past:
            self._past[digest] = Search(compiled, self.cases(compiled).projection.aliased("era"))
        return self._past[digest]

    def locate(self, transaction: Transaction, tenant: str, case_id: str) -> tuple[str, str] | None:
        """The case type and manifest that a case is pinned to; None where there is no such case."""
        return self._pins.of(transaction, tenant, case_id)

    def document(self, transaction: Transaction, digest: str) -> str | None:
        """The document of a manifest that some case is pinned to."""
        return find_manifest(transaction, digest)

    def newest(self, transaction: Transaction, case_type: str) -> str | None:
        """The hash of the manifest of *case_type* that was stored last; None where there never was one."""
        return newest_manifest(transaction, case_type)

    def manifests(self, transaction: Transaction, case_type: str) -> tuple[str, ...]:
        """The hashes of all manifests of *case_type* that cases were ever pinned to."""
        return manifests_of(transaction, case_type)

    def keep(self, transaction: Transaction, manifest: Manifest, now: datetime) -> None:
        """Store the manifest of a case about to be opened, where it is not there yet."""
        self._manifests.keep(transaction, manifest, now)

    def load(self, transaction: Transaction, compiled: Compiled, tenant: str, case_id: str) -> Snapshot | None:
        """The case as it stands, without the ledger."""
        found = self.cases(compiled).load(transaction, tenant, case_id)
        if found is not None:
            self.see_glasses(transaction, compiled, found)
        return found

    def see_glasses(self, transaction: Transaction, compiled: Compiled, case: Snapshot) -> None:
        """Read into *case* which of its glasses were broken, where its case type lets anybody."""
        if compiled.access.breakable:
            case.glasses = self.glasses.of_case(transaction, case.tenant, case.id)

    def weigh(
        self,
        transaction: Transaction,
        compiled: Compiled,
        snapshot: Snapshot,
        accounts: Iterable[Account],
        holds: bool,
    ) -> None:
        """Read into *snapshot* what a move can touch of the ledger, and nothing else."""
        keys = [key for account in accounts for key in account_keys(account, snapshot, compiled)]
        if holds:
            snapshot.holds = self.ledger.holds(transaction, snapshot.tenant, snapshot.id)
            limited = {account.name for account in compiled.accounts.values() if account.limited}
            ends = (end for hold in snapshot.holds for end in (hold.debit, hold.credit))
            keys += [end for end in ends if end.partition("|")[0] in limited]
        if keys:
            snapshot.balances = self.ledger.balances(transaction, snapshot.tenant, set(keys))

    def append(
        self,
        transaction: Transaction,
        compiled: Compiled,
        before: Snapshot,
        move: Move,
        decision: Decision,
        opened: tuple[tuple[str, str, str], ...] = (),
    ) -> Receipt:
        """Write a decision on a running case. Raises Lost where the case has moved on since *before* was read."""
        entry = sealed_entry(compiled, before, move, decision, self._entropy, opened)
        if not self.cases(compiled).update(transaction, before, decision, entry):
            raise Lost
        self.entries.append(transaction, before.tenant, before.id, entry, subject_of(compiled, before))
        self._beside(transaction, compiled, before, move, decision)
        return Receipt(before.id, entry.number, entry.number)

    def insert(
        self,
        transaction: Transaction,
        compiled: Compiled,
        before: Snapshot,
        move: Move,
        decision: Decision,
        opened: tuple[tuple[str, str, str], ...] = (),
    ) -> Receipt:
        """Write a case that is opened by *decision*; *before* is the empty case with its id."""
        self.keep(transaction, compiled.manifest, move.now)
        entry = sealed_entry(compiled, before, move, decision, self._entropy, opened)
        self.cases(compiled).insert(transaction, _after(before, decision, entry))
        self.entries.append(transaction, before.tenant, before.id, entry, subject_of(compiled, before))
        self._beside(transaction, compiled, before, move, decision)
        return Receipt(before.id, entry.number, entry.number)

    def _beside(
        self, transaction: Transaction, compiled: Compiled, case: Snapshot, move: Move, decision: Decision
    ) -> None:
        tenant, case_id, number = case.tenant, case.id, case.revision + 1
        if decision.limits or decision.postings or decision.settled or decision.void:
            self.ledger.write(transaction, tenant, case_id, number, decision)
        if decision.arm or decision.disarm:
            self.timers.write(transaction, tenant, case_id, decision.arm, decision.disarm, now=move.now)
        if decision.messages:
            subject = subject_of(compiled, case)
            self.messages.insert(transaction, tenant, case_id, number, decision.messages, move.now, subject=subject)
        if decision.assignments:
            self.assignments.write(transaction, tenant, case_id, number, decision.assignments)
        if decision.enclosed is not None or decision.withdraws is not None:
            self.enclosures.write(transaction, tenant, case_id, number, decision)
        if decision.breaks is not None or decision.reviews is not None:
            self.glasses.write(transaction, tenant, case_id, number, decision)
        if decision.rechecks and case.parent is not None:
            self.timers.write(transaction, tenant, case.parent, ((f"{RECHECK}{case_id}", move.now),), (), now=move.now)

    def adopt(
        self,
        transaction: Transaction,
        left: Compiled,
        compiled: Compiled,
        before: Snapshot,
        move: Move,
        decision: Decision,
        opened: tuple[tuple[str, str, str], ...] = (),
    ) -> Receipt:
        """Write that a case was moved from the manifest *left* into *compiled*, which is kept; Lost as in append()."""
        entry = sealed_entry(compiled, before, move, decision, self._entropy, opened)
        after = attrs.evolve(_after(before, decision, entry), manifest=compiled.manifest.hash)
        if not self.cases(compiled).adopt(transaction, self.cases(left).projection, before, after):
            raise Lost
        self.entries.append(transaction, before.tenant, before.id, entry, subject_of(compiled, before))
        self._beside(transaction, compiled, before, move, decision)
        return Receipt(before.id, entry.number, entry.number)

    def history(
        self,
        transaction: Transaction,
        compiled: Compiled,
        tenant: str,
        case_id: str,
        until: int,
        manifests: ByHash | None = None,
    ) -> Snapshot:
        """The case as it was after its entry number *until*, from the log alone.

        *manifests* gives those that it was pinned to before *compiled*.
        """
        return folded(compiled, self.entries.of_case(transaction, tenant, case_id), until, manifests)


def _after(before: Snapshot, decision: Decision, entry: Entry) -> Snapshot:
    """The case as the entry of a decision leaves it."""
    return attrs.evolve(
        before,
        revision=entry.number,
        head=entry.hash,
        closed_at=decision.closed_at,
        states=decision.states,
        data=decision.data,
        marks=decision.marks,
        dues=decision.dues,
        terms=decision.terms,
        acts=decision.acts,
    )


RECHECK = "recheck "
"""The name of a timer that looks at a parent case again begins so; the id of the child follows."""


def blank(
    compiled: Compiled,
    *,
    tenant: str,
    case_id: str,
    unit: str,
    now: datetime,
    parent: str | None,
    subjects: dict[str, str],
) -> Snapshot:
    """The empty case that opening starts from, at the beginning of its chain."""
    return unopened(
        compiled, tenant=tenant, case_id=case_id, unit=unit, at=now, parent=parent, subjects=subjects, head=GENESIS
    )

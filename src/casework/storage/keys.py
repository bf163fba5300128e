"""Which subject has a key, and those that are in use: the table ``casework_key``, and a short memory.

The table knows of every key, also of one that is kept outside the database. So a key store that was lost or rolled
back is noticed, no second key is ever made in the place of one that is missing, and a destroyed one stays destroyed.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Self

import attrs
from sqlalchemy import Dialect, bindparam, null, select

from casework.clock import Clock, from_micros, to_micros
from casework.errors import KeyDestroyed, KeysMismatch
from casework.ids import Entropy
from casework.keys import DatabaseKeys, KeyStore, Tombstone
from casework.keys.crypto import Cipher, cipher
from casework.keys.masters import Wrapped
from casework.keys.port import KEY_BYTES
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

REMEMBERED = 4_096
"""Keys that one process remembers at most."""
SECONDS = 30.0
"""How long it remembers one at most, and so how long it may still read what another process has erased meanwhile."""
_PROVES = b"casework-key-proof-1"
_AT_ONCE = 500


@attrs.frozen(eq=False, repr=False)
class DataKey:
    """A subject's key, ready to be used."""

    secret: bytes
    cipher: Cipher

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """The key of those 32 bytes."""
        return cls(secret, cipher(secret))


@attrs.frozen(eq=False, repr=False)
class _Kept:
    key: DataKey
    until: float


class Keys:
    """The keys of one store. *ticks* are seconds that never go back."""

    def __init__(
        self,
        dialect: Dialect,
        source: KeyStore | DatabaseKeys,
        *,
        clock: Clock,
        entropy: Entropy,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        table = schema.key
        self._source, self._clock, self._entropy, self._ticks = source, clock, entropy, ticks
        self._outside = None if isinstance(source, DatabaseKeys) else source
        columns = (table.c.wrapped, table.c.master, table.c.proof, table.c.destroyed_at)
        self._find = Prepared(select(*columns).where(keyed(table, "tenant", "subject")), dialect)
        self._insert = Prepared(inserting(table), dialect)
        gone: dict[str, Any] = dict.fromkeys(("wrapped", "master", "proof"), null())
        gone["destroyed_at"] = bindparam("n_destroyed_at")
        living = keyed(table, "tenant", "subject") & table.c.destroyed_at.is_(None)
        self._destroy = Prepared(table.update().where(living).values(gone), dialect)
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._gone: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._checked = False

    def sealing(self, transaction: Transaction, tenant: str, subject: str) -> DataKey:
        """The key under which something new is sealed, made where there is none.

        Raises KeyDestroyed where the person was erased, KeysMismatch where the key should be there and is not.
        """
        kept = self._kept.get((tenant, subject))
        if kept is not None and kept.until > self._ticks():
            return kept.key
        found = self._found(transaction, tenant, subject) or self._made(transaction, tenant, subject)
        if found is _DESTROYED:
            raise KeyDestroyed(tenant, subject)
        return self._remembered(transaction, tenant, subject, found)

    def opening(self, transaction: Transaction, tenant: str, subject: str) -> DataKey | None:
        """The key that opens what was sealed; None where it was destroyed. Raises KeysMismatch."""
        kept = self._kept.get((tenant, subject))
        if kept is not None and kept.until > self._ticks():
            return kept.key
        found = self._found(transaction, tenant, subject)
        if found is None:
            raise _missing(tenant, subject)
        return None if found is _DESTROYED else self._remembered(transaction, tenant, subject, found)

    def destroy(self, transaction: Transaction, tenant: str, subject: str, at: datetime) -> None:
        """Destroy a subject's key for ever, where it is kept and here; also where there never was one.

        Outside the database it is gone at once, whatever becomes of the transaction.
        """
        if self._outside is not None:
            self._outside.destroy(tenant, subject, at=at)
        row = self._row(transaction, tenant, subject)
        if row is None:
            values = {"tenant": tenant, "subject": subject, "wrapped": None, "master": None, "proof": None}
            times = {"made_at": to_micros(at), "destroyed_at": to_micros(at)}
            transaction.put(self._insert, bound({**values, **times}))
        elif row[3] is None:
            key = {"b_tenant": tenant, "b_subject": subject}
            transaction.put(self._destroy, {**key, "n_destroyed_at": to_micros(at)})
        with self._lock:
            self._kept.pop((tenant, subject), None)
        transaction.after_commit.append(lambda: self._forget(tenant, subject))

    def is_destroyed(self, transaction: Transaction, tenant: str, subject: str) -> bool:
        """Whether a subject's key was destroyed, here or where keys are kept."""
        row = self._row(transaction, tenant, subject)
        if row is not None and row[3] is not None:
            return True
        try:
            if self._outside is not None:
                self._outside.find(tenant, subject)
        except KeyDestroyed:
            return True
        return False

    def tombstones(self, transaction: Transaction) -> tuple[Tombstone, ...]:
        """Every key that was destroyed, as the table knows and where keys are kept, by tenant and subject."""
        table = schema.key.c
        columns = (table.tenant, table.subject, table.destroyed_at)
        rows = transaction.ask(select(*columns).where(table.destroyed_at.is_not(None)))
        found = {(tenant, subject): Tombstone(tenant, subject, from_micros(at)) for tenant, subject, at in rows}
        for item in () if self._outside is None else self._outside.destroyed():
            found.setdefault((item.tenant, item.subject), item)
        return tuple(found[key] for key in sorted(found))

    def check(self, transaction: Transaction) -> None:
        """Look whether store and keys belong together, as is done before the first use.

        The newest key has to be there: a key store of yesterday does not have it. Where the keys came back from an
        older copy, those that were destroyed since are destroyed again. Raises KeysMismatch.
        """
        table = schema.key.c
        columns = (table.tenant, table.subject, table.wrapped, table.master, table.proof)
        newest = select(*columns).where(table.destroyed_at.is_(None)).order_by(table.made_at.desc()).limit(1)
        for tenant, subject, wrapped, master, proof in transaction.ask(newest):
            with suppress(KeyDestroyed):  # by somebody who was broken off before the table could say so
                self._unwrapped(tenant, subject, wrapped, master, proof)
        if self._outside is not None:
            there = {(item.tenant, item.subject) for item in self._outside.destroyed()}
            for item in self.tombstones(transaction):
                if (item.tenant, item.subject) not in there:
                    self._outside.destroy(item.tenant, item.subject, at=item.at)
        self._checked = True

    def check_all(self, transaction: Transaction) -> int:
        """Look at every key that was not destroyed; answers with how many. Raises KeysMismatch with the first."""
        self.check(transaction)
        table = schema.key.c
        columns = (table.tenant, table.subject, table.wrapped, table.master, table.proof)
        rows = transaction.ask(select(*columns).where(table.destroyed_at.is_(None)))
        for tenant, subject, wrapped, master, proof in rows:
            with suppress(KeyDestroyed):
                self._unwrapped(tenant, subject, wrapped, master, proof)
        return len(rows)

    def rotate(self, transaction: Transaction) -> int:
        """Wrap some keys anew that are under an older master key, at most 500; answers with how many."""
        if self._outside is not None:
            return self._outside.rotate()
        assert isinstance(self._source, DatabaseKeys)
        masters, table = self._source.masters, schema.key
        masters.refresh()
        older = (table.c.master != masters.present) & table.c.destroyed_at.is_(None)
        columns = (table.c.tenant, table.c.subject, table.c.wrapped, table.c.master)
        rows = transaction.ask(select(*columns).where(older).limit(_AT_ONCE))
        for tenant, subject, wrapped, master in rows:
            key = masters.unwrap(tenant, subject, Wrapped(master, bytes(wrapped)))
            told = masters.wrap(tenant, subject, key)
            here = (table.c.tenant == tenant) & (table.c.subject == subject) & (table.c.master == master)
            anew = table.update().where(here).values(wrapped=told.wrapped, master=told.master)
            transaction.put(Prepared(anew, transaction.dialect), {})
        return len(rows)

    def _row(self, transaction: Transaction, tenant: str, subject: str) -> Any:
        return transaction.run(self._find, {"b_tenant": tenant, "b_subject": subject}).fetchone()

    def _found(self, transaction: Transaction, tenant: str, subject: str) -> Any:
        """A key that the table knows of; _DESTROYED, or None where it knows of none."""
        if not self._checked:
            self.check(transaction)
        row = self._row(transaction, tenant, subject)
        if row is None:
            return None
        wrapped, master, proof, destroyed_at = row
        if destroyed_at is not None:
            return _DESTROYED
        try:
            return DataKey.of(self._unwrapped(tenant, subject, wrapped, master, proof))
        except KeyDestroyed:
            return _DESTROYED

    def _unwrapped(self, tenant: str, subject: str, wrapped: Any, master: str | None, proof: Any) -> bytes:
        """A key that should be there. Raises KeysMismatch where it is not, or is another one."""
        key: bytes | None = None
        if self._outside is not None:
            key = self._outside.find(tenant, subject)
        elif isinstance(self._source, DatabaseKeys) and wrapped is not None and master is not None:
            key = self._source.masters.unwrap(tenant, subject, Wrapped(master, bytes(wrapped)))
        if key is None:
            raise _missing(tenant, subject)
        if proof is not None and not hmac.compare_digest(_proof(key), bytes(proof)):
            problem = f"the key of {subject!r} of tenant {tenant!r} is another one than this store was sealed with"
            raise KeysMismatch(problem, "give the keys that belong to it")
        return key

    def _made(self, transaction: Transaction, tenant: str, subject: str) -> Any:
        """A new key, kept before anything is sealed under it, and known to the table with what is sealed."""
        now = self._clock.now()
        row: dict[str, Any] = {"tenant": tenant, "subject": subject, "wrapped": None, "master": None}
        if isinstance(self._source, DatabaseKeys):
            key = self._entropy(KEY_BYTES)
            told = self._source.masters.wrap(tenant, subject, key)
            row |= {"wrapped": told.wrapped, "master": told.master}
        else:
            try:
                key = self._source.key(tenant, subject, at=now)
            except KeyDestroyed:
                return _DESTROYED
        row |= {"proof": _proof(key), "made_at": to_micros(now), "destroyed_at": None}
        transaction.put(self._insert, bound(row))
        return DataKey.of(key)

    def _remembered(self, transaction: Transaction, tenant: str, subject: str, found: DataKey) -> DataKey:
        # Its row may have been written by this very transaction, which may yet be rolled back.
        if transaction.locks:
            transaction.after_commit.append(lambda: self._remember(tenant, subject, found))
        else:
            self._remember(tenant, subject, found)
        return found

    def _remember(self, tenant: str, subject: str, found: DataKey) -> None:
        with self._lock:
            if (tenant, subject) not in self._gone:
                while len(self._kept) >= REMEMBERED:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[tenant, subject] = _Kept(found, self._ticks() + SECONDS)

    def _forget(self, tenant: str, subject: str) -> None:
        with self._lock:
            self._gone.add((tenant, subject))
            self._kept.pop((tenant, subject), None)


_DESTROYED: Any = object()


def _proof(key: bytes) -> bytes:
    """What tells later whether a key is the same one, and tells nothing of it."""
    return hmac.digest(key, _PROVES, "sha256")[:16]


def _missing(tenant: str, subject: str) -> KeysMismatch:
    problem = f"the key of {subject!r} of tenant {tenant!r} is not among the keys that were given"
    return KeysMismatch(problem, "give the keys that belong to this store, or restore them from a backup")

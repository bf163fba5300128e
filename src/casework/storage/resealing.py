"""Seal what was written before there were keys, case by case; broken off, it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs
from sqlalchemy import Table, bindparam, func, select, tuple_

from casework.compiled import Compiled
from casework.errors import SetupError
from casework.keys.sealing import is_sealed
from casework.storage import schema
from casework.storage.cases import keyed, row_at
from casework.storage.entries import values_at
from casework.storage.inbox import came_in_at
from casework.storage.log import Frame, parsed
from casework.storage.messages import MessageKey, packed, unpacked
from casework.storage.sealing import PLAIN_DIGEST, STORE_KEY, subject_of
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store

PAGE = 500


@attrs.frozen(kw_only=True)
class Sealed:
    """What was sealed of what had been kept plain; *files* are those that stay plain, for their entries say so."""

    cases: int = 0
    values: int = 0
    files: int = 0

    def __add__(self, other: Sealed) -> Sealed:
        return Sealed(cases=self.cases + other.cases, values=self.values + other.values, files=self.files + other.files)


class Resealing:
    """Seals the plain values of one store. *pinned* gives the manifest of a hash."""

    def __init__(self, store: Store, pinned: Callable[[Transaction, str], Compiled | None]) -> None:
        if store.keys is None:
            raise SetupError("there are no keys to seal with; give Casework(keys=…)")
        self._store, self._pinned = store, pinned
        key = ("tenant", "case_id")
        entry, message, request, inbox = schema.entry, schema.message, schema.request, schema.inbox
        self._values = self._anew(entry, ("values",), *key, "number")
        self._message = self._anew(message, ("recipient", "body"), *key, "number", "line")
        self._request = self._anew(request, ("digest",), "tenant", "actor", "request_id")
        self._inbox = self._anew(inbox, ("digest", "body"), "tenant", "source", "message_id")
        columns = (message.c.number, message.c.line, message.c.channel, message.c.recipient, message.c.body)
        self._messages = self._prepared(select(*columns).where(keyed(message, *key)))
        self._requests = self._prepared(
            select(request.c.actor, request.c.request_id, request.c.digest).where(keyed(request, *key))
        )

    def all(self, progress: Callable[[int], None] | None = None) -> Sealed:
        """Everything, each case in a transaction of its own; *progress* is told the number of cases looked at."""
        total, carried = Sealed(), self._store.transactions.carried
        for count, (tenant, case_id) in enumerate(self._cases(), start=1):
            total += carried(partial(self.case, tenant=tenant, case_id=case_id))
            if progress is not None and count % PAGE == 0:
                progress(count)
        while carried(self._came_in):
            pass
        return total

    def _cases(self) -> Iterator[tuple[str, str]]:
        case, last = schema.case.c, ("", "")
        while True:
            order = (case.tenant, case.id)
            page = select(*order).where(tuple_(*order) > tuple_(*last)).order_by(*order).limit(PAGE)
            with self._store.transactions.read() as transaction:
                rows = [(row[0], row[1]) for row in transaction.ask(page)]
            yield from rows
            if len(rows) < PAGE:
                return
            last = rows[-1]

    def case(self, transaction: Transaction, tenant: str, case_id: str) -> Sealed:
        """One case; nothing of it where everything is sealed already."""
        pinned = self._store.locate(transaction, tenant, case_id)
        compiled = None if pinned is None else self._pinned(transaction, pinned[1])
        if compiled is None:
            return Sealed()
        case = self._store.load(transaction, compiled, tenant, case_id)
        if case is None:
            return Sealed()
        subject, key = subject_of(compiled, case), {"b_tenant": tenant, "b_case_id": case_id}
        entries = self._store.entries.stored(transaction, tenant, case_id)
        frames = [parsed(entry.body) for entry in entries]
        count = 0
        for entry, frame in zip(entries, frames, strict=True):
            if entry.values is not None and not is_sealed(entry.values):
                place, whose = values_at(tenant, case_id, entry.number), _whose(frame, frames[0])
                values = self._store.seals.sealed(transaction, whose, place, entry.values)
                transaction.put(self._values, {**key, "b_number": entry.number, "n_values": values})
                count += 1
        count += self._row(transaction, compiled, tenant, case_id, subject)
        count += self._sent(transaction, key, subject) + self._asked(transaction, key)
        plain = sum(1 for frame in frames if "sealed" not in frame.content.get("encloses", {"sealed": ()}))
        return Sealed(cases=int(count > 0), values=count, files=plain)

    def _row(self, transaction: Transaction, compiled: Compiled, tenant: str, case_id: str, subject: str) -> int:
        table = self._store.cases(compiled).projection.table
        here = (table.c.case__tenant == tenant) & (table.c.case__id == case_id)
        rows = transaction.ask(select(table.c.case__sealed).where(here))
        if not rows or rows[0][0] is None or is_sealed(bytes(rows[0][0])):
            return 0
        sealed = self._store.seals.sealed(transaction, subject, row_at(tenant, case_id), bytes(rows[0][0]))
        transaction.put(self._prepared(table.update().where(here).values(case__sealed=sealed)), {})
        return 1

    def _sent(self, transaction: Transaction, key: dict[str, Any], subject: str) -> int:
        count, seals = 0, self._store.seals
        for number, line, channel, recipient, body in transaction.run(self._messages, key).fetchall():
            if body and not is_sealed(bytes(body)):
                place = MessageKey(key["b_tenant"], key["b_case_id"], number, line)
                message = unpacked(seals, transaction, place, channel, recipient, bytes(body))
                told = packed(seals, transaction, place, subject, message)
                columns = {"n_recipient": told["recipient"], "n_body": told["body"]}
                transaction.put(self._message, {**place.bound, **columns})
                count += 1
        return count

    def _asked(self, transaction: Transaction, key: dict[str, Any]) -> int:
        count = 0
        for actor, request_id, digest in transaction.run(self._requests, key).fetchall():
            if len(digest) == PLAIN_DIGEST:
                kept = self._store.seals.digest(transaction, key["b_tenant"], bytes(digest))
                named = {"b_tenant": key["b_tenant"], "b_actor": actor, "b_request_id": request_id}
                transaction.put(self._request, {**named, "n_digest": kept})
                count += 1
        return count

    def _came_in(self, transaction: Transaction) -> int:
        """Some of the messages that came in: their digests, and the bodies of those that are parked."""
        t, seals = schema.inbox.c, self._store.seals
        columns = (t.tenant, t.source, t.message_id, t.digest, t.body)
        some = select(*columns).where(func.length(t.digest) == PLAIN_DIGEST).limit(PAGE)
        rows = transaction.ask(some)
        for tenant, source, message_id, digest, body in rows:
            if body is not None and not is_sealed(bytes(body)):
                body = seals.sealed(transaction, STORE_KEY, came_in_at(tenant, source, message_id), bytes(body))
            kept = seals.digest(transaction, tenant, bytes(digest))
            named = {"b_tenant": tenant, "b_source": source, "b_message_id": message_id}
            transaction.put(self._inbox, {**named, "n_digest": kept, "n_body": body})
        return len(rows)

    def _anew(self, table: Table, columns: tuple[str, ...], *key: str) -> Prepared:
        """Write *columns* of one row anew."""
        values: dict[str, Any] = {name: bindparam(f"n_{name}") for name in columns}
        return self._prepared(table.update().where(keyed(table, *key)).values(values))

    def _prepared(self, statement: Any) -> Prepared:
        return Prepared(statement, self._store.engine.dialect)


def _whose(frame: Frame, first: Frame) -> str:
    """The subject whom the values of an entry are about, as its own hashed bytes say."""
    names = [*frame.content.get("sealed", {}), ""]
    return first.content["case"]["subjects"].get(names[0]) or f"case:{frame.case_id}"

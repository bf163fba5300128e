"""Verify every chain of hashes in one sweep over the log, without replaying a case: a quick look at a large store.

Nothing is parsed but the frame of an entry; what stands in it is looked at where cases are verified one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import and_, bindparam, func, or_, select, tuple_

from casework.clock import EPOCH
from casework.storage import schema
from casework.storage.fault import Fault
from casework.storage.log import GENESIS, framed
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

PAGE = 250
"""So few that what was read is still near the processor when it is hashed; with 5,000 a sweep takes a fifth longer."""
_INSTANT = b"\x00\x00\x00\x08"
_HASH = b"\x00\x00\x00\x20"
_BEFORE = len(_HASH) + len(GENESIS)
_FRAME = 8 + len(_INSTANT) + 8 + _BEFORE
"""The number, the length of the instant and the instant, the length of the hash before and that hash."""


class ChainCheck:
    """Walks through all entries in flat memory; *count* of them were looked at."""

    def __init__(self) -> None:
        self.count = 0

    def broken(self, transaction: Transaction) -> Iterator[Fault]:
        """The first entry of each case that breaks its chain, then what does not fit the cases themselves."""
        named: set[tuple[str, str]] = set()
        whose, case, start, place, before, lost = "", "", b"", 0, GENESIS, False
        for tenant, case_id, number, body, digest in self._entries(transaction):
            if case_id != case or tenant != whose:
                whose, case, start, place, before, lost = tenant, case_id, _start(tenant, case_id), 0, GENESIS, False
            place += 1
            if lost:
                continue
            if number != place or not _fits(start, place, before, body, digest):
                lost = True
                named.add((tenant, case_id))
                yield Fault(tenant, case_id, place, _problem(start, place, before, number, body, digest))
            before = digest
        for fault in _ends(transaction):
            if (fault.tenant, fault.case_id) not in named:
                yield fault

    def _entries(self, transaction: Transaction) -> Iterator[tuple[str, str, int, bytes, bytes]]:
        entry = schema.entry.c
        key = (entry.tenant, entry.case_id, entry.number)
        after = tuple_(bindparam("b_tenant"), bindparam("b_case_id"), bindparam("b_number"))
        statement = select(*key, entry.body, entry.hash).where(tuple_(*key) > after).order_by(*key).limit(PAGE)
        page, prepared = [("", "", 0, b"", b"")], Prepared(statement, transaction.dialect)
        while page:
            tenant, case_id, number, *_ = page[-1]
            values = {"b_tenant": tenant, "b_case_id": case_id, "b_number": number}
            page = list(transaction.run(prepared, values).fetchall())
            self.count += len(page)
            yield from page


def _start(tenant: str, case_id: str) -> bytes:
    """What the bytes of every entry of a case begin with: all before the number."""
    return framed(tenant, case_id, 0, EPOCH, GENESIS, b"")[: -_FRAME - 4]


def _fits(start: bytes, place: int, before: bytes, body: bytes, digest: bytes) -> bool:
    """Whether an entry is the next one of its case, in as few steps as that takes."""
    content = len(start) + _FRAME
    length = (len(body) - content - 4).to_bytes(4, "big", signed=True)
    return (
        sha256(body).digest() == digest
        and body.startswith(start + place.to_bytes(8, "big") + _INSTANT)
        and body[content - _BEFORE : content + 4] == _HASH + before + length
    )


def _problem(start: bytes, place: int, before: bytes, number: int, body: bytes, digest: bytes) -> str:
    """What is wrong with one entry, in the order in which cases are verified one by one."""
    if number != place:
        return f"entry {place} is missing"
    if sha256(body).digest() != digest:
        return "its bytes do not match its hash"
    content = len(start) + _FRAME
    if body[content - _BEFORE : content] == _HASH + before:
        return "its bytes belong to another entry, or cannot be read"
    return "it does not follow the entry before it"


def _ends(transaction: Transaction) -> Iterator[Fault]:
    """Cases whose last entry is another than they say, and entries of no case."""
    case, entry = schema.case.c, schema.entry.c
    same = and_(entry.tenant == case.tenant, entry.case_id == case.id)
    last = schema.case.outerjoin(schema.entry, and_(same, entry.number == case.revision))
    statement = (
        select(case.tenant, case.id, case.revision, entry.hash)
        .select_from(last)
        .where(func.coalesce(entry.hash != case.head, True))
        .order_by(case.tenant, case.id)
    )
    for tenant, case_id, revision, digest in transaction.ask(statement):
        problem = "the case names another head than its log has"
        if digest is None:
            problem = f"the case is at revision {revision}, its log is not"
        yield Fault(tenant, case_id, int(revision), problem)
    beyond = (
        select(entry.tenant, entry.case_id, func.min(entry.number), func.max(case.revision))
        .select_from(schema.entry.outerjoin(schema.case, same))
        .where(or_(case.id.is_(None), entry.number > case.revision))
        .group_by(entry.tenant, entry.case_id)
        .order_by(entry.tenant, entry.case_id)
    )
    for tenant, case_id, number, revision in transaction.ask(beyond):
        problem = "there are rows in casework_entry and no such case"
        if revision is not None:
            problem = f"the case is at revision {revision}, its log is not"
        yield Fault(tenant, case_id, int(number), problem)

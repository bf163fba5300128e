"""Which case keeps which blob: one row for each file that was enclosed and not withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Dialect, func, select

from casework.model.decision import Decision
from casework.model.enclosure import Enclosure, SealedFile
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.log import Entry, Frame, apart_of, parsed
from casework.storage.sql.advisory import NameLock
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

Files = dict[int, tuple[str, int]]


class Enclosures:
    """Which case keeps which blob."""

    def __init__(self, dialect: Dialect) -> None:
        table = schema.enclosure
        of_case = keyed(table, "tenant", "case_id")
        # Whoever keeps a blob and whoever removes one that nobody keeps must not pass each other.
        self._blobs = NameLock("blob", dialect)
        self._insert = Prepared(inserting(table), dialect)
        self._drop = Prepared(table.delete().where(keyed(table, "tenant", "case_id", "number")), dialect)
        self._held = Prepared(select(func.count(), func.coalesce(func.sum(table.c.size), 0)).where(of_case), dialect)
        self._rows = Prepared(select(table.c.number, table.c.digest, table.c.size).where(of_case), dialect)
        self._named = Prepared(select(table.c.number).where(keyed(table, "digest")).limit(1), dialect)

    def write(self, transaction: Transaction, tenant: str, case_id: str, number: int, decision: Decision) -> None:
        """Keep the blob that a decision encloses, or let go of the one that it withdraws."""
        row: dict[str, object] = {"tenant": tenant, "case_id": case_id}
        if decision.enclosed is not None:
            told = decision.enclosed
            kept = told if told.sealed is None else told.sealed
            self._blobs.hold(transaction, kept.digest)
            values = {**row, "number": number, "digest": kept.digest, "size": kept.size}
            transaction.put(self._insert, bound(values))
        if decision.withdraws is not None:
            transaction.put(self._drop, bound({**row, "number": decision.withdraws}))

    def held(self, transaction: Transaction, tenant: str, case_id: str) -> tuple[int, int]:
        """How many files a case keeps, and their bytes together."""
        row = transaction.run(self._held, bound({"tenant": tenant, "case_id": case_id})).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    def rows(self, transaction: Transaction, tenant: str, case_id: str) -> dict[int, tuple[str, int]]:
        """Digest and size of each file of a case, by the number of its entry."""
        found = transaction.run(self._rows, bound({"tenant": tenant, "case_id": case_id})).fetchall()
        return {number: (digest, size) for number, digest, size in found}

    def named(self, transaction: Transaction, digest: str) -> bool:
        """Whether any case of any tenant keeps that blob; until the transaction ends the answer stays true."""
        self._blobs.hold(transaction, digest)
        return transaction.run(self._named, bound({"digest": digest})).fetchone() is not None


def enclosed(entries: Iterable[Entry]) -> tuple[Enclosure, ...]:
    """The files that a case keeps as its log says, the oldest first: not withdrawn, and not erased."""
    kept: dict[int, Enclosure] = {}
    for entry in entries:
        frame = parsed(entry.body)
        kept.pop(frame.content.get("withdraws", 0), None)
        if frame.content.get("erases", {}).get("step") == "erased":
            kept.clear()
        found = enclosure_of(frame, entry)
        if found is not None:
            kept[found.number] = found
    return tuple(kept.values())


def kept_files(frames: Iterable[Frame], readable: Iterable[Enclosure], unopened: frozenset[int]) -> Files:
    """What has to be kept, by the number of the entry: digest and size of the bytes as they are stored.

    *readable* are the files that enclosed() found; of the entries *unopened* only those that say it openly are told.
    """
    found = {item.number: (item.blob, item.size if item.sealed is None else item.sealed.size) for item in readable}
    for frame in frames:
        content = frame.content
        if frame.number in unopened and "sealed" in content.get("encloses", {}):
            found[frame.number] = (content["encloses"]["sealed"][0], content["encloses"]["sealed"][1])
        if content.get("withdraws", 0) in unopened:
            found.pop(content["withdraws"], None)
        if content.get("erases", {}).get("step") == "erased":
            found = {number: told for number, told in found.items() if number > frame.number}
    return found


def enclosure_of(frame: Frame, entry: Entry) -> Enclosure | None:
    """The file that one entry encloses; None where it encloses none, or its name and digest were erased."""
    told = frame.content.get("encloses")
    apart = apart_of(entry.values).get("enclosure") if told else None
    if told is None or apart is None:
        return None
    kept = told.get("sealed")
    return Enclosure(
        number=frame.number,
        name=apart["name"],
        media_type=told["type"],
        size=told["size"],
        field_class=told["class"],
        digest=apart["digest"],
        sealed=None if kept is None else SealedFile(digest=kept[0], size=kept[1], key=apart["key"]),
        at=frame.at,
        actor=frame.content["actor"][0],
    )


def held(transaction: Transaction) -> tuple[int, frozenset[str]]:
    """How many files all cases keep, and the digests of their blobs."""
    rows = transaction.ask(select(schema.enclosure.c.digest, func.count()).group_by(schema.enclosure.c.digest))
    return sum(int(row[1]) for row in rows), frozenset(row[0] for row in rows)


def owners(transaction: Transaction) -> Sequence[tuple[str, str]]:
    """Tenant and id of every case that keeps a file."""
    table = schema.enclosure.c
    return [(tenant, case_id) for tenant, case_id in transaction.ask(select(table.tenant, table.case_id).distinct())]

"""Verify the log of all entries: leaves against entries, the tree against every checkpoint, and what is missing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import attrs
from sqlalchemy import and_, func, select, tuple_

from casework.checkpoints import Checkpoint, Checkpoints, Loss, read_checkpoint
from casework.checkpoints.checkpoint import unsigned
from casework.checkpoints.loss import read_loss
from casework.checkpoints.note import read_note
from casework.checkpoints.outside import Kept
from casework.checkpoints.tree import CompactRange
from casework.errors import InvalidValue, LogForked, StoreBehind
from casework.storage import schema
from casework.storage.chaincheck import ChainCheck
from casework.storage.fault import Fault
from casework.storage.leaves import STATEMENT, Leaves
from casework.storage.misfits import misfits
from casework.storage.sql.transaction import Transaction
from casework.storage.standing import Standing
from casework.storage.store import Store

MOST = 100
"""Faults of one kind that are named; a store that was replaced as a whole would fill the screen for hours."""


@attrs.frozen(kw_only=True)
class LogVerdict:
    """The log of all entries: *leaves* are in it, *queued* wait; *signed* is the size of the newest checkpoint outside.

    *losses* are the losses that were accepted, each as a sentence; they are told for ever, and are no faults.
    """

    leaves: int
    queued: int
    checkpoints: int = 0
    signed: int | None = None
    losses: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    entries: int | None = None
    """How many entries were held against the chains of their cases; None where cases were verified one by one."""

    @property
    def whole(self) -> bool:
        """Whether everything adds up."""
        return not self.faults


def verify_log(store: Store, transaction: Transaction, outside: Checkpoints | None) -> LogVerdict:
    """The chains of all cases and the log of all entries, without replaying a case."""
    found = tuple(misfits(transaction))
    if found:
        return LogVerdict(leaves=0, queued=0, faults=found, entries=0)
    chains = ChainCheck()
    faults = list(chains.broken(transaction))
    log = TreeCheck(store, outside).verify(transaction)
    return attrs.evolve(log, faults=joined(faults, log.faults), entries=chains.count)


def joined(faults: Sequence[Fault], more: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults of cases, then those of the log; it would only repeat what is told of an entry with its case."""
    named = {(fault.tenant, fault.case_id) for fault in faults if fault.case_id}
    return (*faults, *(fault for fault in more if (fault.tenant, fault.case_id) not in named))


class TreeCheck:
    """Looks at the log of a store; *outside* are the checkpoints that it is held against, where there are any."""

    def __init__(self, store: Store, outside: Checkpoints | None) -> None:
        self._store, self._outside = store, outside
        self._leaves = Leaves(store.engine.dialect)

    def verify(self, transaction: Transaction) -> LogVerdict:
        """Everything about the log, in flat memory."""
        found = [*_leaves_without(transaction), *_entries_without(transaction), *_queued_without(transaction)]
        size = self._leaves.size(transaction)
        kept = Kept() if self._outside is None else self._outside.everything()
        losses, problems = self._losses(transaction)
        own, unread = self._own(transaction, size)
        newest = max(kept.checkpoints, key=self._order, default=None)
        trusted = [one for one in kept.checkpoints if one.size <= size and not _excused(one, (*losses, *kept.losses))]
        tree = list(self._tree(transaction, size, [*trusted, *own]))
        found += [*problems, *unread, *tree, *self._places(kept, losses)]
        if self._outside is not None and size and newest is None and not kept.unread:
            found.append(Fault("", "", 0, "no checkpoint of the log is kept outside, where it should be"))
        if newest is not None and not tree:
            found += self._compared(transaction, kept, newest)
        return LogVerdict(
            leaves=size,
            queued=self._leaves.queued(transaction),
            checkpoints=len(kept.checkpoints),
            signed=None if newest is None else newest.size,
            losses=tuple(_told(loss) for loss in losses),
            faults=tuple(found),
        )

    def _order(self, checkpoint: Checkpoint) -> tuple[int, int]:
        assert self._outside is not None
        return self._outside.order(checkpoint)

    def _own(self, transaction: Transaction, size: int) -> tuple[list[Checkpoint], list[Fault]]:
        """The checkpoints that the store itself remembers; the last one has to be as large as the log, and signed."""
        table = schema.checkpoint.c
        rows = transaction.ask(select(table.origin, table.size, table.note).order_by(table.size))
        found, faults = [], []
        for origin, at, note in rows:
            last = int(at) == int(rows[-1][1])
            try:
                one = unsigned(read_note(note))
                if last and self._outside is not None:
                    one = read_checkpoint(note, self._outside.key)
                if (one.origin, one.size) != (origin, int(at)):
                    raise InvalidValue("checkpoint", "it stands in the row of another one")
            except InvalidValue as no:
                faults.append(Fault("", "", 0, f"the checkpoint of size {at} in the store: {no.problem}"))
            else:
                found.append(one)
        if size != (int(rows[-1][1]) if rows else 0):
            faults.append(Fault("", "", 0, f"the log has {size} leaves, and no checkpoint of that size in the store"))
        return [one for one in found if one.size <= size], faults

    def _tree(self, transaction: Transaction, size: int, signed: Iterable[Checkpoint]) -> Iterator[Fault]:
        """Every leaf in its place, and the root of the tree wherever somebody signed it."""
        told: dict[int, list[Checkpoint]] = {}
        for one in signed:
            told.setdefault(one.size, []).append(one)
        agreed = reached = 0
        for reached, root in self._roots(transaction, [*told, size], size):
            wrong = next((one for one in told.get(reached, ()) if one.root != root), None)
            if wrong is not None:
                yield self._at(transaction, agreed, _other(agreed, wrong))
                return
            agreed = reached if reached in told else agreed
        if reached < size:
            yield Fault("", "", 0, f"the leaves of the log are not numbered from 0 to {size - 1}")

    def _roots(self, transaction: Transaction, sizes: Iterable[int], size: int) -> Iterator[tuple[int, bytes]]:
        """The roots of the tree at some sizes, in one sweep over the leaves; it ends where a leaf is missing."""
        stops, grown = deque(sorted(set(sizes))), CompactRange()
        for page in chain([[]], self._leaves.pages(transaction, 0, size)):
            used, end = 0, grown.size + len(page)
            while stops and stops[0] <= end:
                step = stops[0] - grown.size
                grown.extend(page[used : used + step])
                used += step
                yield stops.popleft(), grown.root()
            grown.extend(page[used:])

    @staticmethod
    def _places(kept: Kept, losses: list[Loss]) -> Iterator[Fault]:
        """What the places outside say by themselves."""
        for note in kept.unread:
            yield Fault("", "", 0, f"a note among the checkpoints ({note.first!r}): {note.problem}")
        for one, other in kept.forks:
            roots = f"{one.root.hex()[:12]}… and {other.root.hex()[:12]}…"
            yield Fault("", "", 0, f"two signed checkpoints of {one.origin} at size {one.size} have the roots {roots}")
        for loss in kept.losses:
            if loss.text not in {known.text for known in losses}:
                when = f"{loss.at:%Y-%m-%d %H:%M}"
                yield Fault("", "", 0, f"the store does not tell of the loss that was accepted at {when} UTC")

    def _compared(self, transaction: Transaction, kept: Kept, newest: Checkpoint) -> Iterator[Fault]:
        """Whether the store has come as far as the newest checkpoint outside."""
        assert self._outside is not None
        try:
            Standing(self._store, self._outside).compare(transaction, newest)
        except StoreBehind as behind:
            # What waits for the log may make it as long as was signed, and is not what was signed.
            agreed = (one for one in kept.checkpoints if one.size <= behind.held and one.size < newest.size)
            since = max(agreed, key=self._order, default=None)
            after = "" if since is None or since.at is None else f", written after {since.at:%Y-%m-%d %H:%M:%S} UTC"
            start = 0 if since is None else since.size  # whatever came after it, nobody can vouch for
            yield self._at(transaction, start, f"{str(behind).partition(';')[0]}{after}")
        except LogForked as fork:
            yield Fault("", "", 0, str(fork).partition(";")[0])

    def _losses(self, transaction: Transaction) -> tuple[list[Loss], list[Fault]]:
        """The statements of loss, each of which has to be the leaf that it says."""
        losses: list[Loss] = []
        faults: list[Fault] = []
        leaf = schema.leaf.c
        statements = and_(leaf.tenant == STATEMENT[0], leaf.case_id == STATEMENT[1])
        leaves = {
            int(row[0]): bytes(row[1]) for row in transaction.ask(select(leaf.position, leaf.hash).where(statements))
        }
        rows = transaction.ask(select(schema.loss.c.position, schema.loss.c.note))
        told = {int(row[0]): str(row[1]) for row in rows}
        for position in sorted({*leaves, *told}):
            if position not in told:
                faults.append(Fault("", "", 0, f"leaf {position} of the log is no entry, and no statement of loss"))
                continue
            try:
                loss = read_loss(told[position], self._outside.key if self._outside else None)
            except InvalidValue as no:
                faults.append(Fault("", "", 0, f"the statement of loss at leaf {position}: {no.problem}"))
                continue
            losses.append(loss)
            if leaves.get(position) != loss.leaf:
                faults.append(Fault("", "", 0, f"the loss at leaf {position} is not in the log"))
        return losses, faults

    @staticmethod
    def _at(transaction: Transaction, position: int, problem: str) -> Fault:
        """A fault at the entry that the leaf at *position* is; at the store as a whole where there is none."""
        leaf = schema.leaf.c
        rows = transaction.ask(select(leaf.tenant, leaf.case_id, leaf.number).where(leaf.position == position))
        tenant, case_id, number = rows[0] if rows and rows[0][1] else ("", "", 0)
        return Fault(tenant, case_id, int(number), problem)


def _other(agreed: int, signed: Checkpoint) -> str:
    when = "" if signed.at is None else f" at {signed.at:%Y-%m-%d %H:%M:%S} UTC"
    return (
        f"the log is not the one that was signed{when} at size {signed.size}: "
        f"of its leaves {agreed} to {signed.size - 1} not all are what they were"
    )


def _excused(checkpoint: Checkpoint, losses: Iterable[Loss]) -> bool:
    """Whether what a checkpoint says beyond the store was accepted as lost."""
    return any(
        loss.had.origin == checkpoint.origin and loss.kept.size < checkpoint.size <= loss.had.size for loss in losses
    )


def _told(loss: Loss) -> str:
    count = loss.had.size - loss.kept.size
    return (
        f"{loss.at:%Y-%m-%d %H:%M} UTC: {loss.by} accepted the loss of {count:,} entries "
        f"({loss.had.origin}, {loss.kept.size} to {loss.had.size - 1}): {loss.because}"
    )


def _same(one: Any, other: Any) -> Any:
    return and_(one.tenant == other.tenant, one.case_id == other.case_id, one.number == other.number)


def _leaves_without(transaction: Transaction) -> Iterator[Fault]:
    """Leaves that are not the entries that they were made of."""
    leaf, entry = schema.leaf.c, schema.entry.c
    statement = (
        select(leaf.tenant, leaf.case_id, leaf.number, entry.hash)
        .select_from(schema.leaf.outerjoin(schema.entry, _same(leaf, entry)))
        .where(func.coalesce(entry.hash != leaf.hash, True), tuple_(leaf.tenant, leaf.case_id) != tuple_(*STATEMENT))
        .order_by(leaf.position)
        .limit(MOST)
    )
    for tenant, case_id, number, digest in transaction.ask(statement):
        problem = (
            "it is in the log, and no longer there" if digest is None else "it is not the entry that is in the log"
        )
        yield Fault(tenant, case_id, int(number), problem)


def _entries_without(transaction: Transaction) -> Iterator[Fault]:
    """Entries that are neither in the log nor on their way into it."""
    leaf, entry, queue = schema.leaf.c, schema.entry.c, schema.unlogged.c
    joined = schema.entry.outerjoin(schema.leaf, _same(leaf, entry)).outerjoin(schema.unlogged, _same(queue, entry))
    statement = (
        select(entry.tenant, entry.case_id, entry.number)
        .select_from(joined)
        .where(leaf.position.is_(None), queue.number.is_(None))
        .order_by(entry.tenant, entry.case_id, entry.number)
        .limit(MOST)
    )
    for tenant, case_id, number in transaction.ask(statement):
        yield Fault(tenant, case_id, int(number), "it is neither in the log of all entries nor waiting for it")


def _queued_without(transaction: Transaction) -> Iterator[Fault]:
    """What waits to enter the log and is not there."""
    entry, queue = schema.entry.c, schema.unlogged.c
    statement = (
        select(queue.tenant, queue.case_id, queue.number)
        .select_from(schema.unlogged.outerjoin(schema.entry, _same(queue, entry)))
        .where(entry.number.is_(None))
        .order_by(queue.tenant, queue.case_id, queue.number)
        .limit(MOST)
    )
    for tenant, case_id, number in transaction.ask(statement):
        yield Fault(tenant, case_id, int(number), "it waits for the log of all entries, and is no longer there")

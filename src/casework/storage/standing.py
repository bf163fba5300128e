"""Where the log of a store stands against what was signed of it: the same, further on, behind, or another."""

from __future__ import annotations

from casework.checkpoints import Checkpoint, Checkpoints, Loss, read_checkpoint
from casework.checkpoints.checkpoint import epoch_of
from casework.checkpoints.loss import read_loss
from casework.checkpoints.tree import CompactRange
from casework.errors import InvalidValue, LogForked, StoreBehind
from casework.storage.checkpoints import CheckpointRows, StoredCheckpoint
from casework.storage.leaves import Leaves
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store


class Standing:
    """The log of one store, and the key that signs it."""

    def __init__(self, store: Store, outside: Checkpoints) -> None:
        self.leaves, self.rows = Leaves(store.engine.dialect), CheckpointRows(store.engine.dialect)
        self._outside, self._key = outside, outside.key

    def compare(self, transaction: Transaction, signed: Checkpoint | None) -> None:
        """Hold the store against the newest checkpoint outside.

        Raises StoreBehind where the store has less than was signed, LogForked where it has something else.
        """
        if signed is None:
            return
        stored = self.rows.one(transaction, signed.origin, signed.size)
        if stored is not None:
            if self._read(stored).root != signed.root:
                raise LogForked(signed.size, "the store has another checkpoint of that size")
            if self.leaves.size(transaction) >= signed.size:
                return
        newest, epoch = self.rows.newest(transaction), self._epoch(signed.origin)
        held = 1 if newest is None else self._epoch(newest.origin)
        if held > epoch and self._covered(transaction, signed):
            return
        if held != epoch:
            raise StoreBehind(signed.size, signed.at, self.leaves.size(transaction))
        self._same_epoch(transaction, signed)

    def _same_epoch(self, transaction: Transaction, signed: Checkpoint) -> None:
        size = self.leaves.size(transaction)
        if signed.size <= size:
            if self.grown(transaction, signed.size).root() != signed.root:
                raise LogForked(signed.size, "its tree has another root")
            return
        # A copy that was made before entries were signed may hold them in its queue: then nothing is missing.
        grown, wanted = self.grown(transaction, size), signed.size - size
        waiting = self.leaves.waiting(transaction, wanted)
        grown.extend(waiting)
        if len(waiting) < wanted or grown.root() != signed.root:
            raise StoreBehind(signed.size, signed.at, grown.size)

    def newest(self, transaction: Transaction) -> tuple[Checkpoint | None, CompactRange]:
        """The last checkpoint that the store remembers, and the tree up to it. Raises LogForked where they differ."""
        stored = self.rows.newest(transaction)
        return (None, CompactRange()) if stored is None else (self._read(stored), self._range(stored))

    def grown(self, transaction: Transaction, size: int) -> CompactRange:
        """The tree over the first *size* leaves. Raises LogForked where a leaf is missing."""
        stored = self.rows.before(transaction, size)
        grown = CompactRange() if stored is None else self._range(stored)
        for page in self.leaves.pages(transaction, grown.size, size):
            grown.extend(page)
        if grown.size != size:
            raise LogForked(size, f"leaf {grown.size} is missing")
        return grown

    def losses(self, transaction: Transaction) -> list[Loss]:
        """The statements of loss that the store remembers. Raises LogForked for one that was not signed."""
        try:
            return [read_loss(note, self._key) for _, note in self.rows.losses(transaction)]
        except InvalidValue as no:
            raise LogForked(0, no.problem) from None

    def _covered(self, transaction: Transaction, signed: Checkpoint) -> bool:
        """Whether what *signed* says beyond the store was accepted as lost already."""
        lost = (loss.had for loss in self.losses(transaction))
        return any(had.origin == signed.origin and signed.size <= had.size for had in lost)

    def _read(self, stored: StoredCheckpoint) -> Checkpoint:
        try:
            found = read_checkpoint(stored.note, self._key)
        except InvalidValue as no:
            raise LogForked(stored.size, f"a checkpoint of the store cannot be trusted: {no.problem}") from None
        if (found.origin, found.size) != (stored.origin, stored.size):
            raise LogForked(stored.size, "a checkpoint of the store stands in another one's row")
        return found

    def _range(self, stored: StoredCheckpoint) -> CompactRange:
        try:
            found = CompactRange.read(stored.size, stored.subtrees)
        except ValueError as error:
            raise LogForked(stored.size, str(error)) from None
        if found.root() != self._read(stored).root:
            raise LogForked(stored.size, "the tree that the store remembers has another root than was signed")
        return found

    def _epoch(self, origin: str) -> int:
        return epoch_of(origin, self._key.name) or 0

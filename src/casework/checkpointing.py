"""Making checkpoints: queued entries become leaves, the tree grows, its head is signed and carried outside."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import attrs

from casework.checkpoints import Checkpoint, Checkpoints, Loss, Signer
from casework.checkpoints.checkpoint import epoch_of, origin_of
from casework.checkpoints.note import Note, read_signatures
from casework.checkpoints.outside import Kept
from casework.checkpoints.proof import consistency
from casework.checkpoints.tree import CompactRange
from casework.checkpoints.witness import Request
from casework.desk.engine import Engine
from casework.errors import InvalidValue, LogForked, SetupError, StoreBehind, StoreUnavailable, WitnessRefused
from casework.storage.checkpoints import StoredCheckpoint
from casework.storage.gate import Gate, aside
from casework.storage.sql.transaction import Transaction
from casework.storage.standing import Standing

log = logging.getLogger("casework.checkpoints")

BATCH = 10_000
"""Entries that one transaction makes leaves, and signs: a tenth of a second."""
Asked = Callable[[str], str]
"""A witness, as a function from a request to lines of signatures. Raises WitnessRefused."""


class Checkpointer:
    """Makes the checkpoints of one store; several may run at once, and one at a time gets on."""

    def __init__(self, engine: Engine, outside: Checkpoints | None, signer: Signer) -> None:
        if outside is None:
            raise SetupError("checkpoints are kept nowhere: give Casework(…, checkpoints=Checkpoints(key=…, places=…))")
        if signer.public != outside.key:
            raise SetupError(f"the key {signer.public.name} is not the one whose checkpoints are kept there")
        self._engine, self._outside, self._signer = engine, outside, signer
        self._standing = Standing(engine.store, outside)

    def run(self, witnesses: Sequence[Asked] = ()) -> Checkpoint | None:
        """Take in whatever is queued; answers with the newest checkpoint, None while there is no entry at all.

        Nothing is signed that does not agree with the last checkpoint in the database and outside: raises
        StoreBehind, LogForked, InvalidValue for a place that holds what no log signed.
        """
        signed = self._outside.newest_in(self._trusted())
        transactions = self._engine.store.transactions
        with transactions.read() as transaction:
            self._standing.compare(transaction, signed)
        more = True
        found: Checkpoint | None = None
        while more:
            found, more = transactions.carried(self._step)
        if found is not None:
            self._publish(found, witnesses)
        return found

    def accept_loss(self, *, by: str, because: str) -> Loss:
        """Go on although the store has less than was signed; a signed statement says so for ever.

        The log goes on under the origin of its next epoch. Raises InvalidValue where nothing is lost.
        """
        kept = self._trusted()
        signed = max(kept.checkpoints, key=self._outside.order, default=None)
        if signed is None:
            raise InvalidValue("loss", "no checkpoint is kept outside", "外部没有检查点")
        with aside():
            loss, first = self._engine.store.transactions.carried(
                lambda transaction: self._lost(transaction, kept, signed, by, because)
            )
        self._publish(first, ())
        return loss

    def _step(self, transaction: Transaction) -> tuple[Checkpoint | None, bool]:
        """Leaves and the checkpoint over them, in one transaction."""
        standing = self._standing
        standing.leaves.alone(transaction)
        newest, grown = standing.newest(transaction)
        if standing.leaves.size(transaction) != grown.size:
            raise LogForked(grown.size, "the leaves are not those of the last checkpoint")
        added = standing.leaves.move(transaction, grown.size, BATCH)
        if not added:
            return newest, False
        grown.extend(added)
        origin = self._signer.public.name if newest is None else newest.origin
        return self._sign(transaction, origin, grown), len(added) == BATCH

    def _sign(self, transaction: Transaction, origin: str, grown: CompactRange) -> Checkpoint:
        now = self._engine.clock.now()
        made = Checkpoint(origin=origin, size=grown.size, root=grown.root()).signed(self._signer, now)
        row = StoredCheckpoint(origin=origin, size=made.size, note=str(made.note), subtrees=bytes(grown))
        self._standing.rows.add(transaction, row, now)
        return made

    def _trusted(self) -> Kept:
        """What the places hold of late; whoever signs has to understand all of it."""
        kept = self._outside.recent()
        if kept.unread:
            first = kept.unread[0]
            raise InvalidValue("checkpoints", f"{first.first!r}: {first.problem}", f"“{first.first}”：{first.problem}")
        return kept

    def _lost(
        self, transaction: Transaction, kept: Kept, signed: Checkpoint, by: str, because: str
    ) -> tuple[Loss, Checkpoint]:
        standing = self._standing
        standing.leaves.alone(transaction)
        try:
            standing.compare(transaction, signed)
        except (StoreBehind, LogForked):
            pass
        else:
            raise InvalidValue("loss", "nothing is lost: the store has all that was signed", "存储完整，并无损失")
        size = standing.leaves.size(transaction)
        epoch = epoch_of(signed.origin, self._signer.public.name) or 1
        loss = Loss(
            had=signed,
            kept=attrs.evolve(self._agreed(transaction, kept, signed.origin, size), note=None),
            origin=origin_of(epoch + 1, self._signer.public.name),
            at=self._engine.clock.now(),
            by=by,
            because=because,
        ).signed(self._signer)
        standing.rows.lose(transaction, size, str(loss.note))
        standing.leaves.add(transaction, size, loss.leaf, epoch + 1)
        grown = standing.grown(transaction, size + 1)
        return loss, self._sign(transaction, loss.origin, grown)

    def _agreed(self, transaction: Transaction, kept: Kept, origin: str, size: int) -> Checkpoint:
        """The largest beginning of the log that store and checkpoints agree on."""
        agreed, root = 0, CompactRange().root()
        of_epoch = [one for one in kept.checkpoints if one.origin == origin and one.size <= size]
        for one in of_epoch:
            here = self._standing.grown(transaction, one.size).root()
            if here != one.root:
                return Checkpoint(origin=origin, size=agreed, root=root)
            agreed, root = one.size, here
        return Checkpoint(origin=origin, size=size, root=self._standing.grown(transaction, size).root())

    def _publish(self, made: Checkpoint, witnesses: Sequence[Asked]) -> None:
        """Carry a checkpoint, and the losses before it, to every place that has it not; the first failure is raised."""
        with self._engine.store.transactions.read() as transaction:
            losses = [str(loss.note) for loss in self._standing.losses(transaction)]
        failures: list[StoreUnavailable] = []
        note = None
        for place in self._outside.places:
            try:
                there = set(place.recent())
                known = {one.partition("\n\n")[0] for one in there}
                if made.text.removesuffix("\n") in known:
                    continue
                note = note or self._witnessed(made, witnesses)
                for told in losses:
                    if told not in there and told not in set(place.notes()):
                        place.add(told)
                place.add(str(note))
            except StoreUnavailable as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _witnessed(self, made: Checkpoint, witnesses: Sequence[Asked]) -> Note:
        assert made.note is not None
        note = made.note
        for ask in witnesses:
            note = note.signed(*read_signatures(self._asked(made, ask)))
        return note

    def _asked(self, made: Checkpoint, ask: Asked) -> str:
        with self._engine.store.transactions.read() as transaction:
            before = self._standing.rows.before(transaction, made.size - 1)
        old = before.size if before is not None and before.origin == made.origin else 0
        try:
            return ask(self._request(made, old))
        except WitnessRefused as no:
            if no.status != 409 or no.size is None or no.size >= made.size:
                raise
            return ask(self._request(made, no.size))

    def _request(self, made: Checkpoint, old: int) -> str:
        """What a witness is asked, with the proof that the log only grew since it had the size *old*."""
        assert made.note is not None
        with self._engine.store.transactions.read() as transaction:
            grown = self._standing.grown(transaction, old)
            added = self._standing.leaves.between(transaction, old, made.size)
        return str(Request(old=old, proof=consistency(grown, added), note=made.note))


def guard_writes(engine: Engine, checkpoints: object) -> None:
    """Hold the store against its checkpoints before its first write, and again after every new connection."""
    if not isinstance(checkpoints, Checkpoints):
        raise SetupError(f"checkpoints takes Checkpoints(key=…, places=…), not {type(checkpoints).__name__}")
    engine.store.transactions.gate = Gate(engine.store.engine, looks_behind(engine, checkpoints))


def looks_behind(engine: Engine, outside: Checkpoints) -> Callable[[Transaction], None]:
    """What is asked before the first write: raises StoreBehind or LogForked where the store is not what was signed.

    A place that cannot be reached, or holds what nobody can read, stops no work; it is logged, and the
    next checkpoint or verification says it loudly.
    """
    standing = Standing(engine.store, outside)

    def look(transaction: Transaction) -> None:
        try:
            kept = outside.recent()
        except StoreUnavailable:
            log.warning("the checkpoints cannot be reached; the store was not held against them")
            return
        if kept.unread:
            log.warning("among the checkpoints are %d notes that the key did not sign", len(kept.unread))
        standing.compare(transaction, outside.newest_in(kept))

    return look

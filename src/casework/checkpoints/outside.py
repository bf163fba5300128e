"""What is known of a log outside its database: the key that signs it, and the places that keep its checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import attrs

from casework.checkpoints.checkpoint import Checkpoint, epoch_of, read_checkpoint
from casework.checkpoints.keys import PublicKey
from casework.checkpoints.loss import Loss, read_loss, tells_loss
from casework.checkpoints.port import CheckpointPlace
from casework.errors import InvalidValue, LogForked


@attrs.frozen(kw_only=True)
class Unread:
    """A note of a place that is none, or that the key did not sign; *first* is its first line."""

    first: str
    problem: str


@attrs.frozen(kw_only=True)
class Kept:
    """All that the places hold: checkpoints and losses by origin and size, and what could not be read.

    *forks* are pairs of checkpoints of one origin and size with different roots. Both are signed, so that
    each pair proves to anybody that two truths were told.
    """

    checkpoints: tuple[Checkpoint, ...] = ()
    losses: tuple[Loss, ...] = ()
    unread: tuple[Unread, ...] = ()
    forks: tuple[tuple[Checkpoint, Checkpoint], ...] = ()


def _key(value: str | PublicKey) -> PublicKey:
    return value if isinstance(value, PublicKey) else PublicKey.read(value)


def _places(value: CheckpointPlace | Iterable[CheckpointPlace]) -> tuple[CheckpointPlace, ...]:
    return (value,) if isinstance(value, CheckpointPlace) else tuple(value)


@attrs.frozen(kw_only=True)
class Checkpoints:
    """*key* is the public key of the log (or its text), *places* one or more places that keep its checkpoints."""

    key: PublicKey = attrs.field(converter=_key)
    places: tuple[CheckpointPlace, ...] = attrs.field(converter=_places)

    @places.validator
    def _check_places(self, _: Any, places: tuple[Any, ...]) -> None:
        wrong = [type(place).__name__ for place in places if not isinstance(place, CheckpointPlace)]
        if wrong or not places:
            problem = f"places are such as CheckpointFolder('…'), not {', '.join(wrong) or 'none'}"
            raise InvalidValue("places", problem, "保存处应为 CheckpointFolder('…') 一类对象")

    def everything(self) -> Kept:
        """What all places hold together."""
        return self._read(note for place in self.places for note in place.notes())

    def recent(self) -> Kept:
        """What was added to them of late."""
        return self._read(note for place in self.places for note in place.recent())

    def newest_in(self, kept: Kept) -> Checkpoint | None:
        """The newest checkpoint: of the latest epoch the largest. Raises LogForked where there are two of it."""
        if kept.forks:
            raise LogForked(*_told(kept.forks[0]))
        return max(kept.checkpoints, key=self.order, default=None)

    def order(self, checkpoint: Checkpoint) -> tuple[int, int]:
        """How far a checkpoint is: its epoch and its size."""
        return epoch_of(checkpoint.origin, self.key.name) or 0, checkpoint.size

    def _read(self, notes: Iterable[str]) -> Kept:
        checkpoints: dict[tuple[str, int, bytes], Checkpoint] = {}
        losses: dict[str, Loss] = {}
        unread: dict[str, Unread] = {}
        for note in dict.fromkeys(notes):
            try:
                if tells_loss(note):
                    losses[note] = read_loss(note, self.key)
                else:
                    found = read_checkpoint(note, self.key)
                    checkpoints.setdefault((found.origin, found.size, found.root), found)
            except InvalidValue as no:
                unread[note] = Unread(first=note.partition("\n")[0][:80], problem=no.problem)
        ordered = sorted(checkpoints.values(), key=lambda one: (*self.order(one), one.root))
        return Kept(
            checkpoints=tuple(ordered),
            losses=tuple(losses.values()),
            unread=tuple(unread.values()),
            forks=tuple(_forks(ordered)),
        )


def _forks(ordered: list[Checkpoint]) -> Iterator[tuple[Checkpoint, Checkpoint]]:
    for one, other in pairwise(ordered):
        if (one.origin, one.size) == (other.origin, other.size):
            yield one, other


def _told(fork: tuple[Checkpoint, Checkpoint]) -> tuple[int, str]:
    one, other = fork
    return one.size, f"two signed checkpoints have the roots {one.root.hex()[:12]}… and {other.root.hex()[:12]}…"

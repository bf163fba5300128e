"""What is done to the keys of a store as a whole: looked through, wrapped anew, and put to use on what is plain."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from casework.desk.engine import Engine
from casework.errors import SetupError
from casework.keys import Tombstone
from casework.storage.keys import Keys
from casework.storage.resealing import Resealing, Sealed


@attrs.frozen(eq=False)
class Keyring:
    """The keys of a store, for whoever looks after them; ``app.keys``."""

    _engine: Engine

    @property
    def _keys(self) -> Keys:
        if self._engine.keys is None:
            raise SetupError("this application has no keys; give Casework(keys=…)")
        return self._engine.keys

    def check(self) -> int:
        """Look whether every key is there and is the one that this store was sealed with; answers with how many.

        Raises KeysMismatch with the first that is not.
        """
        with self._engine.store.transactions.read(patient=True) as transaction:
            return self._keys.check_all(transaction)

    def destroyed(self) -> tuple[Tombstone, ...]:
        """Every key that was destroyed, by tenant and subject."""
        with self._engine.store.transactions.read() as transaction:
            return self._keys.tombstones(transaction)

    def rotate(self) -> int:
        """Wrap every key under the present master key; no sealed value is touched. Answers with how many there were.

        Broken off, it goes on where it was.
        """
        self._engine.guarded()
        keys, total = self._keys, 0
        while count := self._engine.store.transactions.carried(keys.rotate):
            total += count
        return total

    def seal(self, progress: Callable[[int], None] | None = None) -> Sealed:
        """Seal what was kept plain before there were keys, case by case; *progress* is told how many were looked at.

        Broken off, it goes on where it was. What was plain stays in free pages until ``app.scrub()``.
        """
        self._engine.guarded()
        return Resealing(self._engine.store, self._engine.pinned).all(progress)

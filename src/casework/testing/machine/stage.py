"""One app in memory for all examples of a machine, put back to its beginning before each of them."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from casework.app import Casework
from casework.clock import FrozenClock
from casework.ids import Entropy, seeded_entropy
from casework.storage.memory import held, put_back
from casework.testing.strategies import START

Build = Callable[[FrozenClock, Entropy], Casework]


class Luck:
    """Random bytes that are the same ones again after each beginning."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """From the first byte on."""
        self._bytes = seeded_entropy(1)

    def __call__(self, count: int) -> bytes:
        return self._bytes(count)


class Stage:
    """An app whose clock, ids and store begin anew as often as one likes; built when it is first used.

    *programs* are the shortest ones that were found, by what they fail with.
    """

    def __init__(self, build: Build) -> None:
        self._build, self.clock = build, FrozenClock(START)
        self._luck = Luck()
        self._app: Casework | None = None
        self._empty = b""
        self.programs: dict[object, str] = {}

    def begin(self) -> Casework:
        """The app as it was built, with no cases in it."""
        self.clock.set(START)
        self._luck.begin()
        if self._app is None:
            self._app = self._build(self.clock, self._luck)
            self._app.create_tables()
            weakref.finalize(self, self._app.dispose)
            self._empty = held(self._app._engine.store.engine)
        else:
            put_back(self._app._engine.store.engine, self._empty)
        return self._app

"""The connection of SQLite's one writer, kept from turn to turn: the pool costs a tenth of a firing."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import Engine, event


class Kept:
    """One connection between two turns. Only whoever has the turn takes it and gives it back."""

    def __init__(self, engine: Engine) -> None:
        self._raw: Any = None
        self._process = 0
        event.listen(engine, "engine_disposed", self._close)

    def take(self) -> Any:
        """The connection that was given back last; None where there is none, and after a fork."""
        raw, self._raw = self._raw, None
        return raw if self._process == os.getpid() else None

    def give(self, raw: Any) -> None:
        """Keep a connection whose transaction has ended; a broken one goes back to the pool."""
        if raw.is_valid:
            self._raw, self._process = raw, os.getpid()
        else:
            raw.close()

    def _close(self, _: Engine) -> None:
        raw, self._raw = self._raw, None
        if raw is not None and self._process == os.getpid():
            raw.invalidate()

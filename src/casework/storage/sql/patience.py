"""An end to waiting for a COMMIT that the server answers only once a standby has it, which may be never (F29).

No limit of the server ends that wait; only whoever waits can.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

LOOKS_EVERY = 0.5
"""Seconds."""


class Patience:
    """Cancels what takes longer than it may; one thread looks after all connections, while there are any."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[Any, float]] = {}
        self._lock = threading.Lock()
        self._looking = False

    @contextmanager
    def of(self, driver: Any, seconds: float) -> Iterator[None]:
        """Cancel what is under way on a connection of psycopg where it is not left within *seconds*."""
        number = id(driver)
        with self._lock:
            self._waiting[number] = (driver, time.monotonic() + seconds)
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, name="casework patience", daemon=True).start()
        try:
            yield
        finally:
            self._waiting.pop(number, None)

    def _look(self) -> None:
        idle = 0
        while True:
            time.sleep(LOOKS_EVERY)
            now = time.monotonic()
            with self._lock:
                over = [driver for driver, until in self._waiting.values() if until < now]
                idle = 0 if self._waiting else idle + 1
                if idle > 20:
                    self._looking = False
                    return
            for driver in over:
                with suppress(Exception):
                    driver.cancel_safe(timeout=LOOKS_EVERY)

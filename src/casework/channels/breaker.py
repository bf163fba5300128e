"""A breaker for each receiver: after several failures it is left alone for a while, then tried with one message."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from casework.channels.failures import DeliveryFailed, Gone, Later
from casework.clock import Clock

FAILURES = 5
"""So many failures in a row open it."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


class Breaker:
    """Keeps messages from a receiver that fails, in the memory of this process; it is closed again after a start.

    A pause begins with a minute and doubles up to an hour, for as long as the one message fails that is let through
    after it. What the receiver asks for itself (Later) opens it at once, for as long as it asks.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._failures, self._pause = 0, FIRST_PAUSE
        self._until: datetime | None = None
        self._trying = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Let one delivery through. Raises Later, with nothing tried, while the receiver is left alone."""
        self._enter()
        try:
            yield
        except Gone:
            self._closed()  # it answers, which is all that is asked here
            raise
        except Later as later:
            self._opened(later.after)
            raise
        except DeliveryFailed:
            self._failed()
            raise
        except BaseException:
            with self._lock:
                self._trying = False
            raise
        self._closed()

    def _enter(self) -> None:
        with self._lock:
            if self._until is None:
                return
            left = min(self._until - self._clock.now(), LONGEST_PAUSE)  # a clock that went back blocks nobody for ever
            if left > timedelta(0) or self._trying:
                raise Later(max(left, timedelta(seconds=1)), "the receiver is left alone for a while", tried=False)
            self._trying = True

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._trying = False
            if self._failures >= FAILURES:
                self._until = self._clock.now() + self._pause
                self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _opened(self, after: timedelta) -> None:
        with self._lock:
            self._trying = False
            self._until = self._clock.now() + min(after, LONGEST_PAUSE)

    def _closed(self) -> None:
        with self._lock:
            self._failures, self._pause, self._until, self._trying = 0, FIRST_PAUSE, None, False

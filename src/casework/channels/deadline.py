"""One deadline over everything that is done on a line, however slowly the other side gives what it gives."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Deadline:
    """So many *seconds* from entering it. When they are over, the socket that it was told to watch is shut down.

    Timeouts of sockets count anew with every byte, so that they alone bound nothing.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, 0.0
        self._timer = threading.Timer(seconds, self._over)
        self._watched: Callable[[], socket.socket | None] = lambda: None
        self._lock = threading.Lock()

    def __enter__(self) -> Deadline:
        self._end = time.monotonic() + self._seconds
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:  # a socket that is being shut down is not closed meanwhile, for its number may come again
            self._watched = lambda: None
        self._timer.join()

    @property
    def left(self) -> float:
        """The seconds that are left. Raises TimeoutError where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def watch(self, line: Callable[[], socket.socket | None]) -> None:
        """Shut down what *line* gives at the end of the time, if it has not been left by then."""
        with self._lock:
            self._watched = line

    def _over(self) -> None:
        with self._lock:
            line = self._watched()
            if line is not None:
                try:
                    # Not the method of a TLS socket, which takes the cipher away from whoever is reading.
                    socket.socket.shutdown(line, socket.SHUT_RDWR)
                except OSError:
                    return

    def bounded(self, work: Callable[[], Answer]) -> Answer:
        """What *work* gives, if it gives it in time; for calls that take no timeout, such as resolving a name."""
        done: list[Any] = []

        def run() -> None:
            try:
                done.append((True, work()))
            except BaseException as error:
                done.append((False, error))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.left)
        if not done:
            raise TimeoutError
        well, found = done[0]
        if not well:
            raise found
        answer: Answer = found
        return answer

"""A wire to PostgreSQL that is cut around COMMIT: what a network, a proxy or a failing machine does now and then.

It reads as much of the protocol as it needs to see a COMMIT go by, prepared statements included, and then cuts

- ``before``: the COMMIT never reaches the server;
- ``after``: the server has committed, and its answer never comes back;
- ``between``: the COMMIT is on its way, and nobody waits for what comes of it;
- ``late``: the client sees the wire cut, and the COMMIT arrives all the same a while later.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

import attrs

Cut = Literal["before", "after", "between", "late"]
CUTS: tuple[Cut, ...] = ("before", "after", "between", "late")
LATE = 0.02  # seconds


@attrs.define(eq=False)
class Wire:
    """Listens on localhost and leads to *server*; of the COMMITs that go by it cuts the *share* that its seed says."""

    server: tuple[str, int]
    share: float = 0.0
    seed: int = 0
    cuts: Counter[str] = attrs.field(factory=Counter, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _listener: socket.socket = attrs.field(init=False)
    _random: random.Random = attrs.field(init=False)
    _open: set[socket.socket] = attrs.field(factory=set, init=False)
    _threads: list[threading.Thread] = attrs.field(factory=list, init=False)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @contextmanager
    def laid(self) -> Iterator[Wire]:
        """The wire while it works; everything on it is cut at the end."""
        self._random = random.Random(self.seed)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        accepting = self._begin(self._accept)
        try:
            yield self
        finally:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            accepting.join()
            for end in list(self._open):
                _hang_up(end)
            for thread in self._threads:
                thread.join()

    def _begin(self, work: object, *given: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=given)  # type: ignore[arg-type]
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self.server)
            except OSError:
                return
            self._open |= {client, server}
            for work in (self._there, self._back):
                self._threads.append(self._begin(work, client, server))

    def _back(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65_536):
                client.sendall(data)
        _hang_up(client)

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        seen = _Reader()
        with suppress(OSError):
            while data := client.recv(65_536):
                cut = self._chosen() if seen.commits(data) else None
                if cut is None:
                    server.sendall(data)
                else:
                    self._cut(cut, data, client, server)
                    return
        _hang_up(server)

    def _chosen(self) -> Cut | None:
        with self._lock:
            if self._random.random() >= self.share:
                return None
            cut = self._random.choice(CUTS)
            self.cuts[cut] += 1
            return cut

    def _cut(self, cut: Cut, data: bytes, client: socket.socket, server: socket.socket) -> None:
        if cut in ("between", "after"):
            if cut == "after":
                # Nothing of the answer may reach the client: its side is closed for what comes back.
                client.shutdown(socket.SHUT_WR)
            server.sendall(data)
            time.sleep(LATE if cut == "after" else 0)
        _hang_up(client)
        if cut == "late":
            time.sleep(LATE)
            with suppress(OSError):
                server.sendall(data)
            time.sleep(LATE)
        _hang_up(server)


class _Reader:
    """Follows the messages of one client: which prepared statement is which, and whether one says COMMIT."""

    def __init__(self) -> None:
        self._rest = b""
        self._started = False
        self._prepared: dict[bytes, bytes] = {}

    def commits(self, data: bytes) -> bool:
        """Whether a COMMIT is among the messages that *data* completes."""
        self._rest += data
        found = False
        while (message := self._next()) is not None:
            kind, body = message
            if kind == b"Q":
                found |= body.startswith(b"COMMIT")
            elif kind == b"P":
                name, query, *_ = body.split(b"\0")
                self._prepared[name] = query
            elif kind == b"B":
                found |= self._prepared.get(body.split(b"\0")[1], b"").startswith(b"COMMIT")
        return found

    def _next(self) -> tuple[bytes, bytes] | None:
        head = 1 if self._started else 0
        if len(self._rest) < head + 4:
            return None
        size = int.from_bytes(self._rest[head : head + 4], "big")
        if len(self._rest) < head + size:
            return None
        kind, body = self._rest[:head], self._rest[head + 4 : head + size]
        self._rest = self._rest[head + size :]
        # What asks for encryption has no answer that the client goes on with until it starts up in the clear.
        self._started = self._started or body[:4] != b"\x04\xd2\x16\x2f"
        return kind, body


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()

"""Keys in the memory of one process: for tests, and for nothing that has to last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

from casework.errors import KeyDestroyed
from casework.ids import Entropy, system_entropy
from casework.keys.port import KEY_BYTES, Tombstone


class KeyMemory:
    """Keeps keys as long as the process lives. *entropy* makes them."""

    def __init__(self, *, entropy: Entropy = system_entropy) -> None:
        self._entropy = entropy
        self._keys: dict[tuple[str, str], bytes] = {}
        self._gone: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def key(self, tenant: str, subject: str, /, *, at: datetime) -> bytes:
        """The subject's key, made where there is none."""
        with self._lock:
            self._living(tenant, subject)
            return self._keys.setdefault((tenant, subject), self._entropy(KEY_BYTES))

    def find(self, tenant: str, subject: str, /) -> bytes | None:
        """The subject's key, where there is one."""
        with self._lock:
            self._living(tenant, subject)
            return self._keys.get((tenant, subject))

    def _living(self, tenant: str, subject: str) -> None:
        if (tenant, subject) in self._gone:
            raise KeyDestroyed(tenant, subject)

    def destroy(self, tenant: str, subject: str, /, *, at: datetime) -> None:
        """Forget the key for ever."""
        with self._lock:
            self._keys.pop((tenant, subject), None)
            self._gone.setdefault((tenant, subject), at)

    def destroyed(self) -> Iterator[Tombstone]:
        """Every tombstone."""
        with self._lock:
            gone = dict(self._gone)
        for (tenant, subject), at in gone.items():
            yield Tombstone(tenant, subject, at)

    def rotate(self) -> int:
        """Nothing is wrapped here."""
        return 0

"""A channel that leaves each message as a file in a folder: whole or not at all, under a name that nobody chose."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import attrs

from casework.channels.failures import DeliveryFailed
from casework.channels.payload import document, json_bytes
from casework.ids import Entropy, system_entropy
from casework.model.decision import Message
from casework.parts import Channel, Delivery

_OWNER_WRITES, _OWNER_ENTERS = 0o600, 0o700


def file(
    name: str, folder: str | Path, *, delivery: Delivery, kind: str | None = None, entropy: Entropy = system_entropy
) -> Channel:
    """A channel *name* that writes each message as one JSON file into *folder*, which only its owner can read.

    The name of a file is the digest of the message's key, so that the same message again is the same file. It holds
    ``id``, ``type`` (*kind*, else the channel's name), ``to`` and ``data``. Whoever takes files away waits for
    ``*.json``; what is being written has another ending.
    """
    told = _Drop(folder=Path(folder).absolute(), kind=name if kind is None else kind, entropy=entropy)
    return Channel(name, told, delivery=delivery)


@attrs.frozen(kw_only=True)
class _Drop:
    """Delivers into one folder."""

    folder: Path
    kind: str
    entropy: Entropy = attrs.field(repr=False)

    def __call__(self, message: Message, key: str) -> None:
        """Write *message*; raises DeliveryFailed where the folder does not take it."""
        stem = hashlib.sha256(key.encode()).hexdigest()
        aside = self.folder / f"{stem}.{self.entropy(8).hex()}.part"
        try:
            self.folder.mkdir(mode=_OWNER_ENTERS, parents=True, exist_ok=True)
            try:
                _written(aside, json_bytes({"id": key, **document(message, self.kind)}))
                aside.replace(self.folder / f"{stem}.json")
            except BaseException:
                with suppress(OSError):
                    aside.unlink()
                raise
            _synced(self.folder)
        except OSError as error:
            told = error.strerror or type(error).__name__
            raise DeliveryFailed(f"the file cannot be written: {told}", reached=False) from None


def _written(path: Path, content: bytes) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _OWNER_WRITES)
    with os.fdopen(opened, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _synced(folder: Path) -> None:
    """Have the new name survive a power cut, where the system can do so."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""Master keys: they wrap the keys of subjects, come from a file or the environment, and are never stored with them.

The text of master keys has one line for each, ``ID KEY`` with the key in base64. The first is the present one,
those below it only unwrap what was wrapped before.
"""

from __future__ import annotations

import base64
import binascii
import os
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

import attrs

from casework.errors import KeysMismatch, SetupError
from casework.ids import Entropy, system_entropy
from casework.keys.crypto import NONCE_BYTES, Cipher, broken, cipher

MASTER_BYTES = 32
_VERSION = b"\x01"


@attrs.frozen(repr=False)
class MasterKey:
    """One master key, 32 bytes, by the id under which wrapped keys name it."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"MasterKey({self.id!r})"

    @property
    def line(self) -> str:
        """The master key as a line of the text of master keys."""
        return f"{self.id} {base64.b64encode(self.secret).decode()}"


def new_master(at: datetime, entropy: Entropy = system_entropy) -> MasterKey:
    """A fresh master key, named by the day and a few random digits."""
    return MasterKey(f"{at:%Y-%m-%d}-{entropy(3).hex()}", entropy(MASTER_BYTES))


def add_master(path: str | Path, at: datetime, entropy: Entropy = system_entropy) -> MasterKey:
    """Put a fresh master key in front of those in a file, which is made where there is none; its owner alone reads it.

    Raises SetupError where there is a file that holds something else.
    """
    file = Path(path).absolute()
    before = _read(file) if file.exists() else ""
    if before:
        parsed_masters(before)
    made, aside = new_master(at, entropy), file.with_name(f"{file.name}.{entropy(8).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(aside, flags, _OWNER_WRITES), "w", encoding="ascii") as stream:
            stream.write(f"{made.line}\n{before}")
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(file)
    except OSError as error:
        raise SetupError(f"no master key can be written to {str(path)!r}: {error.strerror}") from error
    return made


@attrs.frozen(eq=False, repr=False)
class Wrapped:
    """A key as it is stored: the id of the master key that wraps it, and the bytes."""

    master: str
    wrapped: bytes


class MasterKeys:
    """The present master key and the ones before it, read from *source* again whenever an unknown one is named."""

    def __init__(self, source: Callable[[], str], *, entropy: Entropy = system_entropy) -> None:
        self._source, self._entropy = source, entropy
        self._lock = threading.Lock()
        self._present, self._ciphers = _ciphers(source())

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """The master keys in a file. Raises SetupError where it cannot be read, or others may read it too."""
        file = Path(path)
        return cls(lambda: _read(file))

    @classmethod
    def from_environment(cls, name: str = "CASEWORK_MASTER_KEYS", /) -> Self:
        """The master keys in a variable of the environment. Raises SetupError where it is empty."""

        def source() -> str:
            text = os.environ.get(name, "")
            if not text.strip():
                raise SetupError(f"the environment variable {name} holds no master key")
            return text

        return cls(source)

    @property
    def present(self) -> str:
        """The id of the master key that wraps from now on."""
        return self._present

    def refresh(self) -> None:
        """Read the source again, as after a new master key was put in front."""
        present, ciphers = _ciphers(self._source())
        with self._lock:
            self._present, self._ciphers = present, ciphers

    def wrap(self, tenant: str, subject: str, key: bytes) -> Wrapped:
        """A key wrapped under the present master key, bound to whose it is."""
        self.refresh()  # whoever runs on would else go on wrapping under a master key that is about to be forgotten
        master, nonce = self._present, self._entropy(NONCE_BYTES)
        sealed = self._ciphers[master].encrypt(nonce, key, _place(master, tenant, subject))
        return Wrapped(master, _VERSION + nonce + sealed)

    def unwrap(self, tenant: str, subject: str, told: Wrapped) -> bytes:
        """The key. Raises KeysMismatch where the master key is not to be had, or the bytes are not those it wrapped."""
        if told.master not in self._ciphers:
            self.refresh()
        found = self._ciphers.get(told.master)
        if found is None:
            problem = f"the key of {subject!r} of tenant {tenant!r} is wrapped under the master key {told.master!r}"
            raise KeysMismatch(f"{problem}, which was not given", "add its line to the master keys")
        nonce, sealed = told.wrapped[1 : 1 + NONCE_BYTES], told.wrapped[1 + NONCE_BYTES :]
        try:
            if told.wrapped[:1] != _VERSION:
                raise ValueError
            return found.decrypt(nonce, sealed, _place(told.master, tenant, subject))
        except (broken(), ValueError):
            problem = f"the key of {subject!r} of tenant {tenant!r} cannot be unwrapped by {told.master!r}"
            raise KeysMismatch(problem, "restore the key store, or the master keys, from a backup") from None


def _place(master: str, tenant: str, subject: str) -> bytes:
    return "\0".join(("casework-key-1", master, tenant, subject)).encode()


def _ciphers(text: str) -> tuple[str, Mapping[str, Cipher]]:
    found = parsed_masters(text)
    return found[0].id, {master.id: cipher(master.secret) for master in found}


def parsed_masters(text: str) -> tuple[MasterKey, ...]:
    """The master keys of a text. Raises SetupError that names the line, and never shows what stands in it."""
    found: dict[str, MasterKey] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            name, encoded = words
            secret = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise SetupError(f"line {number} of the master keys is not 'ID KEY' with the key in base64") from None
        if len(secret) != MASTER_BYTES or name in found:
            wrong = "names one a second time" if name in found else f"holds a key that is not {MASTER_BYTES} bytes long"
            raise SetupError(f"line {number} of the master keys {wrong}")
        found[name] = MasterKey(name, secret)
    if not found:
        raise SetupError("there is no master key; `casework keys new FILE` makes one")
    return tuple(found.values())


_OTHERS, _OWNER_WRITES = 0o077, 0o600


def _read(file: Path) -> str:
    try:
        if os.name == "posix" and file.stat().st_mode & _OTHERS:
            raise SetupError(f"others than its owner may read {str(file)!r}; run chmod 600 on it")
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SetupError(f"the master keys in {str(file)!r} cannot be read: {told}") from error

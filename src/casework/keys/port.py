"""What keeps the keys under which values of persons are sealed. Whoever keeps them elsewhere implements this.

Casework asks for a key by tenant and *subject*: the id of a person whom cases are about, ``case:ID`` for a case that
is about nobody, ``store:`` for what belongs to no case.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol, runtime_checkable

import attrs

from casework.errors import SetupError
from casework.keys.masters import MasterKeys

KEY_BYTES = 32
"""A data key is one of AES-256."""


@attrs.frozen
class Tombstone:
    """What is left of a key that was destroyed, for ever: whose it was, and when it was destroyed."""

    tenant: str
    subject: str
    at: datetime


@runtime_checkable
class KeyStore(Protocol):
    """Keeps one key for each tenant and subject, outside the database. Several processes may use one at once.

    Each method raises StoreUnavailable where the keys cannot be reached just now, and KeysMismatch where a key is
    there and cannot be unwrapped.
    """

    def key(self, tenant: str, subject: str, /, *, at: datetime) -> bytes:
        """The subject's key, 32 bytes; where there is none it is made, and is there to stay before this answers.

        Raises KeyDestroyed where it was destroyed.
        """
        ...

    def find(self, tenant: str, subject: str, /) -> bytes | None:
        """The subject's key; None where there never was one. Raises KeyDestroyed where it was destroyed."""
        ...

    def destroy(self, tenant: str, subject: str, /, *, at: datetime) -> None:
        """Forget the key and leave a tombstone, also where there never was a key; the first tombstone stays."""
        ...

    def destroyed(self) -> Iterator[Tombstone]:
        """Every tombstone, in no order."""
        ...

    def rotate(self) -> int:
        """Wrap every key again that is not wrapped under the present master key; answers with how many."""
        ...


@attrs.frozen
class DatabaseKeys:
    """Keys in the table ``casework_key`` of the store itself, wrapped under master keys that are never in it.

    One thing less to run and to back up; but a backup of the store holds the wrapped keys of everybody who was not
    erased by then, so that after an erasure older backups can be read until the master key was changed and forgotten.
    """

    masters: MasterKeys


def check_keys(keys: object) -> None:
    """Raise SetupError where an application was given something else for keys."""
    if keys is not None and (isinstance(keys, type) or not isinstance(keys, KeyStore | DatabaseKeys)):
        advice = "KeyFolder('keys', MasterKeys.from_file('master.keys'))"
        raise SetupError(f"keys takes a KeyStore, such as {advice}, or DatabaseKeys, not {type(keys).__name__}")

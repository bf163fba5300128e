"""What is sealed in the store, where, and under whose key; without keys everything is kept plain, as it is.

Sealed are the values that an entry holds apart, what is sealed in the current row, bodies and recipients of
messages, and digests of requests. Whoever reads gets plain values, or nothing of whoever was erased.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import literal, select

from casework.compiled import Compiled
from casework.errors import KeysMismatch
from casework.ids import Entropy
from casework.keys.crypto import NONCE_BYTES
from casework.keys.port import KEY_BYTES
from casework.keys.sealing import is_sealed, seal, taken_apart, unseal
from casework.model.case import Snapshot
from casework.storage import schema
from casework.storage.sql.transaction import Transaction

if TYPE_CHECKING:
    from casework.storage.keys import Keys

STORE_KEY = "store:"
"""Under this key of each tenant is kept what is about nobody in particular: what came in and is parked, and digests
of requests, so that nobody can try out possible forms on them."""
_CASE_KEY = "case:"
_LOOK_AGAIN = 60.0
"""Seconds after which a process without keys looks again whether others have begun to seal."""
_KEYED = b"\x01"
PLAIN_DIGEST = 32
"""The length of a digest that was kept without keys; a keyed one is a byte longer."""


def subject_of(compiled: Compiled, case: Snapshot) -> str:
    """Whose key seals what a case holds: its first subject's, or its own where it is about nobody."""
    first = compiled.subjects[0] if compiled.subjects else ""
    return case.subjects.get(first) or f"{_CASE_KEY}{case.id}"


def is_nobodys(subject: str) -> bool:
    """Whether a key of that name is no person's: a person of that number would be erased with what is others'."""
    return subject.startswith((STORE_KEY, _CASE_KEY))


class Seals:
    """Seals and opens what the store keeps. *keys* is None where the application has none."""

    def __init__(self, keys: Keys | None, entropy: Entropy, ticks: Callable[[], float] = time.monotonic) -> None:
        self.keys, self._entropy, self._ticks = keys, entropy, ticks
        self._plain_until = float("-inf")

    def sealed(self, transaction: Transaction, subject: str, place: tuple[str, ...], plain: bytes) -> bytes:
        """*plain* as it is kept: sealed for that place, whose second part is the tenant."""
        if self.keys is None:
            self._may_be_plain(transaction)
            return plain
        key = self.keys.sealing(transaction, place[1], subject)
        return seal(key.cipher, subject, place, self._entropy(NONCE_BYTES), plain)

    def opened(self, transaction: Transaction, place: tuple[str, ...], stored: bytes) -> bytes | None:
        """The plain bytes; None where the key was destroyed. Raises SealBroken, and KeysMismatch where no key fits."""
        if not is_sealed(stored):
            return stored
        told = taken_apart(stored, place)
        if self.keys is None:
            raise _no_keys()
        key = self.keys.opening(transaction, place[1], told.subject)
        return None if key is None else unseal(key.cipher, told, place)

    def file_key(self) -> bytes:
        """A fresh key for one file."""
        return self._entropy(KEY_BYTES)

    def digest(self, transaction: Transaction, tenant: str, content: bytes) -> bytes:
        """The digest of what a request asks for, as it is kept."""
        if self.keys is None:
            self._may_be_plain(transaction)
            return content
        key = self.keys.sealing(transaction, tenant, STORE_KEY)
        return _KEYED + hmac.digest(key.secret, content, "sha256")

    def is_of(self, transaction: Transaction, tenant: str, stored: bytes, content: bytes) -> bool:
        """Whether a digest that is kept is that of *content*, be it from before there were keys."""
        if len(stored) == PLAIN_DIGEST:
            return hmac.compare_digest(stored, content)
        if self.keys is None:
            raise _no_keys()
        return hmac.compare_digest(stored, self.digest(transaction, tenant, content))

    def _may_be_plain(self, transaction: Transaction) -> None:
        """Raise KeysMismatch where others seal what is kept here: nothing may be written beside it in plain."""
        if self._plain_until > self._ticks():
            return
        if transaction.ask(select(literal(1)).where(schema.key.c.proof.is_not(None)).limit(1)):
            raise _no_keys()
        self._plain_until = self._ticks() + _LOOK_AGAIN


def _no_keys() -> KeysMismatch:
    advice = "give Casework(keys=…), or --keys and --master-keys on the command line"
    return KeysMismatch("this store is sealed, and no keys were given", advice)

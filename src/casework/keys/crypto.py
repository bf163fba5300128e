"""The cipher, imported where it is used: without keys nothing of it is loaded (extra ``crypto``)."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from casework.errors import SetupError

NONCE_BYTES = 12
TAG_BYTES = 16


class Cipher(Protocol):
    """AES-256-GCM under one key (NIST SP 800-38D)."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Ciphertext and tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """The plain bytes; raises what ``broken()`` names where anything of it was changed."""
        ...


def cipher(key: bytes) -> Cipher:
    """The cipher of a key of 32 bytes. Raises SetupError where the extra ``crypto`` is not installed."""
    made: Cipher = _primitives()[0](key)
    return made


def broken() -> type[Exception]:
    """What decrypting raises where the bytes, their place or the key are not the right ones."""
    return _primitives()[1]


@lru_cache(maxsize=1)
def _primitives() -> tuple[type, type[Exception]]:
    try:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise SetupError("keys need the package cryptography; pip install 'casework[crypto]'") from None
    return AESGCM, InvalidTag

"""The form of what is sealed: whose key opens it, a nonce, and AES-256-GCM over the rest, bound to its place.

``0x01``, the length of the subject in two bytes, the subject in UTF-8, 12 bytes of nonce, ciphertext and tag.
Plain values are JSON and never begin with 0x01, so that what was written before there were keys stays readable.
The tag covers the *place* too: what it is, the tenant, the case, the number; nothing sealed can be moved.
"""

from __future__ import annotations

import attrs

from casework.errors import SealBroken
from casework.keys.crypto import NONCE_BYTES, TAG_BYTES, Cipher, broken

_VERSION = b"\x01"


@attrs.frozen(eq=False)
class Sealed:
    """Something sealed, taken apart but not opened. *subject* says whose key opens it."""

    subject: str
    head: bytes
    nonce: bytes
    ciphertext: bytes


def is_sealed(stored: bytes) -> bool:
    """Whether stored bytes are sealed, rather than plain as without keys."""
    return stored[:1] == _VERSION


def seal(cipher: Cipher, subject: str, place: tuple[str, ...], nonce: bytes, plain: bytes) -> bytes:
    """Seal *plain* under the cipher of *subject*'s key, for that place alone; *nonce* is 12 fresh random bytes."""
    named = subject.encode()
    head = _VERSION + len(named).to_bytes(2, "big") + named
    return head + nonce + cipher.encrypt(nonce, plain, _bound(head, place))


def taken_apart(stored: bytes, place: tuple[str, ...]) -> Sealed:
    """Whose key opens what is stored. Raises SealBroken where the bytes are not in the form of what is sealed."""
    size = int.from_bytes(stored[1:3], "big")
    start = 3 + size
    try:
        subject = stored[3:start].decode()
    except UnicodeDecodeError:
        raise SealBroken(_told(place)) from None
    if not is_sealed(stored) or len(stored) < start + NONCE_BYTES + TAG_BYTES:
        raise SealBroken(_told(place))
    behind = start + NONCE_BYTES
    return Sealed(subject, stored[:start], stored[start:behind], stored[behind:])


def unseal(cipher: Cipher, sealed: Sealed, place: tuple[str, ...]) -> bytes:
    """The plain bytes. Raises SealBroken where anything was changed, or was sealed for another place."""
    try:
        return cipher.decrypt(sealed.nonce, sealed.ciphertext, _bound(sealed.head, place))
    except broken():
        raise SealBroken(_told(place)) from None


def _bound(head: bytes, place: tuple[str, ...]) -> bytes:
    """What the tag covers besides the bytes: each part behind its length, so that no two places read alike."""
    return head + "".join([f"{len(part)}:{part}" for part in place]).encode()


def _told(place: tuple[str, ...]) -> str:
    kind, tenant, *rest = place
    return f"{kind} of {tenant}/{'/'.join(rest)}"

"""Sign and verify messages as Standard Webhooks 1.0.0 says, by HMAC-SHA256 (v1) or Ed25519 (v1a).

What is signed is ``id.timestamp.body``, the bytes as they go over the wire. Several secrets give several
signatures, and one that fits is enough, so that a secret can be replaced while messages are under way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Any

from casework.errors import SetupError

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"

SHORTEST, LONGEST = 24, 64
"""The bytes of a shared secret."""

SIGNATURES_LIMIT = 16
"""So many signatures of one message are looked at; a rotation needs two."""


def signatures(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header ``webhook-signature``, one signature for each secret.

    Raises SetupError for what is no secret to sign with, without telling what it is.
    """
    content = signed_content(message_id, str(timestamp), body)
    return " ".join(_signature(secret, content) for secret in secrets)


def verified(secrets: Iterable[str], message_id: str, timestamp: str, body: bytes, header: str) -> bool:
    """Whether *header* holds a signature by one of *secrets*. All of them are compared, in constant time each."""
    content = signed_content(message_id, timestamp, body)
    told = [part.partition(",") for part in header.split(" ")[:SIGNATURES_LIMIT]]
    fits = False
    for secret in secrets:
        version, check = _checking(secret, content)
        for found, _, text in told:
            fits |= found == version and check(text)
    return fits


def signed_content(message_id: str, timestamp: str, body: bytes) -> bytes:
    """The bytes that a signature covers."""
    return b"%s.%s.%s" % (message_id.encode(), timestamp.encode(), body)


def _signature(secret: str, content: bytes) -> str:
    if secret.startswith(PRIVATE):
        raw = _decoded(secret.removeprefix(PRIVATE))
        # Some keep the public key behind the private one; the first 32 bytes are the seed either way.
        key = _ed25519().Ed25519PrivateKey.from_private_bytes(raw[:32]) if len(raw) in (32, 64) else _unfit()
        return f"v1a,{base64.b64encode(key.sign(content)).decode()}"
    return f"v1,{base64.b64encode(_shared(secret, content)).decode()}"


def _checking(secret: str, content: bytes) -> tuple[str, Callable[[str], bool]]:
    if secret.startswith(PUBLIC):
        raw = _decoded(secret.removeprefix(PUBLIC))
        key = _ed25519().Ed25519PublicKey.from_public_bytes(raw) if len(raw) == 32 else _unfit()
        return "v1a", lambda text: _holds(key, text, content)
    expected = base64.b64encode(_shared(secret, content))
    return "v1", lambda text: hmac.compare_digest(expected, text.encode("utf-8", "replace"))


def _shared(secret: str, content: bytes) -> bytes:
    key = _decoded(secret.removeprefix(SHARED))
    if not SHORTEST <= len(key) <= LONGEST:
        _unfit()
    return hmac.digest(key, content, hashlib.sha256)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        _unfit()
        raise


def _unfit() -> Any:
    told = f"{SHARED} and {SHORTEST} to {LONGEST} bytes in base64, or {PRIVATE} or {PUBLIC} and an Ed25519 key"
    raise SetupError(f"this is no secret of a webhook: it has to be {told}") from None


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise SetupError("Ed25519 signatures need `pip install 'casework[crypto]'`") from None
    return ed25519


def _holds(key: Any, text: str, content: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(base64.b64decode(text, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True

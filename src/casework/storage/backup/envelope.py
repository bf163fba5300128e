"""Who may open a sealed backup: whoever holds the secret half of a key of which the backup knows the public one.

Each backup has a fresh key, from which each of its files gets one by HKDF-SHA-256 (RFC 5869). The fresh key is
wrapped by AES-256-GCM under what X25519 (RFC 7748) makes of a key for this one use and the public one.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Any

import attrs

from casework.errors import SetupError
from casework.ids import Entropy
from casework.keys.crypto import NONCE_BYTES, broken, cipher

PUBLIC, SECRET = "casework-backup-public-1", "casework-backup-secret-1"
KEY_BYTES = 32
_OWNER_ONLY = 0o600


def new_backup_key(path: Path) -> Path:
    """Write a new secret key to *path*, for its owner alone, and the public one beside it; answers with the latter.

    Raises SetupError where one of the two files is there already.
    """
    private = _x25519().X25519PrivateKey.generate()
    public_file = path.with_name(f"{path.name}.pub")
    for file, word, raw in (
        (path, SECRET, private.private_bytes_raw()),
        (public_file, PUBLIC, private.public_key().public_bytes_raw()),
    ):
        try:
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        except FileExistsError:
            raise SetupError(f"{file} is there already; a key is never overwritten") from None
        with os.fdopen(opened, "w", encoding="ascii") as written:
            written.write(f"{word} {base64.b64encode(raw).decode()}\n")
            written.flush()
            os.fsync(written.fileno())
    return public_file


@attrs.frozen(repr=False)
class Envelope:
    """The key of one backup."""

    key: bytes

    def of_file(self, name: str) -> bytes:
        """The key of the file *name* of the backup."""
        return _derived(self.key, b"casework-backup-file-1\n" + name.encode())


def sealed_for(public_file: Path, entropy: Entropy) -> tuple[Envelope, dict[str, str]]:
    """A fresh key for a backup, and what its manifest tells of it; whoever has the secret key gets it from that."""
    public = _read(public_file, PUBLIC)
    x25519 = _x25519()
    once = x25519.X25519PrivateKey.from_private_bytes(entropy(KEY_BYTES))
    shared = once.exchange(x25519.X25519PublicKey.from_public_bytes(public))
    envelope, mine = Envelope(entropy(KEY_BYTES)), once.public_key().public_bytes_raw()
    nonce = entropy(NONCE_BYTES)
    wrapped = cipher(_derived(shared, mine + public)).encrypt(nonce, envelope.key, None)
    return envelope, {"for": _text(public), "by": _text(mine), "key": _text(nonce + wrapped)}


def opened_with(secret_file: Path, told: dict[str, str]) -> Envelope:
    """The key of a backup. Raises SetupError where the secret key is another one than it was sealed for."""
    x25519 = _x25519()
    private = x25519.X25519PrivateKey.from_private_bytes(_read(secret_file, SECRET))
    public = private.public_key().public_bytes_raw()
    mine, wrapped = base64.b64decode(told["by"]), base64.b64decode(told["key"])
    shared = private.exchange(x25519.X25519PublicKey.from_public_bytes(mine))
    try:
        key = cipher(_derived(shared, mine + public)).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], None)
    except broken():
        raise SetupError(f"{secret_file} is not the key that this backup was sealed for") from None
    return Envelope(key)


def _read(file: Path, word: str) -> bytes:
    try:
        told, _, raw = file.read_text(encoding="ascii").strip().partition(" ")
        found = base64.b64decode(raw, validate=True)
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, binascii.Error):
        told, found = "", b""
    if told != word or len(found) != KEY_BYTES:
        raise SetupError(f"{file} holds no {word}; `casework backup --new-key FILE` makes both halves")
    return found


def _derived(secret: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def _x25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import x25519
    except ImportError:
        raise SetupError("sealed backups need the package cryptography; pip install 'casework[crypto]'") from None
    return x25519


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

"""The keys that sign checkpoints: Ed25519, written as ``signed-note`` writes them.

A log signs twice: plainly (type 0x01), as every reader of checkpoints understands, and with the instant
(type 0x04, C2SP ``tlog-cosignature``), so that a checkpoint says when it was made. A witness signs the second way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from casework.checkpoints.note import Note, Signature
from casework.clock import EPOCH, from_micros, to_micros
from casework.errors import InvalidValue, SetupError
from casework.ids import Entropy, system_entropy

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PLAIN, TIMED = b"\x01", b"\x04"
KEY_BYTES, SIGNATURE_BYTES = 32, 64
_NAME = re.compile(r"[^\s+\x00-\x1f]{1,200}")
_MARK = "PRIVATE+KEY"
_SECOND = 1_000_000


@attrs.frozen(kw_only=True)
class PublicKey:
    """What checks signatures: a *name*, which for a log is its origin, and 32 bytes.

    As text it is a *vkey*, ``name+id+base64``; a key of a witness says so by its type.
    """

    name: str = attrs.field()
    public: bytes = attrs.field(repr=False)
    timed: bool = False

    @name.validator
    def _check_name(self, _: Any, name: str) -> None:
        if not _NAME.fullmatch(name) or name == _COSIGNED.strip():
            problem = "a key's name has no spaces and no plus, such as example.org/station"
            raise InvalidValue("name", problem, "密钥名称不可含空格或加号，例如 example.org/station")

    @classmethod
    def read(cls, text: str) -> PublicKey:
        """A key from its text. Raises InvalidValue where it is none."""
        name, key_id, raw = _parts(text.strip())
        if raw[:1] not in (PLAIN, TIMED) or len(raw) != 1 + KEY_BYTES:
            raise InvalidValue("key", "it is not an Ed25519 key", "不是 Ed25519 密钥")
        found = cls(name=name, public=raw[1:], timed=raw[:1] == TIMED)
        if found.id(raw[:1]).hex() != key_id:
            raise InvalidValue("key", "its id is not that of its bytes", "密钥编号与内容不符")
        return found

    def __str__(self) -> str:
        kind = TIMED if self.timed else PLAIN
        return f"{self.name}+{self.id(kind).hex()}+{base64.b64encode(kind + self.public).decode()}"

    def id(self, kind: bytes) -> bytes:
        """The four bytes that name this key on a line of a signature of that type."""
        return hashlib.sha256(self.name.encode() + b"\n" + kind + self.public).digest()[:4]

    def signed(self, note: Note) -> bool:
        """Whether this key signed *note*. Raises InvalidValue where a signature of this key is not good."""
        kind = TIMED if self.timed else PLAIN
        return sum(self._checked(note, line, kind) for line in note.signatures) > 0

    def signed_at(self, note: Note) -> datetime | None:
        """When this key signed *note*, to the second; None where it did not say. Raises like signed()."""
        for line in note.signatures:
            if self._checked(note, line, TIMED):
                return from_micros(int.from_bytes(line.value[:8], "big") * _SECOND)
        return None

    def _checked(self, note: Note, line: Signature, kind: bytes) -> bool:
        if (line.name, line.key_id) != (self.name, self.id(kind)):
            return False
        value, said = line.value, note.text.encode()
        if kind == TIMED:
            seconds, value = int.from_bytes(value[:8], "big"), value[8:]
            said = _timed(note.text, seconds)
        if len(value) != SIGNATURE_BYTES or not _verified(self.public, value, said):
            raise InvalidValue("note", f"the signature of {self.name} is not good", f"{self.name} 的签名无效")
        return True


class Signer:
    """A private key with its name. Raises SetupError where the extra ``crypto`` is not installed."""

    def __init__(self, name: str, secret: bytes) -> None:
        self._key = _private(secret)
        self._secret = secret
        self.public = PublicKey(name=name, public=self._key.public_key().public_bytes_raw())

    @classmethod
    def new(cls, name: str, *, entropy: Entropy = system_entropy) -> Signer:
        """A fresh key; *name* is the origin of the log, or the name of a witness."""
        return cls(name, entropy(KEY_BYTES))

    @classmethod
    def load(cls, path: str | Path) -> Signer:
        """The key in a file that others may not read. Raises SetupError where they may, InvalidValue for no key."""
        file = Path(path)
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise SetupError(f"others can read the key {file.name}; chmod 600 it, or make a new one")
        prefix, plus, rest = file.read_text(encoding="utf-8").strip().partition(f"{_MARK}+")
        if prefix or not plus:
            raise InvalidValue("key", "it is not a private key", "不是私钥")
        name, _, raw = _parts(rest)
        if raw[:1] != PLAIN or len(raw) != 1 + KEY_BYTES:
            raise InvalidValue("key", "it is not an Ed25519 key", "不是 Ed25519 密钥")
        return cls(name, raw[1:])

    def save(self, path: str | Path) -> None:
        """Write the key to a new file that its owner alone can read. Raises FileExistsError rather than replace one."""
        raw = base64.b64encode(PLAIN + self._secret).decode()
        text = f"{_MARK}+{self.public.name}+{self.public.id(PLAIN).hex()}+{raw}\n"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def __repr__(self) -> str:
        return f"Signer({self.public.name!r})"

    @property
    def witness(self) -> PublicKey:
        """The public key of a witness, whose signatures all carry their instant."""
        return attrs.evolve(self.public, timed=True)

    def sign(self, text: str) -> Signature:
        """Sign a text plainly."""
        return Signature(name=self.public.name, key_id=self.public.id(PLAIN), value=self._key.sign(text.encode()))

    def cosign(self, text: str, at: datetime) -> Signature:
        """Sign a text with the instant, to the second."""
        seconds = max(0, to_micros(max(at, EPOCH)) // _SECOND)
        value = seconds.to_bytes(8, "big") + self._key.sign(_timed(text, seconds))
        return Signature(name=self.public.name, key_id=self.public.id(TIMED), value=value)


_COSIGNED = "cosignature/v1\n"


def _timed(text: str, seconds: int) -> bytes:
    return f"{_COSIGNED}time {seconds}\n{text}".encode()


def _parts(text: str) -> tuple[str, str, bytes]:
    parts = text.split("+", 2)
    try:
        name, key_id, raw = parts
        return name, key_id, base64.b64decode(raw, validate=True)
    except (ValueError, binascii.Error):
        raise InvalidValue("key", "a key is written name+id+base64", "密钥写作 名称+编号+base64") from None


def _private(secret: bytes) -> Ed25519PrivateKey:
    if len(secret) != KEY_BYTES:
        raise InvalidValue("key", f"it has {len(secret)} bytes, not {KEY_BYTES}", f"密钥应为 {KEY_BYTES} 字节")
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise _not_installed() from None
    return Ed25519PrivateKey.from_private_bytes(secret)


def _verified(public: bytes, value: bytes, said: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise _not_installed() from None
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _not_installed() -> SetupError:
    return SetupError("signed checkpoints need the extra crypto: pip install 'casework[crypto]'")

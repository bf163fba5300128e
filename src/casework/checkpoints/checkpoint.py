"""A checkpoint (C2SP ``tlog-checkpoint``): the origin of a log, how many entries it has, the root of their tree.

Where a part of a log was lost and that was accepted, its next *epoch* goes on under another origin,
``origin/2``: under one origin two trees of one size are a fork, whatever the reason.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime

import attrs

from casework.checkpoints.keys import PublicKey, Signer
from casework.checkpoints.note import Note, read_note
from casework.checkpoints.tree import HASH_BYTES
from casework.errors import InvalidValue

_SIZE = re.compile("0|[1-9][0-9]{0,18}")


@attrs.frozen(kw_only=True)
class Checkpoint:
    """What a log was at one instant. *at* is None where the signature does not tell."""

    origin: str
    size: int
    root: bytes = attrs.field(repr=lambda root: root.hex()[:12])
    at: datetime | None = attrs.field(default=None, eq=False)
    note: Note | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, signer: Signer, at: datetime) -> Checkpoint:
        """The same with the two signatures of a log under it."""
        note = Note(text=self.text).signed(signer.sign(self.text), signer.cosign(self.text, at))
        return attrs.evolve(self, note=note, at=signer.public.signed_at(note))


def read_checkpoint(written: str, key: PublicKey) -> Checkpoint:
    """A checkpoint that *key* signed. Raises InvalidValue where it is none, or is not signed by that key."""
    note = read_note(written)
    found = unsigned(note)
    if epoch_of(found.origin, key.name) is None or not key.signed(note):
        raise InvalidValue("checkpoint", f"{key.name} did not sign it", f"不是由 {key.name} 签署的")
    return attrs.evolve(found, at=key.signed_at(note), note=note)


def unsigned(note: Note) -> Checkpoint:
    """What a note says of a log, whoever signed it. Raises InvalidValue where it says nothing of one."""
    lines = note.text.removesuffix("\n").split("\n")
    root = b"" if len(lines) != 3 else _root(lines[2])
    if len(root) != HASH_BYTES or not lines[0] or not _SIZE.fullmatch(lines[1]):
        problem = "a checkpoint has three lines: origin, size, root in base64"
        raise InvalidValue("checkpoint", problem, "检查点应有三行：来源、条数、base64 根哈希")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def _root(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
    return found if base64.b64encode(found).decode() == text else b""


def origin_of(epoch: int, name: str) -> str:
    """The origin of the log of a key in its first epoch, or in one after that."""
    return name if epoch == 1 else f"{name}/{epoch}"


def epoch_of(origin: str, name: str) -> int | None:
    """Which epoch of the log of that name an origin is; None where it is another log."""
    if origin == name:
        return 1
    number = origin.removeprefix(f"{name}/")
    return int(number) if number != origin and re.fullmatch("[2-9]|[1-9][0-9]{1,8}", number) else None

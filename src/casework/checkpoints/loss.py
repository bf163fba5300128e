"""A statement of loss: who accepted that entries of a log are gone, which ones, and where the log goes on.

It is signed, it lies beside the checkpoints, and it is itself a leaf of the log: whoever has any later
checkpoint can be shown it, and nobody can take it out again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime

import attrs

from casework.checkpoints.checkpoint import Checkpoint, epoch_of
from casework.checkpoints.keys import PublicKey, Signer
from casework.checkpoints.note import Note, read_note
from casework.errors import InvalidValue

TITLE = "casework accepts a loss"
_LINES = ("origin", "had", "kept", "next", "at", "by", "because")
_HEAD = re.compile(r"(0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)")


def _one_line(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not value.strip() or not value.isprintable() or len(value) > 1_000:
        raise InvalidValue(attribute.name, "one line of at most 1,000 characters is wanted", "应为一行，不超过 1000 字")


@attrs.frozen(kw_only=True)
class Loss:
    """*had* is the newest checkpoint that was known, *kept* is what the store still holds, *origin* what follows."""

    had: Checkpoint
    kept: Checkpoint
    origin: str
    at: datetime
    by: str = attrs.field(validator=_one_line)
    because: str = attrs.field(validator=_one_line)
    note: Note | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def text(self) -> str:
        """What is signed, and what the leaf is the hash of."""
        told = (
            self.had.origin,
            _head(self.had),
            _head(self.kept),
            self.origin,
            self.at.astimezone(UTC).isoformat(timespec="seconds"),
            self.by,
            self.because,
        )
        return f"{TITLE}\n" + "".join(f"{name} {value}\n" for name, value in zip(_LINES, told, strict=True))

    @property
    def leaf(self) -> bytes:
        """The leaf that follows on the last one that was kept."""
        return hashlib.sha256(b"\x00" + self.text.encode()).digest()

    def signed(self, signer: Signer) -> Loss:
        """The same with the signature of a log under it."""
        return attrs.evolve(self, note=Note(text=self.text).signed(signer.sign(self.text)))


def tells_loss(written: str) -> bool:
    """Whether a note is meant as a statement of loss."""
    return written.startswith(f"{TITLE}\n")


def read_loss(written: str, key: PublicKey | None) -> Loss:
    """A statement that *key* signed, or that anybody did. Raises InvalidValue where it is none."""
    note = read_note(written)
    lines = note.text.removesuffix("\n").split("\n")
    told = [line.partition(" ")[2] for line in lines[1:] if line.partition(" ")[0] in _LINES]
    if not tells_loss(written) or len(lines) != 1 + len(_LINES) or len(told) != len(_LINES):
        raise _unread()
    origin, had, kept, following, at, by, because = told
    if key is not None:
        old, new = epoch_of(origin, key.name), epoch_of(following, key.name)
        if old is None or new != old + 1 or not key.signed(note):
            raise InvalidValue("loss", f"{key.name} did not sign it", f"不是由 {key.name} 签署的")
    try:
        instant = datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        raise _unread() from None
    found = Loss(
        had=_headed(origin, had), kept=_headed(origin, kept), origin=following, at=instant, by=by, because=because
    )
    if found.text != note.text or found.kept.size > found.had.size:
        raise _unread()
    return attrs.evolve(found, note=note)


def _head(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size} {base64.b64encode(checkpoint.root).decode()}"


def _headed(origin: str, text: str) -> Checkpoint:
    match = _HEAD.fullmatch(text)
    if match is None:
        raise _unread()
    try:
        return Checkpoint(origin=origin, size=int(match[1]), root=base64.b64decode(match[2], validate=True))
    except binascii.Error:
        raise _unread() from None


def _unread() -> InvalidValue:
    return InvalidValue("loss", "it is no statement of loss", "不是损失声明")

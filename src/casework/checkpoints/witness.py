"""A witness (C2SP ``tlog-witness``): keeps the last checkpoint of each log, demands a proof that it only grew, cosigns.

Its memory is one file; of a log that forks or was put back it signs no second line.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import attrs

from casework.checkpoints.checkpoint import Checkpoint, epoch_of, read_checkpoint, unsigned
from casework.checkpoints.keys import PublicKey, Signer
from casework.checkpoints.note import Note, read_note
from casework.checkpoints.proof import MOST_HASHES, Proof, consistent
from casework.checkpoints.tree import HASH_BYTES
from casework.errors import InvalidValue, WitnessRefused

_OLD = re.compile("old (0|[1-9][0-9]{0,18})")


@attrs.frozen(kw_only=True)
class Request:
    """What a log asks a witness: its *note*, and the *proof* that it grew from the checkpoint of size *old*."""

    old: int
    proof: Proof
    note: Note

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(base64.b64encode(node).decode() for node in self.proof)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.note}"


def read_request(text: str) -> Request:
    """A request as the body of ``add-checkpoint`` has it. Raises InvalidValue where it is none."""
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    match = _OLD.fullmatch(first)
    try:
        proof = tuple(base64.b64decode(line, validate=True) for line in lines)
    except binascii.Error:
        proof = (b"",)
    if match is None or not blank or len(proof) > MOST_HASHES or any(len(node) != HASH_BYTES for node in proof):
        raise InvalidValue("request", "it begins with 'old SIZE' and a proof", "请求应以 old 条数与证明开头")
    return Request(old=int(match[1]), proof=proof, note=read_note(note))


class Witness:
    """*signer* is the witness's own key, *logs* the public keys of the logs that it knows, *memory* its file."""

    def __init__(self, signer: Signer, logs: Iterable[PublicKey], memory: str | Path) -> None:
        self._signer, self._memory = signer, Path(memory)
        self._logs = {key.name: key for key in logs}

    def add(self, text: str, *, at: datetime) -> str:
        """Look at a request; answers with the line of the cosignature. Raises WitnessRefused, InvalidValue."""
        request = read_request(text)
        origin = unsigned(request.note).origin
        key = next((key for name, key in self._logs.items() if epoch_of(origin, name) is not None), None)
        if key is None:
            raise WitnessRefused(404, f"the log {origin!r} is not known here")
        try:
            checkpoint = read_checkpoint(str(request.note), key)
        except InvalidValue as no:
            raise WitnessRefused(403, no.problem) from None
        with _alone(self._memory.with_suffix(".lock")):
            self._grown(request, checkpoint)
            self._remember(checkpoint)
        return str(self._signer.cosign(checkpoint.text, at))

    def _grown(self, request: Request, new: Checkpoint) -> None:
        last = self._held().get(new.origin, {"size": 0, "root": ""})
        size, root = int(last["size"]), bytes.fromhex(str(last["root"]))
        if request.old > new.size:
            raise WitnessRefused(400, "the old size is beyond the new one")
        if request.old != size:
            raise WitnessRefused(409, f"the last checkpoint of {new.origin} here has size {size}", size)
        if size == new.size and size and root != new.root:
            raise WitnessRefused(409, f"{new.origin} showed another root at size {size} before", size)
        if not consistent(request.proof, sizes=(size, new.size), roots=(root, new.root)):
            raise WitnessRefused(422, f"{new.origin} is not what it was at size {size}, with more after it")

    def _held(self) -> dict[str, dict[str, int | str]]:
        if not self._memory.exists():
            return {}
        found: dict[str, dict[str, int | str]] = json.loads(self._memory.read_text(encoding="utf-8"))
        return found

    def _remember(self, new: Checkpoint) -> None:
        """Before it is signed: a signature that the witness has forgotten could be asked for a second truth."""
        held = {**self._held(), new.origin: {"size": new.size, "root": new.root.hex()}}
        aside = self._memory.with_suffix(".new")
        with aside.open("w", encoding="utf-8") as file:
            json.dump(held, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._memory)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two requests at once must not both be compared with the same last checkpoint."""
    with lock.open("w") as file:
        try:
            import fcntl
        except ImportError:  # where there are no such locks, one process serves
            yield
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

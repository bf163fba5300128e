"""Files of cases: taken in, looked up, handed out, and forgotten once no case keeps them."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO

import attrs

from casework.blobs.checked import given_out, taken_in
from casework.blobs.media import objection, sniffed
from casework.blobs.names import file_name, headers
from casework.compiled import Compiled
from casework.desk.engine import Engine
from casework.desk.eras import in_their_eras
from casework.desk.requests import Asked
from casework.desk.viewing import Era, note_class, readable
from casework.errors import BlobDamaged, CaseworkError, InvalidValue, Refused
from casework.keys.streaming import OpeningStream, SealingStream
from casework.model.actor import Actor
from casework.model.case import Move, Snapshot
from casework.model.enclosure import Enclosure, SealedFile
from casework.model.fields import FIELD_CLASSES
from casework.model.refusal import Problem, Refusal
from casework.storage.enclosures import enclosed
from casework.storage.sql.transaction import Transaction
from casework.text import Text

log = logging.getLogger("casework.desk")
_AT_ONCE = 100
"""Blobs that are looked at under one write lock."""


@attrs.frozen(eq=False)
class Offer:
    """A file that was looked at and may be taken: its bytes, and the call that asks for it."""

    content: bytes
    asked: Asked

    @property
    def blob(self) -> str:
        """The digest under which the bytes are kept."""
        sealed = self.asked.sealed_file
        return str(self.asked.form["digest"]) if sealed is None else sealed.digest


def offered(
    engine: Engine,
    content: bytes | BinaryIO,
    *,
    name: object,
    media_type: str | None,
    field_class: object,
    request_id: str | None,
) -> Offer:
    """Look at a file. Refused with every problem at once: its size, its content, its name, its class."""
    problems = []
    try:
        held = taken_in(content, engine.enclosures.size)
    except InvalidValue as error:
        raise _unfit([_problem(error)]) from None
    unfit = objection(held, media_type, engine.enclosures.media_types)
    if unfit is not None:
        problems.append(Problem("content", Text(f"content: {unfit.en}", f"文件内容：{unfit.zh}")))
    if field_class not in FIELD_CLASSES:
        known = ", ".join(FIELD_CLASSES)
        text = Text(f"field_class takes one of {known}", f"敏感类别只能是以下之一：{known}")
        problems.append(Problem("field_class", text))
    kind = media_type or sniffed(held) or ""
    if unfit is None:
        try:
            name = file_name(name, kind)
        except InvalidValue as error:
            problems.append(_problem(error))
    if problems:
        raise _unfit(problems)
    digest = hashlib.sha256(held).hexdigest()
    form = {"name": name, "digest": digest, "media_type": kind, "size": len(held), "field_class": field_class}
    return Offer(held, Asked(kind="enclose", form=form, request_id=request_id))


def _problem(error: InvalidValue) -> Problem:
    title = {"content": "文件内容", "name": "文件名"}.get(error.where, error.where)
    return Problem(error.where, Text(str(error), f"{title}：{error.zh}"))


def _unfit(problems: list[Problem]) -> Refused:
    return Refused(Refusal("invalid-form", problems=tuple(problems)))


def keep(engine: Engine, offer: Offer) -> Offer:
    """Have the bytes kept, before an entry names them: sealed under a key of their own, where there are keys.

    Raises BlobDamaged where the blob store keeps other bytes.
    """
    if engine.keys is None:
        _put(engine, offer)
        return offer
    assert engine.blobs is not None, "without a blob store the offer was refused"
    stream = _sealing(offer, engine.store.seals.file_key())
    sealed: Any = stream
    if engine.blobs.put(sealed) != stream.digest:
        raise BlobDamaged(stream.digest, "the blob store kept other bytes than it was given")
    kept = SealedFile(digest=stream.digest, size=stream.size, key=stream.key.hex())
    return attrs.evolve(offer, asked=attrs.evolve(offer.asked, sealed_file=kept))


def _put(engine: Engine, offer: Offer) -> None:
    assert engine.blobs is not None, "without a blob store the offer was refused"
    content: Any = io.BytesIO(offer.content)
    if offer.asked.sealed_file is not None:
        content = _sealing(offer, bytes.fromhex(offer.asked.sealed_file.key))
    if engine.blobs.put(content) != offer.blob:
        raise BlobDamaged(offer.blob, "the blob store kept other bytes than it was given")


def _sealing(offer: Offer, key: bytes) -> SealingStream:
    return SealingStream(io.BytesIO(offer.content), key)


def keep_still(engine: Engine, offer: Offer) -> None:
    """Under the write lock, just before the commit: somebody may have swept the bytes away meanwhile."""
    assert engine.blobs is not None
    sealed = offer.asked.sealed_file
    if engine.blobs.size(offer.blob) != (len(offer.content) if sealed is None else sealed.size):
        _put(engine, offer)


def check_room(engine: Engine, transaction: Transaction, case: Snapshot, move: Move) -> None:
    """Refuse where there is no blob store, and where the case keeps as much as it may."""
    if engine.blobs is None:
        text = Text(
            "this application keeps no files; give Casework(blobs=…), or --blobs on the command line",
            "本应用未设置文件存储；请设置 Casework(blobs=…) 或命令行的 --blobs",
        )
        raise Refused(Refusal("part-absent", case_id=case.id, text=text, part="blobs"))
    limits = engine.enclosures
    count, size = engine.store.enclosures.held(transaction, case.tenant, case.id)
    if count >= limits.case_count:
        text = Text(f"a case keeps at most {limits.case_count} files", f"每个案件最多保存{limits.case_count}份附件")
        raise Refused(Refusal("limit-reached", case_id=case.id, text=text))
    if size + int(str(move.form["size"])) > limits.case_size:
        most = f"{limits.case_size:,}"
        text = Text(f"the files of a case take at most {most} bytes together", f"每个案件的附件合计最多{most}字节")
        raise Refused(Refusal("limit-reached", case_id=case.id, text=text))


def kept(
    engine: Engine, transaction: Transaction, actor: Actor, compiled: Compiled, case: Snapshot
) -> tuple[Enclosure, ...]:
    """The files of a case that *actor* may read, the oldest first."""
    entries = engine.store.entries.of_case(transaction, case.tenant, case.id)
    files = enclosed(entries)
    if not files:
        return ()
    now = Era(compiled, engine.roles(transaction, compiled, actor, case))
    eras = {frame.number: then for then, _, frame in in_their_eras(engine, transaction, actor, case, now, entries)}
    visible = tuple(item for item in files if readable(now, eras[item.number], item))
    note_class(transaction.shown, now, case.id, (item.field_class for item in visible))
    return visible


def one(
    engine: Engine, transaction: Transaction, actor: Actor, compiled: Compiled, case: Snapshot, number: object
) -> Enclosure:
    """The file of entry *number*. Refused as not found where there is none, and where they may not read it."""
    for item in kept(engine, transaction, actor, compiled, case):
        if type(number) is int and item.number == number:
            return item
    text = Text("the case keeps no such file", "该案件没有这份附件")
    raise Refused(Refusal("not-found", case_id=case.id, text=text))


def forget_later(engine: Engine, transaction: Transaction, digest: str) -> None:
    """Remove a blob once the commit is done, unless some case keeps it."""
    transaction.after_commit.append(lambda: _forget(engine, digest))


def _forget(engine: Engine, digest: str) -> None:
    # The entry is committed: what fails here leaves a blob that sweeping removes, and is no failure of the call.
    try:
        with engine.store.transactions.write() as transaction:
            if engine.blobs is not None and not engine.store.enclosures.named(transaction, digest):
                engine.blobs.delete(digest)
    except CaseworkError as error:
        log.warning("a blob that no case keeps stays until `casework blobs --sweep`: %s", type(error).__name__)


def sweep(engine: Engine, before: datetime) -> int:
    """Remove blobs that no case keeps and that were put before that instant; answers with how many.

    Each is looked up and removed under the write lock, so that nobody encloses it in between.
    """
    if engine.blobs is None:
        return 0
    old = [blob.digest for blob in engine.blobs.stored() if blob.at < before]
    count = 0
    for start in range(0, len(old), _AT_ONCE):
        with engine.store.transactions.write() as transaction:
            for digest in old[start : start + _AT_ONCE]:
                if not engine.store.enclosures.named(transaction, digest):
                    engine.blobs.delete(digest)
                    count += 1
    return count + engine.blobs.tidy(before)


class OpenEnclosure:
    """A file of a case on its way out: iterate over its bytes, or read() them; close it, or use it as a context.

    Raises BlobDamaged before the last bytes where they are not those that were enclosed; whoever hands pieces
    on has to break off then.
    """

    def __init__(self, enclosure: Enclosure, stream: BinaryIO) -> None:
        self.enclosure, self._stream = enclosure, stream

    @property
    def headers(self) -> dict[str, str]:
        """The headers under which a host may hand the file to a browser: saved, and never shown as a page."""
        told = self.enclosure
        return headers(told.name, told.media_type, told.size)

    def __iter__(self) -> Iterator[bytes]:
        """The bytes in pieces, once."""
        return given_out(self._stream, self.enclosure.digest, self.enclosure.size)

    def read(self) -> bytes:
        """All bytes at once."""
        return b"".join(self)

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def __enter__(self) -> OpenEnclosure:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def opened(engine: Engine, enclosure: Enclosure) -> OpenEnclosure:
    """The bytes of a file that somebody may read. Raises BlobDamaged where they are not there."""
    if engine.blobs is None:
        advice = "give Casework(blobs=…), or --blobs on the command line"
        raise BlobDamaged(enclosure.digest, f"this application has no blob store; {advice}")
    stream: Any = engine.blobs.open(enclosure.blob)
    if enclosure.sealed is not None:
        stream = OpeningStream(stream, bytes.fromhex(enclosure.sealed.key), enclosure.blob)
    return OpenEnclosure(enclosure, stream)

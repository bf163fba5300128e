"""Read PFIF 1.4, 1.3 and 1.2 as a stream: one answer for each record of the file, in the order of the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

from casework_police.pfif.assembly import Assembly
from casework_police.pfif.finding import PfifFinding, Rejected
from casework_police.pfif.limits import Limits
from casework_police.pfif.markup import Parser, Unreadable, chunks
from casework_police.pfif.record import Note, Person, Tombstone, aware

Item: TypeAlias = Person | Note | Tombstone | Rejected | PfifFinding

DEFAULT_LIMITS = Limits()


def read(source: bytes | Path | BinaryIO, *, now: datetime, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """The records of a document, from bytes, a path or a binary stream, as they come; memory does not grow with it.

    A good record is given as Person, Note or Tombstone, a bad one as Rejected with its findings; the notes within a
    person follow that person. A person whose expiry date is past at *now* is a Tombstone, whatever the file still
    tells of them. Findings that stand alone are about no record, or warnings, or the fatal one after which reading
    stopped; what came before it stands.

    Raises InvalidValue for a source of another type or a naive *now*, OSError where the source cannot be read.
    """
    found: deque[Item] = deque()
    assembly = Assembly(found.append, aware(now), limits)
    parser = Parser(assembly, limits)
    try:
        for chunk in chunks(source):
            parser.feed(chunk)
            while found:
                yield found.popleft()
        parser.close()
    except Unreadable as stopped:
        yield from found
        yield stopped.finding
        return
    yield from found

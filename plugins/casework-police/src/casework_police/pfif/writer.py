"""Write PFIF 1.4 as a stream: always valid, always the same bytes for the same records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import BinaryIO, Literal

import attrs

from casework import InvalidValue
from casework_police.pfif.kinds import Kind
from casework_police.pfif.record import Note, Person, Record, Tombstone, aware, expired, kinds_of, tombstone_of
from casework_police.pfif.version import NAMESPACE

_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<pfif:pfif xmlns:pfif="{NAMESPACE}">\n'
_FOOT = "</pfif:pfif>\n"
_KINDS: Mapping[type[Record], Mapping[str, Kind]] = MappingProxyType(
    {kind: kinds_of(kind) for kind in (Person, Note, Tombstone)}
)
# A carriage return that is not a reference is read as a line feed (XML 1.0, section 2.11).
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


@attrs.frozen(kw_only=True)
class Written:
    """How many records of each kind a document holds, and how many notes of expired persons it does not."""

    persons: int = 0
    notes: int = 0
    tombstones: int = 0
    left_out: int = 0


def write(records: Iterable[Record], stream: BinaryIO, *, now: datetime) -> Written:
    """Write *records* in their order to a binary *stream*, as one document of PFIF 1.4.

    A note that follows its person stands within it, any other at the top. Of a person whose expiry date is past at
    *now* only the placeholder is written, and none of the notes that follow (PFIF 1.4, section 3.3).
    Raises InvalidValue for anything but a record or a naive *now*.
    """
    counts = {"persons": 0, "notes": 0, "tombstones": 0, "left_out": 0}
    stream.write(_HEAD.encode())
    for counted, text in _pieces(records, aware(now)):
        stream.write(text.encode())
        if counted is not None:
            counts[counted] += 1
    stream.write(_FOOT.encode())
    return Written(**counts)


_Counted = Literal["persons", "notes", "tombstones", "left_out"]


def _pieces(records: Iterable[Record], now: datetime) -> Iterator[tuple[_Counted | None, str]]:
    """The document piece by piece, each with what it counts as; a person stays open while its own notes follow."""
    within, gone = "", set[str]()
    for record in records:
        if type(record) not in _KINDS:
            raise InvalidValue(
                "records", f"takes Person, Note or Tombstone, not {type(record).__name__}", "须为PFIF记录"
            )
        if isinstance(record, Note) and record.person_record_id in gone:
            yield "left_out", ""
            continue
        inside = isinstance(record, Note) and record.person_record_id == within
        if within and not inside:
            yield None, "  </pfif:person>\n"
            within = ""
        if isinstance(record, Person) and expired(record, now):
            record = tombstone_of(record, now)
        if isinstance(record, Note):
            yield "notes", _note(record, "    " if inside else "  ")
        elif isinstance(record, Person):
            within = record.person_record_id
            yield "persons", f"  <pfif:person>\n{_fields(record, '    ')}"
        else:
            gone.add(record.person_record_id)
            # The schema asks for a full name even where nothing may be told (PFIF 1.4, section 5).
            name = "    <pfif:full_name></pfif:full_name>\n"
            yield "tombstones", f"  <pfif:person>\n{_fields(record, '    ')}{name}  </pfif:person>\n"
    if within:
        yield None, "  </pfif:person>\n"


def _note(note: Note, indent: str) -> str:
    return f"{indent}<pfif:note>\n{_fields(note, indent + '  ')}{indent}</pfif:note>\n"


def _fields(record: Record, indent: str) -> str:
    lines = []
    for name, kind in _KINDS[type(record)].items():
        value = getattr(record, name)
        if value is not None:
            lines.append(f"{indent}<pfif:{name}>{kind.show(value).translate(_ESCAPES)}</pfif:{name}>\n")
    return "".join(lines)

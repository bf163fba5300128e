"""Notes of PFIF as remarks in the log of a case, readable by people and by this module; and remarks of what was shared.

A remark is a first line that names the note, one line for each of its fields, an empty line, and its text. One that is
longer than a remark may be is told in several, each with its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from casework import HistoryEntry, InvalidValue
from casework_police.pfif.record import Note, kinds_of

REMARK_LIMIT = 2_000
_PART = 1_800
_FIRST = re.compile(r"PFIF (?P<id>\S.*) \((?P<part>[0-9]{1,4})/(?P<parts>[0-9]{1,4})\)")
_KINDS = kinds_of(Note)
_TOLD_APART = ("note_record_id", "text")


def remarks_of(note: Note) -> tuple[str, ...]:
    """The remarks that keep a note, each short enough to be one."""
    lines = [
        f"{name}: {kind.show(getattr(note, name))}".replace("\r", " ").replace("\n", "\n  ")
        for name, kind in _KINDS.items()
        if name not in _TOLD_APART and getattr(note, name) is not None
    ]
    whole = "\n".join([*lines, "", note.text])
    parts = [whole[at : at + _PART] for at in range(0, len(whole), _PART)]
    return tuple(f"PFIF {note.note_record_id} ({n}/{len(parts)})\n{part}" for n, part in enumerate(parts, start=1))


def notes_in(history: Iterable[HistoryEntry]) -> Iterator[Note]:
    """The notes that the remarks of a case keep, each once, as last told; what is no such remark is passed over."""
    wholes: dict[str, list[str]] = {}
    notes: dict[str, Note] = {}
    for entry in history:
        first, _, rest = entry.note.partition("\n")
        found = _FIRST.fullmatch(first)
        if entry.kind != "note" or found is None:
            continue
        parts = wholes.setdefault(found["id"], [])
        if int(found["part"]) == len(parts) + 1:
            parts.append(rest)
        if len(parts) == int(found["parts"]):
            note = _note(found["id"], "".join(wholes.pop(found["id"])))
            if note is not None:
                notes[found["id"]] = note
    yield from notes.values()


def _note(note_record_id: str, whole: str) -> Note | None:
    head, _, text = whole.partition("\n\n")
    told: dict[str, object] = {"note_record_id": note_record_id, "text": text}
    for line in head.replace("\n  ", "\r").split("\n"):
        name, _, value = line.partition(": ")
        if name not in _KINDS or name in told:
            return None
        try:
            told[name] = _KINDS[name].read(value.replace("\r", "\n"))
        except InvalidValue:
            return None
    try:
        return Note(**told)  # type: ignore[arg-type]
    except (InvalidValue, TypeError):
        return None

"""Count what a document holds, so that nothing of it is lost without being told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

import attrs

from casework_police.pfif.finding import PfifFinding, Rejected, finding
from casework_police.pfif.reader import Item
from casework_police.pfif.record import Note, Person, Tombstone


@attrs.define(kw_only=True)
class Tally:
    """How many records were read, how many of them were good, bad or left out, and what was found.

    Counting needs eight bytes and their place in a set for each record, to find those that stand there twice.
    """

    persons: int = 0
    notes: int = 0
    tombstones: int = 0
    rejected: int = 0
    left_out: int = 0
    errors: int = 0
    warnings: int = 0
    _seen: set[bytes] = attrs.field(factory=set, init=False)

    @property
    def read(self) -> int:
        """Every record of the document."""
        return self.persons + self.notes + self.tombstones + self.rejected + self.left_out

    def findings(self, items: Iterable[Item]) -> Iterator[PfifFinding]:
        """Everything that is wrong with *items*, counted on the way, in the order of the document."""
        for item in items:
            for found in self._counted(item):
                self.errors += found.level != "warning"
                self.warnings += found.level == "warning"
                yield found

    def _counted(self, item: Item) -> tuple[PfifFinding, ...]:
        match item:
            case PfifFinding():
                self.left_out += item.code == "expired-note"
                return (item,)
            case Rejected():
                self.rejected += 1
                return item.findings
            case Person():
                self.persons += 1
                return self._again("person", item.person_record_id)
            case Tombstone():
                self.tombstones += 1
                return self._again("person", item.person_record_id)
            case Note():
                self.notes += 1
                return self._again("note", item.note_record_id)

    def _again(self, kind: str, record_id: str) -> tuple[PfifFinding, ...]:
        digest = blake2b(f"{kind} {record_id}".encode(), digest_size=8).digest()
        if digest in self._seen:
            return (finding("repeated-record", 0, level="warning", record=record_id),)
        self._seen.add(digest)
        return ()

    def plain(self) -> dict[str, Any]:
        """The counts as JSON holds them."""
        names = ("persons", "notes", "tombstones", "rejected", "left_out", "errors", "warnings")
        return {"read": self.read, **{name: getattr(self, name) for name in names}}

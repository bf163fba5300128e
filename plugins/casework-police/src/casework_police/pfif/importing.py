"""Take PFIF records into a store: reports are opened, amended and cleared once; records are linked, never merged."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Literal

import attrs

from casework import Case, Desk, Refused, Text
from casework_police.pfif.clearing import clear, holds_contents
from casework_police.pfif.finding import PfifFinding, Rejected, finding
from casework_police.pfif.kinds import ahead, domain_of
from casework_police.pfif.mapping import Kept, values_of
from casework_police.pfif.mirrors import mirrors
from casework_police.pfif.order import clears, order_of
from casework_police.pfif.reader import Item
from casework_police.pfif.record import Note, Person, Tombstone, aware
from casework_police.pfif.remark import REMARK_LIMIT, remarks_of

Result = Literal["opened", "amended", "unchanged", "cleared", "noted", "left_out", "rejected", "told"]

CHUNK = 100
RESULTS: tuple[Result, ...] = ("opened", "amended", "unchanged", "cleared", "noted", "left_out", "rejected")
_OVER = ("withdrawn", "expired")
_WARNINGS = ("older-record", "own-record", "several-reports", "note-of-gone")
_Answer = tuple[Result, tuple[PfifFinding, ...]]


@attrs.frozen(kw_only=True)
class Imported:
    """What became of each record of a document; the counts add up to the records that were read."""

    counts: Mapping[Result, int]
    findings: tuple[PfifFinding, ...]

    @property
    def read(self) -> int:
        """How many records were read."""
        return sum(self.counts.values())

    @property
    def whole(self) -> bool:
        """Whether every record came in, or needed not to: there is nothing that somebody has to look at."""
        return all(found.level == "warning" for found in self.findings)

    def plain(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        counts: dict[str, Any] = {name: self.counts[name] for name in RESULTS}
        return {"read": self.read, **counts, "findings": [found.plain() for found in self.findings]}


def import_records(desk: Desk, items: Iterable[Item], *, domain: str, now: datetime, dry_run: bool = False) -> Imported:
    """Take in what a reader gives. Asks for a role that may open, amend and note reports of missing persons.

    A person record opens a report, found again by its record id; a newer source date amends it, an older one is ignored
    with a finding. A source date in the future of *now* ranks below every one that can be true. A tombstone clears what
    the report holds and ends it, unless the record was restored since. Notes become remarks of their report, and the
    links between persons that they tell stay links. A record of our own *domain* changes nothing: we are its origin.
    Doing it again does nothing again. With *dry_run* nothing is written, and the counts are those of doing it.
    A hundred records are one transaction; one that is refused is a finding. Raises InvalidValue for a *domain* that no
    record identifier may begin with and for a naive *now*, StoreUnavailable, or Refused where
    the store is out of reach: what was taken in before stays, and doing it again goes on from there.
    """
    taking = _Taking(desk, domain_of(domain, "domain"), aware(now), dry_run)
    counts: Counter[Result] = Counter()
    findings: list[PfifFinding] = []
    source = iter(items)
    while chunk := tuple(islice(source, CHUNK)):
        for result, found in taking.take_all(chunk):
            counts[result] += 1
            findings += found
    del counts["told"]
    return Imported(counts={name: counts[name] for name in RESULTS}, findings=tuple(findings))


@attrs.frozen
class _Taking:
    """One run of an import; *planned* is what a dry run would have opened by now."""

    desk: Desk
    domain: str
    now: datetime
    dry_run: bool
    planned: dict[str, datetime] = attrs.field(factory=dict)

    def take_all(self, items: tuple[Item, ...]) -> list[_Answer]:
        """Take some records in, in one transaction; one that is refused leaves the others as they are."""
        if self.dry_run:
            return [self._answer(item) for item in items]
        return self.desk.within(lambda desk: [attrs.evolve(self, desk=desk)._answer(item) for item in items])

    def _answer(self, item: Item) -> _Answer:
        if isinstance(item, PfifFinding):
            return "left_out" if item.code == "expired-note" else "told", (item,)
        if isinstance(item, Rejected):
            return "rejected", item.findings
        try:
            return self._take(item)
        except Refused as no:
            if no.refusal.code in ("store-unavailable", "outcome-unknown"):
                raise
            return "left_out", (_told("refused", item, no),)

    def _take(self, item: Person | Note | Tombstone) -> _Answer:
        if isinstance(item, Note):
            return self._note(item)
        if item.person_record_id.startswith(f"{self.domain}/"):
            return "left_out", (_told("own-record", item),)
        held = self._held(item.person_record_id)
        several = (_told("several-reports", item),) if len(held) > 1 else ()
        if isinstance(item, Tombstone):
            result, found = self._clear(held[0], item) if held else ("unchanged", ())
        else:
            result, found = self._mirror(held[0], item) if held else self._open(item)
        return result, (*found, *several)

    def _held(self, record_id: str) -> tuple[Case, ...]:
        """The reports of a record id, open ones first, then the newest."""
        local = record_id.removeprefix(f"{self.domain}/")
        if local != record_id:
            return tuple(self._own(local))
        return mirrors(self.desk, record_id)

    def _own(self, case_id: str) -> Iterator[Case]:
        try:
            case = self.desk.get(case_id)
        except Refused:
            return
        if case.case_type == "missing_person":
            yield case

    def _open(self, person: Person) -> _Answer:
        kept = self._kept(person)
        if self.dry_run:
            return self._planned(person, kept)
        values = {name: value for name, value in kept.values.items() if value is not None}
        case = self.desk.open("missing_person", request_id=_request("open", person), **values)
        self._remark(case.id, person, kept.rest)
        return "opened", _kept_aside(person, kept.rest)

    def _planned(self, person: Person, kept: Kept) -> _Answer:
        before = self.planned.get(person.person_record_id)
        stays = self._stays(person, before)
        if stays is not None:
            return stays
        self.planned[person.person_record_id] = person.source_date
        return "opened" if before is None else "amended", _kept_aside(person, kept.rest)

    def _kept(self, person: Person) -> Kept:
        """What a report keeps; an age of a day that is not yet is taken as that of today."""
        return values_of(person, on=self.now.date() if ahead(person.source_date, self.now) else None)

    def _stays(self, person: Person, held: datetime | None) -> _Answer | None:
        """The answer where what is *held* stays as it is; None where the record is newer."""
        order = order_of(person.source_date, held, self.now)
        if order == "unknown":
            return "left_out", (_told("unknown-order", person),)
        if order == "newer":
            return None
        return "unchanged", (_told("older-record", person),) if order == "older" else ()

    def _mirror(self, case: Case, person: Person) -> _Answer:
        data: Mapping[str, Any] = case.data
        stays = self._stays(person, data.get("source_date"))
        if stays is not None:
            return stays
        if case.closed:
            return "left_out", (_told("closed-report", person),)
        kept = self._kept(person)
        if not self.dry_run:
            changed = {name: value for name, value in kept.values.items() if data.get(name) != value}
            self.desk.amend(case, request_id=_request("amend", person), **changed)
            self._remark(case.id, person, kept.rest)
        return "amended", _kept_aside(person, kept.rest)

    def _clear(self, case: Case, tombstone: Tombstone) -> _Answer:
        data: Mapping[str, Any] = case.data
        if not clears(tombstone, data.get("source_date"), self.now):
            return "left_out", (_told("older-tombstone", tombstone),)
        if case.closed:
            return ("left_out", (_told("not-cleared", tombstone),)) if holds_contents(case) else ("unchanged", ())
        if not self.dry_run:
            clear(self.desk, case, tombstone)
        return "cleared", ()

    def _note(self, note: Note) -> _Answer:
        held = self._held(note.person_record_id)
        if not held:
            known = note.person_record_id in self.planned
            return ("noted", ()) if known else ("left_out", (_told("no-such-person", note),))
        if held[0].state in _OVER:
            return "left_out", (_told("note-of-gone", note),)
        if not self.dry_run:
            for number, remark in enumerate(remarks_of(note), start=1):
                self.desk.note(held[0].id, remark, request_id=_request(f"note-{number}", note))
        return "noted", ()

    def _remark(self, case_id: str, person: Person, rest: tuple[str, ...]) -> None:
        """What has no field of its own is kept as remarks, so that nothing of the record is lost."""
        whole, size = "\n".join(rest), REMARK_LIMIT - 100
        for number, at in enumerate(range(0, len(whole), size), start=1):
            remark = f"PFIF {person.source_date:%Y-%m-%d}\n{whole[at : at + size]}"
            self.desk.note(case_id, remark, request_id=_request(f"rest-{number}", person))


def _kept_aside(person: Person, rest: tuple[str, ...]) -> tuple[PfifFinding, ...]:
    if not rest:
        return ()
    names = ", ".join(line.partition(":")[0] for line in rest)
    return (finding("kept-as-remark", 0, Text(names, names), level="warning", record=person.person_record_id),)


def _request(what: str, record: Person | Note) -> str:
    """One request for one version of one record, named by its identifier and date alone.

    A digest of its contents would outlive them, and could be tried out on a few names (F62).
    """
    named = record.note_record_id if isinstance(record, Note) else record.person_record_id
    return f"pfif-{what}:{hashlib.sha256(f'{named} {record.source_date}'.encode()).hexdigest()}"


def _told(code: str, record: Person | Note | Tombstone, no: Refused | None = None) -> PfifFinding:
    more = Text() if no is None else Text(no.refusal.sentence("en"), no.refusal.sentence("zh"))
    named = record.note_record_id if isinstance(record, Note) else record.person_record_id
    level: Literal["warning", "error"] = "warning" if code in _WARNINGS else "error"
    return finding(code, 0, more, level=level, record=named)

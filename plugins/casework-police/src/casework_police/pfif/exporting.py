"""What leaves a store as PFIF: reports within their consent, and placeholders for those that may be kept no longer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from casework import Case, Desk, HistoryEntry, InvalidValue, Refused, Text
from casework_police.bases import BASES
from casework_police.pfif.finding import PfifFinding, finding
from casework_police.pfif.kinds import Status, domain_of
from casework_police.pfif.mapping import own_id, person_of
from casework_police.pfif.mirrors import mirrors
from casework_police.pfif.record import Note, Person, Tombstone, aware
from casework_police.pfif.remark import notes_in
from casework_police.pfif.within import Within

Exported = Person | Note | Tombstone | PfifFinding

_PAGE = 100
_TAKEN_BACK = ("withdrawn", "expired")
_STATUS: Mapping[str, tuple[Status, Text]] = MappingProxyType(
    {
        "reported": ("information_sought", Text("reported missing", "已报失踪")),
        "searching": ("information_sought", Text("searched for", "查找中")),
        # A candidate that is not confirmed is nobody's business but the search's.
        "candidate": ("information_sought", Text("searched for", "查找中")),
        "found": ("believed_alive", Text("found", "已找到")),
        "found_elsewhere": ("believed_alive", Text("found", "已找到")),
        "died": ("believed_dead", Text("died", "已死亡")),
    }
)


@attrs.frozen(kw_only=True)
class Origin:
    """Whose register this is: the *domain* that its identifiers begin with, and its *name* for people.

    Raises InvalidValue for a domain that no record identifier may begin with.
    """

    domain: str = attrs.field(validator=lambda _, __, value: domain_of(value, "origin.domain"))
    name: str


def export(desk: Desk, *, within: Within, origin: Origin, now: datetime) -> Iterator[Exported]:
    """Every report that may leave *within* those bounds, each followed by a note of how its search stands.

    That it leaves, to whom, on which basis and with which fields is remarked in its log first; what cannot be remarked
    does not leave, and is a finding. A report that was shareable and is no longer (withdrawn, expired, its consent
    taken back, long found) leaves as a Tombstone. Of several reports that mirror one record only the first that
    ``mirrors`` gives leaves; another one that is open is a finding.
    Raises Refused where the actor may not search reports.
    """
    after = None
    while True:
        page = desk.find("missing_person", after=after, limit=_PAGE)
        for case in page.cases:
            yield from _exported(desk, case, within, origin, aware(now))
        if not page.more:
            return
        after = page.after


def _exported(desk: Desk, case: Case, within: Within, origin: Origin, now: datetime) -> Iterator[Exported]:
    history = desk.history(case)
    identifier = own_id(case, origin.domain)
    held = mirrors(desk, identifier) if case.data.get("source_record_id") else (case,)
    if held and held[0].id != case.id:
        # Two records of one identifier would contradict each other; the report that an import takes speaks for it.
        if not case.closed:
            yield finding("several-reports", 0, level="warning", record=identifier)
        return
    try:
        person = _person(case, history, within, origin) or _gone(desk, held[1:], within, origin)
    except InvalidValue as error:
        yield finding("not-writable", 0, Text(error.problem, error.zh), record=identifier, field=error.where)
        return
    if person is None:
        return
    if isinstance(person, Person) and person.expiry_date is not None and person.expiry_date <= now:
        person = _tombstone(identifier, person.expiry_date)
    if isinstance(person, Tombstone):
        yield person
        return
    told = [_status(case, history, person.person_record_id, origin)]
    if within.notes:
        told += [note for note in notes_in(history) if note.person_record_id == person.person_record_id]
    refused = _remarked(desk, case, within, person, told)
    if refused is not None:
        yield refused
        return
    yield person
    yield from told


def _person(case: Case, history: tuple[HistoryEntry, ...], within: Within, origin: Origin) -> Person | Tombstone | None:
    """The report as it may leave, what is left of it, or None where nobody ever could have had it."""
    changed = max((entry.at for entry in history if entry.kind != "note"), default=case.opened_at)
    taken_back = case.state in _TAKEN_BACK or (case.state == "died" and within.audience == "public")
    if not within.covers(case) or taken_back:
        gone = within.consented and within.was_shareable(history)
        return _tombstone(own_id(case, origin.domain), changed) if gone else None
    came = max((entry.at for entry in history if "source_date" in entry.changes), default=case.opened_at)
    person = person_of(
        case, within=within, domain=origin.domain, source_name=origin.name, changed_at=changed, came_at=came
    )
    if case.closed_at is None:
        return person
    over = (case.closed_at + within.after_end).replace(microsecond=0)
    return attrs.evolve(person, expiry_date=min(over, person.expiry_date or over))


def _gone(desk: Desk, others: tuple[Case, ...], within: Within, origin: Origin) -> Tombstone | None:
    """What is left of a record whose report never could leave, where another report of it once could."""
    left = (_person(case, desk.history(case), within, origin) for case in others)
    return next((made for made in left if isinstance(made, Tombstone)), None)


def _tombstone(identifier: str, gone_at: datetime) -> Tombstone:
    gone = gone_at.replace(microsecond=0)
    return Tombstone(person_record_id=identifier, expiry_date=gone, source_date=gone, entry_date=gone)


def _status(case: Case, history: tuple[HistoryEntry, ...], identifier: str, origin: Origin) -> Note:
    status, text = _STATUS[case.state]
    entered = max((entry.at for entry in history if entry.steps), default=case.opened_at).replace(microsecond=0)
    return Note(
        note_record_id=f"{origin.domain}/{case.id}/{status}/{int(entered.timestamp())}",
        person_record_id=identifier,
        entry_date=entered,
        author_name=origin.name,
        source_date=entered,
        status=status,
        text=f"{text.zh} / {text.en}",
    )


def _remarked(desk: Desk, case: Case, within: Within, person: Person, told: list[Note]) -> PfifFinding | None:
    """Write into the log what is about to leave; what has not changed since is remarked once for each receiver."""
    basis = next(choice.title for choice in BASES if choice.name == within.basis)
    names = [field.name for field in attrs.fields(Person) if getattr(person, field.name) is not None]
    remark = (
        f"PFIF → {within.recipient} ({within.audience})\n{basis.zh} / {basis.en}\n"
        f"{', '.join(names)}; notes: {len(told)}"
    )
    # Of what left only the instant of its last change: a digest of the contents would outlive them (F62).
    digest = hashlib.sha256(f"{case.id} {person.entry_date} {remark}".encode()).hexdigest()
    try:
        desk.note(case.id, remark, request_id=f"pfif-export:{digest}")
    except Refused as no:
        more = Text(no.refusal.sentence("en"), no.refusal.sentence("zh"))
        return finding("not-remarked", 0, more, record=person.person_record_id)
    return None

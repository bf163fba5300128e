"""One projection for every outlet: a case, or an entry of its log, as somebody may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from casework.clock import from_micros
from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.model.case import Case, Cause, Snapshot
from casework.model.decision import Decision, Step
from casework.model.enclosure import Enclosure
from casework.model.erasure import Erases
from casework.model.fields import Field
from casework.model.outfit import ACCOUNT_OWNERS
from casework.model.reading import Shown
from casework.storage.codec import values_from_plain
from casework.storage.enclosures import enclosure_of
from casework.storage.log import Entry, Frame, apart_of


def seen(shown: list[Shown], compiled: Compiled, snapshot: Snapshot, roles: frozenset[str], entry: int = 0) -> Case:
    """The case with the fields that *roles* may read; of the others only the names of those that are known.

    What of it is watched is added to *shown*, as by every projection of this module.
    """
    visible = compiled.access.visible(snapshot.data, roles)
    note_shown(shown, compiled, snapshot.id, visible, roles)
    return Case(
        id=snapshot.id,
        case_type=snapshot.case_type,
        revision=snapshot.revision,
        unit=snapshot.unit,
        main=compiled.main,
        states=snapshot.states,
        data={name: value for name, value in snapshot.data.items() if name in visible},
        hidden=tuple(sorted(snapshot.data.keys() - visible)),
        dues=snapshot.dues,
        opened_at=snapshot.opened_at,
        closed_at=snapshot.closed_at,
        parent=snapshot.parent,
        subjects=snapshot.subjects if compiled.access.knows_persons(roles) else {},
        manifest=snapshot.manifest,
        entry=entry or snapshot.revision,
    )


def note_shown(
    shown: list[Shown], compiled: Compiled, case_id: str, names: Iterable[str], roles: frozenset[str]
) -> None:
    """Note that values of the fields *names* are about to be seen, where any of them is watched."""
    access = compiled.access
    watched = access.watched.intersection(names)
    if watched:
        classes = {access.class_of(name) for name in watched}
        shown.append(Shown(case_id, tuple(sorted(classes)), access.by_which((), watched, roles)))


def note_class(shown: list[Shown], era: Era, case_id: str, classes: Iterable[str]) -> None:
    """The same for what is of some class and no field of the case: files, and what only a form held."""
    access = era.compiled.access
    watched = access.watched_classes.intersection(classes)
    if watched:
        shown.append(Shown(case_id, tuple(sorted(watched)), access.by_which(watched, (), era.roles)))


def receded(compiled: Compiled, past: Snapshot) -> Case:
    """A case that the actor may view no longer, as their own entry left it: its course, and nothing of its contents."""
    return Case(
        id=past.id,
        case_type=past.case_type,
        revision=past.revision,
        unit=past.unit,
        main=compiled.main,
        states=past.states,
        data={},
        opened_at=past.opened_at,
        closed_at=past.closed_at,
        manifest=past.manifest,
        entry=past.revision,
    )


def after(snapshot: Snapshot, decision: Decision, revision: int) -> Snapshot:
    """The case as a decision leaves it."""
    return Snapshot(
        tenant=snapshot.tenant,
        id=snapshot.id,
        case_type=snapshot.case_type,
        manifest=snapshot.manifest if decision.adopts is None else decision.adopts.manifest,
        revision=revision,
        unit=snapshot.unit,
        opened_at=snapshot.opened_at,
        closed_at=decision.closed_at,
        parent=snapshot.parent,
        head=snapshot.head,
        states=decision.states,
        data=decision.data,
        marks=decision.marks,
        dues=decision.dues,
        terms=decision.terms,
        acts=decision.acts,
        subjects=snapshot.subjects,
        balances=snapshot.balances,
        holds=snapshot.holds,
        glasses=snapshot.glasses if decision.breaks is None else (*snapshot.glasses, decision.breaks),
    )


@attrs.frozen(kw_only=True)
class HistoryEntry:
    """One entry of the log as somebody may see it. *hidden* names what they may not, *erased* what is gone.

    One that is *withheld* is from before their view of the case: its number, kind and time, and nothing else.
    Where they may not know persons, *postings* leave out whose an account is, and *assigned* says an empty name.
    *breaks* says until when a glass was broken, *reviews* which entry that broke one was reviewed.
    *dues* are the due dates that rules set by it: None for one that stands still, is not known yet or has ended.
    """

    number: int
    at: datetime
    kind: str
    trigger: str
    actor: str
    person: str
    steps: tuple[Step, ...]
    changes: Mapping[str, Value | None]
    form: Mapping[str, Value | None]
    hidden: tuple[str, ...]
    erased: bool
    note: str
    cause: Cause | None
    postings: tuple[tuple[str, str, str, int], ...]
    opened: tuple[tuple[str, str, str], ...]
    assigned: tuple[tuple[str, str | None], ...]
    corrects: int | None
    refused: str
    hash: str
    enclosed: Enclosure | None = None
    withdraws: int | None = None
    adopted: str = ""
    migration: tuple[str, str] | None = None
    withheld: bool = False
    erases: Erases | None = None
    breaks: datetime | None = None
    reviews: int | None = None
    manifest: str = ""
    dues: Mapping[str, datetime | None] = MappingProxyType({})


@attrs.frozen(eq=False)
class Era:
    """A manifest that a case is or was pinned to, and the reader's roles on the case under it.

    *names* are the fields that migrations have renamed since, with what they are called now.
    """

    compiled: Compiled
    roles: frozenset[str]
    names: Mapping[str, str] = MappingProxyType({})


def withheld(frame: Frame) -> HistoryEntry:
    """An entry of which somebody learns that it is there: not even its hash, by which a guess could be tried out."""
    return HistoryEntry(
        number=frame.number,
        at=frame.at,
        kind=frame.content["kind"],
        trigger="",
        actor="",
        person="",
        steps=(),
        changes=MappingProxyType({}),
        form=MappingProxyType({}),
        hidden=(),
        erased=False,
        note="",
        cause=None,
        postings=(),
        opened=(),
        assigned=(),
        corrects=None,
        refused="",
        hash="",
        withheld=True,
    )


def told(shown: list[Shown], now: Era, then: Era, entry: Entry, frame: Frame, *, notes: bool) -> HistoryEntry:
    """An entry that was written under the manifest of *then*; *notes* says whether the reader reads its remark."""
    content, apart = frame.content, apart_of(entry.values)
    changes = values_from_plain({**content.get("set", {}), **apart.get("set", {})})
    form = values_from_plain({**content.get("form", {}), **apart.get("form", {})})
    visible = {name: value for name, value in changes.items() if _reads(now, then, name)}
    filled = _form_names(now, then, content.get("trigger", ""), form)
    hidden = {name for name in changes if name not in visible} | {name for name in form if name not in filled}
    enclosed = _enclosed(now, then, frame, entry)
    held = () if enclosed is None else (enclosed.field_class,)
    for era in (then,) if then is now else (then, now):
        # What is watched now was perhaps not then, or the other way round: either puts it into the access log.
        note_shown(shown, era.compiled, frame.case_id, visible, era.roles)
        note_class(shown, era, frame.case_id, {*_classes_asked(then, content.get("trigger", ""), filled), *held})
    cause = content.get("cause")
    knows = _knows_persons(now, then)
    return HistoryEntry(
        number=frame.number,
        at=frame.at,
        kind=content["kind"],
        trigger=content.get("trigger", ""),
        actor=content["actor"][0],
        person=content["actor"][1],
        steps=(*_placed(content), *_steps(content)),
        changes=MappingProxyType(visible),
        form=MappingProxyType({name: value for name, value in form.items() if name in filled}),
        hidden=tuple(sorted(hidden)),
        erased=bool(content.get("sealed")) and not apart,
        note=apart.get("note", "") if notes else "",
        cause=None if cause is None else Cause(*cause),
        postings=tuple(_posting(now, then, *posted[:4]) for posted in content.get("posts", ())),
        opened=tuple((o[0], o[1], o[2]) for o in content.get("opens", ())),
        assigned=tuple((a[0], a[1] if knows or a[1] is None else "") for a in content.get("assigns", ())),
        corrects=content.get("corrects"),
        refused=content.get("refused", ""),
        hash=entry.hash.hex(),
        enclosed=enclosed,
        withdraws=content.get("withdraws"),
        adopted=content.get("adopts", {}).get("to", ""),
        migration=_migration(content.get("adopts", {}).get("map")),
        erases=_erases(content.get("erases")),
        breaks=from_micros(content["breaks"]) if "breaks" in content else None,
        reviews=content.get("reviews"),
        manifest=then.compiled.manifest.hash,
        dues={name: _due(plain) for name, plain in content.get("terms", {}).items()},
    )


def _migration(told: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """The name and the digest of the migration that moved the case."""
    return None if told is None else (told["name"], told["digest"])


def _erases(told: Mapping[str, Any] | None) -> Erases | None:
    if told is None:
        return None
    persons, obstacles = (tuple(told.get(name, ())) for name in ("persons", "obstacles"))
    return Erases(step=told["step"], because=told["because"], persons=persons, obstacles=obstacles)


def _steps(content: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(w, t, s, d, "a" in flags, "s" not in flags) for w, t, s, d, flags in content.get("steps", ()))


def _knows_persons(now: Era, then: Era) -> bool:
    return all(era.compiled.access.knows_persons(era.roles) for era in (now, then))


def _posting(now: Era, then: Era, debit: str, credit: str, commodity: str, amount: int) -> tuple[str, str, str, int]:
    """A posting by the keys of its accounts; of one that is somebody's without whose, where persons are not told."""
    if _knows_persons(now, then):
        return debit, credit, commodity, amount
    return _nobodys(then.compiled, debit), _nobodys(then.compiled, credit), commodity, amount


def _nobodys(compiled: Compiled, key: str) -> str:
    name, kind = key.partition("|")[0], key.rpartition("|")[2]
    account = compiled.accounts.get(name)
    impersonal = account is not None and account.owner in ACCOUNT_OWNERS
    return key if impersonal else f"{name}||{kind}"


def _placed(content: Mapping[str, Any]) -> tuple[Step, ...]:
    """The states in which an import put the case, as if it had stepped there from nowhere."""
    placed = content.get("placed", {}).get("states", {})
    return tuple(Step(workflow, "import", "", state) for workflow, state in sorted(placed.items()))


def _reads(now: Era, then: Era, name: str) -> bool:
    """Whether a field of the case is shown: where it was written, and where it still is, both have to allow it."""
    if not then.compiled.access.reads_name(name, then.roles):
        return False
    called = {name, then.names.get(name, name)} & now.compiled.fields.keys()
    return now is then or all(now.compiled.access.reads_name(field, now.roles) for field in called)


def _enclosed(now: Era, then: Era, frame: Frame, entry: Entry) -> Enclosure | None:
    found = enclosure_of(frame, entry)
    return found if found is not None and readable(now, then, found) else None


def readable(now: Era, then: Era, enclosure: Enclosure) -> bool:
    """Whether a file of that class is shown: when it was enclosed and now, both have to allow it, as for a value.

    Open ones are read by whoever may view the case.
    """
    field = Field("enclosure", field_class=enclosure.field_class)
    return then.compiled.access.reads(field, then.roles) and now.compiled.access.reads(field, now.roles)


def _due(plain: Mapping[str, Any] | None) -> datetime | None:
    due = None if plain is None else plain.get("due")
    return None if due is None else from_micros(due)


def _form_names(now: Era, then: Era, trigger: str, form: Mapping[str, Any]) -> frozenset[str]:
    """The names in a form that are shown; a form field that fills a case field of a stricter class is as hidden."""
    if trigger not in then.compiled.triggers:
        return frozenset(name for name in form if _reads(now, then, name))
    return frozenset(
        name
        for name in form
        if _asked(then, trigger, name) is True
        and _asked(now, trigger, name) is not False
        and (name not in then.compiled.fields or _reads(now, then, name))
        and (name not in now.compiled.fields or now.compiled.access.reads_name(name, now.roles))
    )


def _classes_asked(era: Era, trigger: str, names: Iterable[str]) -> set[str]:
    """The classes of those fields of a form."""
    found = era.compiled.triggers.get(trigger)
    asked = {} if found is None else found.form
    return {asked[name].field_class if name in asked else era.compiled.access.class_of(name) for name in names}


def _asked(era: Era, trigger: str, name: str) -> bool | None:
    """Whether the field *name* of a trigger's form may be read; None where there is no such field."""
    found = era.compiled.triggers.get(trigger)
    field = None if found is None else found.form.get(name)
    return None if field is None else era.compiled.access.reads(field, era.roles)

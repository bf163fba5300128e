"""One projection for every outlet: a case, or an entry of its log, as somebody may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.model.case import Case, Cause, Snapshot
from casework.model.decision import Decision, Step
from casework.storage.codec import values_from_plain
from casework.storage.log import Entry, apart_of, parsed


def seen(compiled: Compiled, snapshot: Snapshot, roles: frozenset[str], entry: int = 0) -> Case:
    """The case with the fields that *roles* may read; of the others only the names of those that are known."""
    visible = compiled.access.visible(snapshot.data, roles)
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
        subjects=snapshot.subjects,
        manifest=snapshot.manifest,
        entry=entry or snapshot.revision,
    )


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
    return attrs.evolve(
        snapshot,
        revision=revision,
        closed_at=decision.closed_at,
        states=decision.states,
        data=decision.data,
        marks=decision.marks,
        dues=decision.dues,
        acts=decision.acts,
    )


@attrs.frozen(kw_only=True)
class HistoryEntry:
    """One entry of the log as somebody may see it. *hidden* names what they may not, *erased* what is gone."""

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


def told(compiled: Compiled, entry: Entry, roles: frozenset[str], states: Mapping[str, str]) -> HistoryEntry:
    """An entry for somebody with *roles* on a case that is in *states* now."""
    frame = parsed(entry.body)
    content, apart = frame.content, apart_of(entry.values)
    changes = values_from_plain({**content.get("set", {}), **apart.get("set", {})})
    form = values_from_plain({**content.get("form", {}), **apart.get("form", {})})
    shown = {name: value for name, value in changes.items() if compiled.access.reads_name(name, roles)}
    readable = _form_names(compiled, content.get("trigger", ""), form, roles)
    hidden = {name for name in changes if name not in shown} | {name for name in form if name not in readable}
    cause = content.get("cause")
    return HistoryEntry(
        number=frame.number,
        at=frame.at,
        kind=content["kind"],
        trigger=content.get("trigger", ""),
        actor=content["actor"][0],
        person=content["actor"][1],
        steps=tuple(Step(w, t, s, d, "a" in flags, "s" not in flags) for w, t, s, d, flags in content.get("steps", ())),
        changes=MappingProxyType(shown),
        form=MappingProxyType({name: value for name, value in form.items() if name in readable}),
        hidden=tuple(sorted(hidden)),
        erased=bool(content.get("sealed")) and entry.values is None,
        note=apart.get("note", "") if compiled.access.may("note", states, roles) else "",
        cause=None if cause is None else Cause(*cause),
        postings=tuple((p[0], p[1], p[2], p[3]) for p in content.get("posts", ())),
        opened=tuple((o[0], o[1], o[2]) for o in content.get("opens", ())),
        assigned=tuple((a[0], a[1]) for a in content.get("assigns", ())),
        corrects=content.get("corrects"),
        refused=content.get("refused", ""),
        hash=entry.hash.hex(),
    )


def _form_names(compiled: Compiled, trigger: str, form: Mapping[str, Any], roles: frozenset[str]) -> frozenset[str]:
    found = compiled.triggers.get(trigger)
    if found is None:
        return compiled.access.visible(form, roles)
    access = compiled.access
    names = {name for name, field in found.form.items() if access.reads(field, roles)}
    # A form field that fills a case field of a stricter class is as hidden as that one.
    return frozenset(n for n in form if n in names and (n not in compiled.fields or access.reads_name(n, roles)))

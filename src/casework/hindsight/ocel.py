"""Cases as an object-centric event log in the OCEL 2.0 JSON format (ocel-standard.org), for process mining.

Objects are cases, the subjects whom they are about, the units they belong to, and whoever acted; the last two kinds of
person are told by pseudonyms. Events are the entries of the logs, each automatic step one of its own. Of what a case
holds only its states are told, and values of class open. All attribute values are texts, as the format's schema asks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

import attrs

from casework.condition.literal import natural
from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.exporting import chunks
from casework.desk.history import history
from casework.desk.viewing import HistoryEntry, seen
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Case
from casework.model.decision import Step
from casework.storage.sql.transaction import Transaction

EVENT_ATTRIBUTES = ("entry", "kind", "workflow", "source", "target", "automatic", "manifest", "corrects", "refused")
SUBJECT, UNIT, ACTOR = "subject of a case", "organisational unit", "acting person"
"""Types of objects beside cases; no case type can be called so."""
ENTRIES = "entries"
"""The attribute of a case that says how many entries its log has."""
_SPOOLED = 1_000_000
_DIGITS = 24


def written(engine: Engine, actor: Actor, cases: Iterable[Case | str], *, key: bytes | None = None) -> Iterator[str]:
    """The log as pieces of one JSON document, as far as the actor may read, in nearly flat memory.

    Each case goes through the projection that shows it on screens; a hundred are read in one transaction.

    *key* makes the pseudonyms: the same key gives the same ones; without one they are of this document alone.
    Raises Refused (not found) for a case that the actor may not view.
    """
    with tempfile.SpooledTemporaryFile(_SPOOLED, "w+", encoding="utf-8", newline="\n") as spool:
        log = _Log(engine, actor, key or engine.entropy(32), spool)
        yield '{"events":['
        yield from log.events(cases)
        yield '\n],"objects":['
        yield from log.objects()
        yield '\n],"eventTypes":' + _json(log.event_types())
        yield ',"objectTypes":' + _json(log.object_types()) + "}\n"


@attrs.define(eq=False)
class _Log:
    """What has to be remembered while the log is written: names of types, and who has been told of."""

    _engine: Engine
    _actor: Actor
    _key: bytes
    _spool: IO[str]
    _events: dict[str, None] = attrs.field(factory=dict)
    _types: dict[str, dict[str, None]] = attrs.field(factory=dict)
    _told: set[str] = attrs.field(factory=set)

    def events(self, cases: Iterable[Case | str]) -> Iterator[str]:
        """Every event of every case; the objects are laid aside."""
        comma = ""
        for chunk in chunks(cases):
            with self._engine.store.transactions.read() as transaction:
                found = [event for case in chunk for event in self._of_case(transaction, case)]
            for event in found:
                yield f"{comma}\n{_json(event)}"
                comma = ","

    def objects(self) -> Iterator[str]:
        """The objects that were laid aside; a parent is named only where it is told of as well."""
        self._spool.seek(0)
        comma = ""
        for line in self._spool:
            item = json.loads(line)
            item["relationships"] = [other for other in item["relationships"] if other["objectId"] in self._told]
            yield f"{comma}\n{_json(item)}"
            comma = ","

    def event_types(self) -> list[dict[str, Any]]:
        """What kinds of events there are."""
        attributes = [{"name": name, "type": "string"} for name in EVENT_ATTRIBUTES]
        return [{"name": name, "attributes": attributes} for name in sorted(self._events)]

    def object_types(self) -> list[dict[str, Any]]:
        """What kinds of objects there are, with their attributes."""
        return [
            {"name": name, "attributes": [{"name": item, "type": "string"} for item in sorted(found)]}
            for name, found in sorted(self._types.items())
        ]

    def _of_case(self, transaction: Transaction, asked: Case | str) -> Iterator[dict[str, Any]]:
        loaded = firing.load(self._engine, transaction, self._actor, asked)
        case = seen(transaction.shown, loaded.compiled, loaded.snapshot, loaded.roles)
        entries = history(self._engine, transaction, self._actor, case)
        related = [_related(case.id, "case"), *self._around(case)]
        values: list[dict[str, str]] = []
        for entry in entries:
            values += self._changed(transaction, case, entry)
            acted = [] if entry.withheld or entry.person in ("", SYSTEM) else [_related(self._doer(entry), "by")]
            for place, step in enumerate(_steps(entry)):
                yield self._event(case, entry, place, step, [*related, *acted])
        values += _moved_without_a_step(case, entries, values)
        values.append({"name": ENTRIES, "time": _instant(entries[-1].at), "value": str(len(entries))})
        self._types[case.case_type][ENTRIES] = None
        parent = [] if case.parent is None else [_related(case.parent, "parent")]
        self._add(case.id, case.case_type, values, [*related[1:], *parent])

    def _around(self, case: Case) -> list[dict[str, str]]:
        """The case's unit and the persons whom it is about, where the reader may know persons."""
        related = []
        if case.unit:
            self._add_once(f"unit:{case.unit}", UNIT)
            related.append(_related(f"unit:{case.unit}", "at"))
        for name, person in sorted(case.subjects.items()):
            pseudonym = self._pseudonym(SUBJECT, person)
            self._add_once(pseudonym, SUBJECT)
            related.append(_related(pseudonym, name))
        return related

    def _doer(self, entry: HistoryEntry) -> str:
        pseudonym = self._pseudonym(ACTOR, entry.person)
        self._add_once(pseudonym, ACTOR)
        return pseudonym

    def _pseudonym(self, kind: str, person: str) -> str:
        digest = hmac.digest(self._key, f"{kind}:{person}".encode(), hashlib.sha256).hex()[:_DIGITS]
        return f"{kind.partition(' ')[0]}:{digest}"

    def _event(
        self, case: Case, entry: HistoryEntry, place: int, step: Step | None, related: list[dict[str, str]]
    ) -> dict[str, Any]:
        name = "withheld" if entry.withheld else entry.trigger or entry.kind
        told = {"entry": str(entry.number), "kind": entry.kind, "manifest": entry.manifest, "refused": entry.refused}
        if step is not None:
            name = step.trigger or name
            told |= {"workflow": step.workflow, "source": step.source, "target": step.target}
            told["automatic"] = "true" if step.automatic else "false"
        if entry.corrects is not None:
            told["corrects"] = str(entry.corrects)
        kind = f"{case.case_type}.{name}"
        self._events[kind] = None
        return {
            "id": f"{case.id}/{entry.number}" + (f".{place}" if place else ""),
            "type": kind,
            "time": _instant(entry.at),
            "attributes": [{"name": key, "value": value} for key, value in told.items() if value],
            "relationships": related,
        }

    def _changed(self, transaction: Transaction, case: Case, entry: HistoryEntry) -> list[dict[str, str]]:
        """The states that an entry entered, and the values of class open that it wrote."""
        at = _instant(entry.at)
        entered = [(step.workflow, step.target) for step in entry.steps if step.entered]
        compiled = self._engine.pinned(transaction, entry.manifest) if entry.manifest else None
        fields = {} if compiled is None else compiled.fields
        if entry.kind == "open" and not any(step.source == "" for step in entry.steps):
            flows = {} if compiled is None else compiled.workflows
            entered = [*((name, flow.workflow.initial) for name, flow in flows.items()), *entered]
        told = [(name, state) for name, state in entered]
        told += [
            (f"data.{name}", "" if value is None else str(natural(value)))
            for name, value in entry.changes.items()
            if name in fields and fields[name].field_class == "open"
        ]
        types = self._types.setdefault(case.case_type, {})
        types.update(dict.fromkeys(name for name, _ in told))
        return [{"name": name, "time": at, "value": value} for name, value in told]

    def _add_once(self, name: str, kind: str) -> None:
        if name not in self._told:
            self._add(name, kind, [], [])

    def _add(self, name: str, kind: str, values: list[dict[str, str]], related: list[dict[str, str]]) -> None:
        self._told.add(name)
        self._types.setdefault(kind, {})
        item = {"id": name, "type": kind, "attributes": values, "relationships": related}
        self._spool.write(_json(item) + "\n")


def _moved_without_a_step(
    case: Case, entries: tuple[HistoryEntry, ...], values: list[dict[str, str]]
) -> list[dict[str, str]]:
    """The states that a migration has given other names, which no step says."""
    told = {value["name"]: value["value"] for value in values}
    mapped = [entry.at for entry in entries if entry.kind == "migrate"]
    return [
        {"name": name, "time": _instant(mapped[-1]), "value": state}
        for name, state in case.states.items()
        if mapped and told.get(name) != state
    ]


def _steps(entry: HistoryEntry) -> list[Step | None]:
    """The steps of an entry, each an event; one that moved nothing is an event as well."""
    first = entry.steps[:1]
    alone = not first or (first[0].automatic and entry.kind != "recheck")
    return [*([None] if alone else []), *entry.steps]


def _related(name: str, qualifier: str) -> dict[str, str]:
    return {"objectId": name, "qualifier": qualifier}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _json(item: object) -> str:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))

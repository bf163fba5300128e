"""The log: one entry for each firing, chained by hash, with what is personal held apart.

The hashed bytes are length-prefixed and name their format and canonicaliser. Of everything that is
not of class open they hold only an HMAC under a salt; values and salt lie in the entry's detachable
blob. Destroying the blob erases the person and leaves the chain verifiable.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from casework.clock import from_micros, to_micros
from casework.compiled import Compiled
from casework.compiled.ruled import Ruled
from casework.condition.literal import Value, to_plain
from casework.ids import Entropy
from casework.keys.sealing import is_sealed
from casework.model.case import Move, Placed, Snapshot
from casework.model.decision import Adopts, Decision, Mapped
from casework.model.enclosure import Enclosed
from casework.model.erasure import Erases
from casework.model.fields import Field
from casework.model.term import term_to_plain
from casework.storage.codec import CANONICAL, canonical

FORMAT = b"casework-entry-1"
GENESIS = bytes(32)
SALT_BYTES = 16


@attrs.define(eq=False)
class Entry:
    """An entry, ready to be stored: the hashed bytes, their hash, the detachable values.

    The values are plain; None where they were erased. Only whoever verifies without keys leaves them sealed.
    """

    number: int
    body: bytes
    hash: bytes
    values: bytes | None


def framed(tenant: str, case_id: str, number: int, at: datetime, previous: bytes, content: bytes) -> bytes:
    """The bytes that are hashed: 0x00 (a leaf of RFC 6962), then each part behind its length."""
    owner, case = tenant.encode(), case_id.encode()
    return b"".join(
        (
            _OPENING,
            len(owner).to_bytes(4, "big"),
            owner,
            len(case).to_bytes(4, "big"),
            case,
            _EIGHT,
            number.to_bytes(8, "big"),
            _EIGHT,
            to_micros(at).to_bytes(8, "big", signed=True),
            len(previous).to_bytes(4, "big"),
            previous,
            len(content).to_bytes(4, "big"),
            content,
        )
    )


def _prefixed(*parts: bytes) -> bytes:
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


_OPENING = b"\x00" + _prefixed(FORMAT, CANONICAL)
_EIGHT = (8).to_bytes(4, "big")


@attrs.frozen(eq=False)
class Frame:
    """What the bytes of an entry say of themselves, and their content."""

    format: bytes
    canonical: bytes
    tenant: str
    case_id: str
    number: int
    at: datetime
    previous: bytes
    content: dict[str, Any]


def parsed(body: bytes) -> Frame:
    """Read an entry's bytes back; ValueError where they are not such bytes, to the last one."""
    if body[:1] != b"\x00":
        raise ValueError("not a leaf")
    parts, place = [], 1
    while place < len(body):
        size = int.from_bytes(body[place : place + 4], "big")
        part = body[place + 4 : place + 4 + size]
        if len(part) != size:
            raise ValueError("cut short")
        parts.append(part)
        place += 4 + size
    if len(parts) != 8 or parts[0] != FORMAT or parts[1] != CANONICAL:
        raise ValueError("of another format")
    tenant, case_id, number, at, previous, content = parts[2:]
    return Frame(
        parts[0],
        parts[1],
        tenant.decode(),
        case_id.decode(),
        int.from_bytes(number, "big"),
        from_micros(int.from_bytes(at, "big", signed=True)),
        previous,
        json.loads(content),
    )


def commitment(salt: bytes, values: bytes) -> str:
    """What the hashed bytes hold of values that they may not show."""
    return hmac.digest(salt, values, "sha256").hex()


def sealed_entry(
    compiled: Compiled,
    snapshot: Snapshot,
    move: Move,
    decision: Decision,
    entropy: Entropy,
    opened: tuple[tuple[str, str, str], ...] = (),
) -> Entry:
    """The entry of a decision on a case. *opened* are (case type, id, unit) of the cases it opened."""
    content, apart = _content(compiled, snapshot, move, decision)
    if opened:
        content["opens"] = [list(item) for item in opened]
    values = None
    if apart:
        subject = compiled.subjects[0] if compiled.subjects else ""
        plain = canonical(apart)
        salt = entropy(SALT_BYTES)
        content["sealed"] = {subject: commitment(salt, plain)}
        values = canonical({subject: {"salt": salt.hex(), "values": plain.decode()}})
    number = snapshot.revision + 1
    body = framed(snapshot.tenant, snapshot.id, number, move.now, snapshot.head, canonical(content))
    return Entry(number, body, hashlib.sha256(body).digest(), values)


def _content(
    compiled: Compiled, snapshot: Snapshot, move: Move, decision: Decision
) -> tuple[dict[str, Any], dict[str, Any]]:
    actor = move.actor
    content: dict[str, Any] = {"kind": decision.kind, "actor": [actor.id, actor.person, actor.unit]}
    apart: dict[str, Any] = {}
    if decision.trigger:
        content["trigger"] = decision.trigger
    if move.cause is not None:
        cause = move.cause
        content["cause"] = [cause.kind, cause.name, cause.case_id, cause.number]
    if decision.kind == "open":
        content["case"] = _opening(snapshot)
    if decision.steps:
        content["steps"] = [
            [s.workflow, s.trigger, s.source, s.target, ("a" if s.automatic else "") + ("" if s.entered else "s")]
            for s in decision.steps
        ]
    if decision.changed:
        _add_values("set", decision.changed, (compiled.fields,), content, apart)
    if decision.form:
        _add_values("form", decision.form, (compiled.fields, _asked(compiled, decision)), content, apart)
    if decision.note:
        apart["note"] = decision.note
    if decision.enclosed is not None:
        _add_enclosed(decision.enclosed, content, apart)
    if decision.placed is not None:
        content["placed"] = _placed(decision.placed)
    if decision.adopts is not None:
        content["adopts"] = _adopts(decision.adopts)
    if compiled.ruled:
        _add_terms(compiled, snapshot, decision, content)
    _add_writes(decision, content)
    if decision.closed_at != snapshot.closed_at:
        content["closed"] = None if decision.closed_at is None else to_micros(decision.closed_at)
    return content, apart


def _add_terms(compiled: Compiled, snapshot: Snapshot, decision: Decision, content: dict[str, Any]) -> None:
    """The terms that are other than before, or that a step has begun anew; null for one that has ended."""
    anew = decision.kind in ("open", "adopt", "migrate")
    told: dict[str, Any] = {name: None for name in snapshot.terms if name not in decision.terms}
    for name, term in decision.terms.items():
        before = snapshot.terms.get(name)
        if anew or (before is not term and before != term) or _begun(compiled.ruled[name], decision):
            told[name] = term_to_plain(term)
    if told:
        content["terms"] = told


def _begun(ruled: Ruled, decision: Decision) -> bool:
    """Whether a step entered the states of the deadline: one that begins at the same instant again looks unchanged."""
    during = ruled.deadline.during
    return any(
        step.workflow == ruled.workflow
        and step.entered
        and step.target in during
        and (step.source not in during or step.source == step.target)
        for step in decision.steps
    )


def _opening(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "type": snapshot.case_type,
        "manifest": snapshot.manifest,
        "unit": snapshot.unit,
        "parent": snapshot.parent,
        "subjects": snapshot.subjects,
    }


def _placed(placed: Placed) -> dict[str, Any]:
    """Where an imported case stood when it was opened here."""
    assert placed.opened_at is not None, "placing resolves it"
    return {
        "states": dict(placed.states),
        "marks": _instants(placed.marks),
        "dues": _instants(placed.dues),
        "acts": dict(placed.acts),
        "opened_at": to_micros(placed.opened_at),
    }


def _adopts(adopts: Adopts) -> dict[str, Any]:
    """From which manifest to which, and what of the case that did not decide by itself."""
    return {
        "from": adopts.left,
        "to": adopts.manifest,
        "gone": list(adopts.gone),
        "dues": _instants(adopts.dues),
        "acts": dict(adopts.acts),
        **({} if adopts.mapped is None else {"map": _mapped(adopts.mapped)}),
    }


def _mapped(mapped: Mapped) -> dict[str, Any]:
    """By which migration, and what it made of this very case."""
    return {
        "name": mapped.name,
        "digest": mapped.digest,
        "states": {workflow: dict(names) for workflow, names in mapped.states.items()},
        "marks": _instants(mapped.marks),
        "fields": dict(mapped.fields),
        "became": dict(mapped.became),
        "rung": list(mapped.rung),
    }


def _instants(told: Mapping[str, datetime]) -> dict[str, int]:
    return {name: to_micros(at) for name, at in told.items()}


def _asked(compiled: Compiled, decision: Decision) -> Mapping[str, Field]:
    """The fields of the form that was filled in."""
    trigger = compiled.triggers.get(decision.trigger)
    return {} if trigger is None else trigger.form


def _add_values(
    part: str,
    values: Mapping[str, Value | None],
    declared: tuple[Mapping[str, Field], ...],
    content: dict[str, Any],
    apart: dict[str, Any],
) -> None:
    """Values declared open everywhere go into the hashed content, all others apart; the names of both stay visible."""
    shown: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        goes = shown
        for fields in declared:
            field = fields.get(name)
            if field is not None and field.field_class != "open":
                goes = kept
        goes[name] = None if value is None else to_plain(value)
    if shown:
        content[part] = shown
    if kept:
        apart[part] = kept
        content[f"{part}_apart"] = sorted(kept)


def _add_enclosed(enclosed: Enclosed, content: dict[str, Any], apart: dict[str, Any]) -> None:
    """A file by what may stay for ever. Its name may name somebody, and a digest can be tried out (F62): both apart."""
    content["encloses"] = {"size": enclosed.size, "type": enclosed.media_type, "class": enclosed.field_class}
    apart["enclosure"] = {"name": enclosed.name, "digest": enclosed.digest}
    if enclosed.sealed is not None:
        # Sealed bytes tell nothing, so that their digest may stay, and the file be looked after without keys.
        content["encloses"]["sealed"] = [enclosed.sealed.digest, enclosed.sealed.size]
        apart["enclosure"]["key"] = enclosed.sealed.key


def _add_writes(decision: Decision, content: dict[str, Any]) -> None:
    if decision.voided:
        content["voided"] = list(decision.voided)
    if decision.postings:
        content["posts"] = [[p.debit, p.credit, p.commodity, p.amount, p.hold] for p in decision.postings]
    for name, holds in (("settled", decision.settled), ("void", decision.void)):
        if holds:
            content[name] = [[hold.name, hold.number, hold.line] for hold in holds]
    if decision.messages:
        content["sends"] = [
            [message.channel, sorted(name for name, _ in message.body)] for message in decision.messages
        ]
    if decision.assignments:
        content["assigns"] = [[item.role, item.person] for item in decision.assignments]
    if decision.withdraws is not None:
        content["withdraws"] = decision.withdraws
    if decision.corrects is not None:
        content["corrects"] = decision.corrects
    if decision.refused:
        content["refused"] = decision.refused
    if decision.erases is not None:
        content["erases"] = _erases(decision.erases)
    if decision.breaks is not None:
        content["breaks"] = to_micros(decision.breaks.until)
    if decision.extends is not None:
        content["extends"] = list(decision.extends)
    if decision.reviews is not None:
        content["reviews"] = decision.reviews


def _erases(erases: Erases) -> dict[str, Any]:
    """A step on the way to an erasure. Nothing of it is free text, for it outlives what was erased."""
    told: dict[str, Any] = {"step": erases.step, "because": erases.because}
    if erases.persons:
        told["persons"] = list(erases.persons)
    if erases.obstacles:
        told["obstacles"] = list(erases.obstacles)
    return told


def opened_values(values: bytes | None) -> dict[str, dict[str, Any]]:
    """The detachable values of an entry by subject: their salt and their canonical text; empty once erased.

    Empty too where they were left sealed.
    """
    return {} if values is None or is_sealed(values) else json.loads(values)


def apart_of(values: bytes | None) -> dict[str, Any]:
    """What an entry holds apart, all subjects together; empty once erased."""
    merged: dict[str, Any] = {}
    for part in opened_values(values).values():
        merged.update(json.loads(part["values"]))
    return merged

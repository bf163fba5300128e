"""What an entry of the log asked for, as the move that it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move, MoveKind, Undo
from casework.model.decision import Decision
from casework.storage.codec import values_from_plain
from casework.storage.log import Entry, Frame, apart_of

ASKED: Mapping[str, tuple[str, ...]] = {
    "amend": ("edit",),
    "note": ("note",),
    "assign": ("assign",),
    "correct": ("correct",),
    "enclose": ("edit",),
    "withdraw": ("edit", "correct"),
    "break": ("break_glass",),
    "review": ("review",),
}
"""By kind of entry the permissions of which one was needed."""

DECIDED: Mapping[str, MoveKind] = {
    "open": "open",
    "fire": "fire",
    "amend": "amend",
    "correct": "correct",
    "timer": "timer",
    "recheck": "recheck",
    "extend": "extend",
}
"""The kinds of entries that move a case; what the others write no condition reads."""


@attrs.frozen(kw_only=True, eq=False)
class Told:
    """An entry read: what was filled in and written, and the names of what nobody can read of it any more."""

    frame: Frame
    form: Mapping[str, Value | None]
    wrote: Mapping[str, Value | None]
    lost: frozenset[str]

    @property
    def kind(self) -> str:
        """What kind of entry it is."""
        return str(self.frame.content["kind"])

    @property
    def trigger(self) -> str:
        """The trigger that was asked for; empty where none was."""
        return str(self.frame.content.get("trigger", ""))

    @property
    def by_system(self) -> bool:
        """Whether nobody asked."""
        return bool(self.frame.content["actor"][0] == SYSTEM)

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions of which one was needed; a claim asks for the grant to edit."""
        return ("edit",) if self.trigger == "claim" else ASKED.get(self.kind, ())

    @property
    def cause(self) -> Cause | None:
        """Why the system acted."""
        told = self.frame.content.get("cause")
        return None if told is None else Cause(*told)


def told(frame: Frame, entry: Entry) -> Told:
    """Read an entry."""
    content, apart = frame.content, apart_of(entry.values)
    lost = {name for part in ("set", "form") if part not in apart for name in content.get(f"{part}_apart", ())}
    return Told(
        frame=frame,
        form=values_from_plain({**content.get("form", {}), **apart.get("form", {})}),
        wrote=values_from_plain({**content.get("set", {}), **apart.get("set", {})}),
        lost=frozenset(lost),
    )


def move_of(item: Told, compiled: Compiled, actor: Actor, roles: frozenset[str], undo: Undo | None) -> Move:
    """The move that the entry recorded, as one may make it under *compiled*: without what that has no field for."""
    kind = DECIDED[item.kind]
    return Move(
        kind=kind,
        actor=actor,
        now=item.frame.at,
        roles=roles,
        trigger=item.trigger,
        form=_form(item, compiled),
        cause=item.cause,
        undo=undo,
    )


def _form(item: Told, compiled: Compiled) -> Mapping[str, object]:
    if item.kind == "fire":
        asked = compiled.triggers.get(item.trigger)
        return {name: value for name, value in item.form.items() if asked is None or name in asked.form}
    if item.kind in ("open", "amend"):
        return {name: value for name, value in item.wrote.items() if name in compiled.enterable}
    if item.kind == "extend":
        name, value = item.frame.content["extends"]
        return {"deadline": name, "value": value, "because": "-", "authority": "-"}
    if item.kind == "correct":
        return {"entry": item.frame.content["corrects"], "because": "-"}
    return {}


def fits(item: Told, decision: Decision, gone: frozenset[str]) -> bool:
    """Whether a decision is what the entry recorded, as far as that can still be read."""
    content = item.frame.content
    steps = [
        [s.workflow, s.trigger, s.source, s.target, ("a" if s.automatic else "") + ("" if s.entered else "s")]
        for s in decision.steps
    ]
    written = {name: value for name, value in decision.changed.items() if name not in gone}
    recorded = {name: value for name, value in item.wrote.items() if name not in gone}
    refused: Any = content.get("refused", "")
    return steps == content.get("steps", []) and written == recorded and decision.refused == refused


def actor_of(item: Told, tenant: str) -> Actor:
    """Who acted, as far as the log says; their roles it does not."""
    name, person, unit = item.frame.content["actor"]
    return Actor(name, unit=unit, person=person, tenant=tenant)

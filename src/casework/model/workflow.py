"""Workflows as values: states, transitions, deadlines, slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal, TypeAlias, get_args

import attrs

from casework.condition.tree import ALWAYS, NEVER, Condition
from casework.errors import InvalidValue
from casework.model.command import Effect
from casework.model.fields import Field, fields_of
from casework.model.names import names_only, one_or_many, several, told
from casework.model.outfit import Outfit
from casework.model.rule import Rule, condition_only
from casework.text import Text, as_text

Permission = Literal[
    "view",
    "edit",
    "note",
    "assign",
    "correct",
    "adopt",
    "import",
    "vouch",
    "erase",
    "hold",
    "break_glass",
    "review",
    "audit",
]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

Grants: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


def as_grants(value: Mapping[str, Any] | Grants) -> Grants:
    """Permission to roles, in order of permission, as an immutable value."""
    if not isinstance(value, Mapping | list | tuple):
        raise InvalidValue(
            "grants", f"takes permissions with their roles, such as {{'view': 'clerk'}}, not {told(value)}"
        )
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple(
        sorted((permission, several(one_or_many(roles), str, f"grants.{permission}")) for permission, roles in pairs)
    )


def flattened(value: Any) -> tuple[Any, ...]:
    """Accept one thing, or nested lists of things, as one flat tuple (``keep()`` gives several)."""
    if isinstance(value, list | tuple):
        return tuple(item for part in value for item in flattened(part))
    return (value,)


def as_fields(value: type | Iterable[Field] | None) -> tuple[Field, ...]:
    """Accept an attrs class, fields, or nothing."""
    return () if value is None else fields_of(value)


@attrs.frozen
class State:
    """A stage of a workflow. *grants* say which roles may do what while the case is in it."""

    name: str
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    final: bool = attrs.field(default=False, kw_only=True)
    phases: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    grants: Grants = attrs.field(default=(), converter=as_grants, kw_only=True)


def _condition(step: Transition, _: object, value: object) -> None:
    if not isinstance(value, Condition):
        what = f"a condition, such as field('age') >= 18, not {told(value)}"
        hint = "; a Python function is declared by casework.guard and named in guards=" if callable(value) else ""
        raise InvalidValue(f"the condition of transition {step.trigger!r}", f"takes {what}{hint}")


@attrs.frozen
class Transition:
    """An allowed move from its sources to its target.

    *target* None stays where it is, without entering the state anew. Sources are named one by one
    or as a *phase*. Roles say who may fire it; none means nobody, unless it is *automatic*.
    *four_eyes* names triggers whose doer may not be the one who fires this. *guards* are names of
    declared Python functions. *because* is shown to people who are refused.
    """

    trigger: str
    source: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only)
    target: str | None = None
    phase: str | None = attrs.field(default=None, kw_only=True)
    roles: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    condition: Condition = attrs.field(default=ALWAYS, validator=_condition, kw_only=True)
    guards: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    form: tuple[Field, ...] = attrs.field(default=(), converter=as_fields, kw_only=True)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=flattened, kw_only=True)
    four_eyes: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    automatic: bool = attrs.field(default=False, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    because: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)


def _duration(_: object, __: object, value: Any) -> None:
    if not isinstance(value, timedelta):
        raise InvalidValue("Deadline.after", f"takes a duration such as hours(24) or days(7), not {told(value)}")


def _versions(values: Iterable[Rule]) -> tuple[Rule, ...]:
    return several(values, Rule, "Deadline.versions")


@attrs.frozen
class Deadline:
    """A clock that starts when the case enters one of the states *during* and ends when it leaves them.

    It runs out *after* a duration, or when a *rule* of a rulebook says; *versions* of the rule are written in by the
    rulebook. It stands still while *pauses* holds, and only counts where *applies* does not fail; both besides what
    the rule itself says. The roles *extenders* may give it more time.

    When it runs out the deadline is overdue; where it names a *trigger*, that is fired by the system.
    """

    name: str
    during: tuple[str, ...] = attrs.field(converter=one_or_many, validator=names_only)
    after: timedelta = attrs.field(default=timedelta(0), validator=_duration)
    rule: str = attrs.field(default="", kw_only=True)
    versions: tuple[Rule, ...] = attrs.field(default=(), converter=_versions, kw_only=True)
    pauses: Condition = attrs.field(default=NEVER, validator=condition_only, kw_only=True)
    applies: Condition = attrs.field(default=ALWAYS, validator=condition_only, kw_only=True)
    extenders: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    trigger: str | None = attrs.field(default=None, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)


SlotKind = Literal["subject", "role", "field", "condition"]
SLOT_KINDS: tuple[SlotKind, ...] = ("subject", "role", "field", "condition")


@attrs.frozen
class Slot:
    """Something that an attachable workflow needs from its host: a subject, a role, a field, a condition."""

    name: str
    kind: SlotKind = "condition"
    type: str | None = None
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)


# Typed one by one: with a bare `tuple` as converter a type checker loses what goes in.
def _states(values: Iterable[State]) -> tuple[State, ...]:
    return several(values, State, "Workflow.states")


def _transitions(values: Iterable[Transition]) -> tuple[Transition, ...]:
    return several(values, Transition, "Workflow.transitions")


def _deadlines(values: Iterable[Deadline]) -> tuple[Deadline, ...]:
    return several(values, Deadline, "Workflow.deadlines")


def _slots(values: Iterable[Slot]) -> tuple[Slot, ...]:
    return several(values, Slot, "Workflow.slots")


@attrs.frozen
class Workflow:
    """A named, versioned definition of states and the transitions between them.

    *fields*, *slots* and *outfit* are for workflows that are attached to a case type they do not own;
    their fields are namespaced when attached.
    """

    name: str
    initial: str = attrs.field(kw_only=True)
    states: tuple[State, ...] = attrs.field(converter=_states, kw_only=True)
    transitions: tuple[Transition, ...] = attrs.field(converter=_transitions, kw_only=True)
    deadlines: tuple[Deadline, ...] = attrs.field(default=(), converter=_deadlines, kw_only=True)
    version: int = attrs.field(default=1, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    fields: tuple[Field, ...] = attrs.field(default=(), converter=as_fields, kw_only=True)
    slots: tuple[Slot, ...] = attrs.field(default=(), converter=_slots, kw_only=True)
    outfit: Outfit = attrs.field(default=Outfit(), validator=attrs.validators.instance_of(Outfit), kw_only=True)

    def state(self, name: str) -> State:
        """The state of that name; KeyError where there is none."""
        for state in self.states:
            if state.name == name:
                return state
        raise KeyError(name)

    def sources(self, transition: Transition) -> tuple[str, ...]:
        """The states that *transition* leaves: those named, then those of its phase."""
        in_phase = (s.name for s in self.states if transition.phase is not None and transition.phase in s.phases)
        return tuple(dict.fromkeys((*transition.source, *in_phase)))

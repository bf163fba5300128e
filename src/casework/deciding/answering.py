"""Run the effects of a transition: commands as they stand, and those that a declared part answers with.

A part may touch what it declared and nothing else. One that runs in an attached workflow calls that workflow's
fields and holds by their bare names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias, get_args

import attrs

from casework.compiled import CompiledTransition
from casework.deciding.choose import beyond, failed, view_of
from casework.deciding.draft import Draft, Stop
from casework.deciding.effects import carry
from casework.model.command import Assign, Command, Held, Open, Post, Send, Set, Settle, Void
from casework.model.names import is_qualified, qualified
from casework.parts import EffectPart

COMMAND_LIMIT = 1_000
"""How many commands one effect may answer with; a generator that never ends is stopped here."""

_COMMANDS = frozenset(get_args(Command))
_Touched: TypeAlias = tuple[str, Iterable[str], tuple[str, ...]]


def apply(draft: Draft, item: CompiledTransition) -> None:
    """Everything that the transition's effects ask for, in order."""
    for effect in item.effects:
        if isinstance(effect, EffectPart):
            answered(draft, item.workflow, effect)
        else:
            carry(draft, effect)


def answered(draft: Draft, workflow: str, part: EffectPart) -> None:
    """Run a declared effect of *workflow* and apply its answer; what it did not declare is refused."""
    for command in _run(draft, workflow, part):
        undeclared = _undeclared(draft, workflow, part, command)
        if undeclared:
            raise failed(draft, part.name, f"it did not declare {undeclared}")
        try:
            carry(draft, _located(draft, workflow, command))
        except Stop as no:
            # Nobody filled in what a part computed, so it is not the form that is wrong.
            if no.refusal.code == "invalid-form":
                raise failed(draft, part.name, no.refusal.text.en) from no
            raise


def _run(draft: Draft, workflow: str, part: EffectPart) -> list[Command]:
    view = view_of(draft, workflow, part.reads, part.posts)
    try:
        commands = list(islice(part.run(view), COMMAND_LIMIT + 1))
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        raise failed(draft, part.name, beyond(draft, workflow, view) or type(error).__name__) from error
    strayed = beyond(draft, workflow, view)
    if strayed:
        raise failed(draft, part.name, strayed)
    if len(commands) > COMMAND_LIMIT:
        raise failed(draft, part.name, f"it gave more than {COMMAND_LIMIT} commands")
    return commands


def _undeclared(draft: Draft, workflow: str, part: EffectPart, command: object) -> str:
    """What a command does that the part did not declare, in words; empty where it declared everything."""
    if type(command) not in _COMMANDS:
        return f"a {type(command).__name__}, which is no command"
    for verb, names, declared in (*_touching(draft, workflow, part, command), ("read", _read(command), part.reads)):
        for name in names:
            if name not in declared:
                return f"to {verb} {name!r}"
    return ""


def _touching(draft: Draft, workflow: str, part: EffectPart, command: object) -> tuple[_Touched, ...]:
    match command:
        case Set(field):
            return (("write", (field,), part.writes),)
        case Post(debit, credit, _, hold):
            held: _Touched = ("reserve as", () if hold is None or is_qualified(hold) else (hold,), ())
            return ("post", (debit, credit), part.posts), held
        case Settle(hold) | Void(hold):
            full = qualified(draft.compiled.namespace(workflow), hold)
            held_under = [item for item in draft.before.holds if item.name == full]
            ends = [end.partition("|")[0] for item in held_under for end in (item.debit, item.credit)]
            return (("settle or void", () if part.posts else (hold,), ()), ("post", ends, part.posts))
        case Send(channel):
            return (("send", (channel,), part.sends),)
        case Open(case_type):
            return (("open", (case_type,), part.opens),)
        case Assign(role):
            return (("assign", (role,), part.assigns),)
    return ()


def _read(command: object) -> Iterator[str]:
    """The fields that a command refers to."""
    match command:
        case Set(_, value) | Post(_, _, value) | Assign(_, value):
            sources: tuple[object, ...] = (value,)
        case Send(_, to, body):
            sources = (to, *(value for _, value in body))
        case Open(_, values, unit):
            sources = (unit, *(value for _, value in values))
        case _:
            sources = ()
    return (source.name for source in sources if isinstance(source, Held))


def _located(draft: Draft, workflow: str, command: Command) -> Command:
    """The command with the full names of the fields and holds that an attached workflow calls by their own."""
    compiled, namespace = draft.compiled, draft.compiled.namespace(workflow)

    def source(value: Any) -> Any:
        return Held(compiled.own_field(workflow, value.name)) if isinstance(value, Held) else value

    match command:
        case Set(field, value):
            return Set(compiled.own_field(workflow, field), source(value))
        case Post(_, _, amount, hold):
            held = None if hold is None else qualified(namespace, hold)
            return attrs.evolve(command, amount=source(amount), hold=held)
        case Settle(hold) | Void(hold):
            return attrs.evolve(command, hold=qualified(namespace, hold))
        case Send(_, to, body):
            return attrs.evolve(command, to=source(to), body=tuple((n, source(v)) for n, v in body))
        case Open(_, values, unit):
            return attrs.evolve(command, values=tuple((n, source(v)) for n, v in values), unit=source(unit))
        case Assign(role, person):
            return Assign(role, source(person))
    return command

"""What the second interpreter does with Python parts: it asks them itself, and holds them to what they declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

import attrs

from casework.calendars import Calendar
from casework.model.casetype import CaseType
from casework.model.command import Assign, Held, Open, Post, Recheck, Send, Set, Settle, Void
from casework.parts import EffectPart, Guard, Part, View
from casework.testing.reference.forms import No, all_fields
from casework.testing.reference.terms import Ask, Case, Left

COMMANDS = (Set, Post, Settle, Void, Send, Open, Assign, Recheck)
MOST = 1_000


class Parts:
    """The guards and effects that were installed, asked on behalf of one workflow of a case."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = {part.name: part for part in parts}
        self.calendars = {name: part for name, part in self._parts.items() if isinstance(part, Calendar)}

    def absent(self, names: Iterable[str], kind: type[Guard] | type[EffectPart]) -> bool:
        """Whether one of the parts is not installed."""
        return any(not isinstance(self._parts.get(name), kind) for name in names)

    def says(self, name: str, case_type: CaseType, workflow: str, case: Case, ask: Ask) -> bool:
        """What a guard answers, asked twice; whatever is not the same yes or no is a failure."""
        guard = self._parts[name]
        assert isinstance(guard, Guard)
        view = seen(case_type, workflow, guard.reads, case, ask)
        try:
            answers = guard.check(view), guard.check(view)
        except Exception:
            raise No("part-failed") from None
        kept_to(view)
        if answers[0] is not answers[1] or not isinstance(answers[0], bool):
            raise No("part-failed")
        return answers[0]

    def commands(self, name: str, case_type: CaseType, workflow: str, case: Case, ask: Ask, left_of: Left) -> list[Any]:
        """What an effect answers with; anything that it did not declare is a failure."""
        part = self._parts[name]
        assert isinstance(part, EffectPart)
        limited = [one.name for one in case_type.accounts if one.limited and one.name in part.posts]
        balances = {name: left for name in limited if (left := left_of(case, name)) is not None}
        view = attrs.evolve(seen(case_type, workflow, part.reads, case, ask), balances=Shown(balances, part.posts))
        try:
            answer = list(islice(part.run(view), MOST + 1))
        except Exception:
            raise No("part-failed") from None
        kept_to(view)
        if len(answer) > MOST or not all(declared(part, command) for command in answer):
            raise No("part-failed")
        return answer


def own(case_type: CaseType, workflow: str, name: str) -> str:
    """What a part of *workflow* means by a field's name: the workflow's own comes first."""
    full = f"{workflow}.{name}"
    return full if any(field.name == full for field in all_fields(case_type)) else name


def seen(case_type: CaseType, workflow: str, reads: tuple[str, ...], case: Case, ask: Ask) -> View:
    """As much of a case as a part declared to read."""
    data = {name: case["data"].get(own(case_type, workflow, name)) for name in reads}
    return View(
        case_id=case["id"],
        case_type=case["type"],
        trigger=ask.trigger,
        unit=case["unit"],
        now=ask.now,
        person=ask.person,
        roles=ask.roles,
        states=MappingProxyType(dict(case["states"])),
        data=Shown({name: value for name, value in data.items() if value is not None}, reads),
        form=MappingProxyType(dict(ask.form)),
        subjects=MappingProxyType(dict(case["subjects"])),
        balances=Shown({}, ()),
    )


class Shown(dict[str, Any]):
    """What a part is shown; whoever asks it for a name that was not declared is remembered."""

    def __init__(self, known: Mapping[str, Any], declared: tuple[str, ...]) -> None:
        super().__init__(known)
        self.declared, self.strayed = declared, False

    def __missing__(self, name: str) -> Any:
        self.ask(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        self.ask(name)
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """What is known by that name, or *default*."""
        self.ask(name)
        return super().get(name, default)

    def ask(self, name: object) -> None:
        """Remember a name that was not declared."""
        self.strayed = self.strayed or name not in self.declared


def kept_to(view: View) -> None:
    """No where a part asked its view for what it did not declare."""
    if any(isinstance(shown, Shown) and shown.strayed for shown in (view.data, view.balances)):
        raise No("part-failed")


def declared(part: EffectPart, command: Any) -> bool:
    """Whether a command touches and reads only what its part declared."""
    if type(command) not in COMMANDS:
        return False
    reads = {value.name for value in _sources(command) if isinstance(value, Held)}
    return reads <= set(part.reads) and _touched(command) <= _may(part)


def _touched(command: Any) -> set[tuple[str, str]]:
    match command:
        case Set(name):
            return {("write", name)}
        case Post(debit, credit, _, hold):
            named = {("post", debit), ("post", credit)}
            return named | ({("reserve as", hold)} if hold is not None and "." in hold else set())
        case Settle() | Void():
            return {("post", "")}
        case Send(channel):
            return {("send", channel)}
        case Open(case_type):
            return {("open", case_type)}
        case Assign(role):
            return {("assign", role)}
    return set()


def _may(part: EffectPart) -> set[tuple[str, str]]:
    lists: Mapping[str, tuple[str, ...]] = {
        "write": part.writes,
        "post": (*part.posts, "") if part.posts else (),
        "send": part.sends,
        "open": part.opens,
        "assign": part.assigns,
    }
    return {(verb, name) for verb, names in lists.items() for name in names}


def _sources(command: Any) -> Iterator[Any]:
    match command:
        case Set(_, value) | Post(_, _, value) | Assign(_, value):
            yield value
        case Send(_, to, body):
            yield from (to, *(value for _, value in body))
        case Open(_, values, unit):
            yield from (unit, *(value for _, value in values))


def located(command: Any, case_type: CaseType, workflow: str, namespace: str) -> Any:
    """A part's command with the full names of the fields and holds that its workflow calls by their own."""

    def name(source: Any) -> Any:
        return Held(own(case_type, workflow, source.name)) if isinstance(source, Held) else source

    def full(hold: str) -> str:
        return f"{namespace}.{hold}" if namespace else hold

    match command:
        case Set(field, value):
            return Set(own(case_type, workflow, field), name(value))
        case Post(_, _, amount, held):
            return attrs.evolve(command, amount=name(amount), hold=None if held is None else full(held))
        case Settle(held) | Void(held):
            return attrs.evolve(command, hold=full(held))
        case Send(_, to, body):
            return attrs.evolve(command, to=name(to), body=tuple((n, name(v)) for n, v in body))
        case Open(_, values, unit):
            return attrs.evolve(command, values=tuple((n, name(v)) for n, v in values), unit=name(unit))
        case Assign(role, person):
            return Assign(role, name(person))
    return command

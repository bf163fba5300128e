"""What the log bears witness to: the answers of parts, accounts and roles that a recorded entry can only have had.

Such answers are never asked for anew: a part may have changed, and balances have. The entry is decided once more under
the definition that it was written under, with every set of answers that fits what was recorded. Each of these is a
world that may have been, in which whoever asks the same question about the same facts has the same answer; what comes
out the same in all of them is known.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from casework.condition import tree
from casework.condition.evaluate import Facts, Reader, reader
from casework.condition.literal import Value
from casework.condition.tree import Condition, operands, walk
from casework.hindsight.outcome import Cause
from casework.model.command import Set
from casework.parts import EffectPart, Guard, Part, View

LIMIT = 512
"""How often one entry is decided anew in search of answers that fit."""


class Unheard(Exception):
    """Nobody can tell any more what would have been answered; it never leaves this package."""

    def __init__(self, cause: Cause, name: str) -> None:
        super().__init__(name)
        self.cause, self.name = cause, name


@attrs.frozen
class _Ran:
    """That an effect was run, which is no question and has no other answer."""

    part: str


Answers = dict[Hashable, bool]


@attrs.define(eq=False)
class Witness:
    """The answers for one entry. *gone* are the fields that nobody can read any more, *strange* that nobody knows
    which roles the actor had; *wrote* is what the entry is known to have written.

    *shut* are the fields of the case that whoever asks may not read: of those nothing is answered but what was
    answered then.
    """

    shut: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    strange: bool = False
    wrote: Mapping[str, Value | None] = attrs.field(factory=dict)
    unheard: Unheard | None = None
    _fitting: list[Answers] = attrs.field(factory=list)
    _world: Answers = attrs.field(factory=dict)
    _supposed: Answers | None = None
    _heard: dict[Hashable, bool | None] = attrs.field(factory=dict)

    def about(self, gone: Iterable[str], strange: bool, wrote: Mapping[str, Value | None]) -> None:
        """Forget the entry before, and speak of the next."""
        self.gone, self.strange, self.wrote = frozenset(gone), strange, wrote
        self.unheard, self._supposed = None, None
        self._fitting.clear()
        self._heard.clear()

    def explains(self, fits: Callable[[], bool]) -> bool:
        """Try answers until all have been tried under which *fits* may hold; False where it never does."""
        waiting: list[Answers] = [{}]
        for _ in range(LIMIT):
            if not waiting:
                break
            begun = waiting.pop()
            self._supposed = dict(begun)
            if fits():
                self._fitting.append(self._supposed)
            fresh = [key for key in self._supposed if key not in begun and not isinstance(key, _Ran)]
            for place, key in enumerate(fresh):
                waiting.append({**begun, **dict.fromkeys(fresh[:place], True), key: False})
        self._supposed, self.unheard = None, None
        explained = bool(self._fitting)
        if waiting:
            self._fitting.clear()  # others may fit as well, and say otherwise
        return explained

    def worlds(self) -> Iterator[None]:
        """Once for each way in which everything may have been answered; once without answers where none is known."""
        for world in self._fitting or [{}]:
            self._world, self.unheard = world, None
            yield

    def answer(self, key: Hashable, cause: Cause, name: str) -> bool:
        """What was answered. Raises Unheard where nothing tells."""
        if self._supposed is not None:
            return self._supposed.setdefault(key, True)
        if key not in self._world:
            self.unheard = Unheard(cause, name)
            raise self.unheard
        return self._world[key]

    def reads(self, condition: Condition) -> Reader:
        """A reader that asks the witness what the log does not hold."""
        plain, asked = reader(condition), tuple(dict.fromkeys(operands(condition)))
        weighed = next((ref.account for ref in asked if isinstance(ref, tree.BalanceRef)), "")
        role = next((node.role for node in walk(condition) if isinstance(node, tree.HasRole)), "")
        named = frozenset(ref.name for ref in asked if isinstance(ref, tree.FieldRef | tree.GivenRef))

        def read(facts: Facts) -> bool | None:
            lost, shut = named & self.gone, not named.isdisjoint(self.shut)
            strange = bool(role) and self.strange
            told = None if lost or strange or (weighed and shut) else plain(facts)
            if not (lost or strange or weighed or shut) or (weighed and told is not None):
                return told
            key = (condition, tuple(_value(facts, ref) for ref in asked), _course(condition, facts), _posted(facts))
            if not (lost or strange or weighed):
                return self._repeated(key, told)
            cause: Cause = "erased" if lost else "roles" if strange else "opaque"
            return self.answer(key, cause, ", ".join(sorted(lost)) or role or weighed)

        return read

    def _repeated(self, key: Hashable, told: bool | None) -> bool | None:
        """An answer about what the asker may not read: only to a question that the record itself was asked."""
        if self._supposed is not None:
            self._heard[key] = told
        elif key not in self._heard:
            self.unheard = Unheard("withheld", "")
            raise self.unheard
        return self._heard[key]

    def guard(self, name: str, declared: Part | None, fields: tuple[str, ...]) -> Guard:
        """A guard that answers as the one of that name did; one that is not installed may have read all *fields*."""
        part = declared if isinstance(declared, Guard) else Guard(name, lambda _: False, fields)
        return attrs.evolve(part, check=lambda view: self.answer(_seen(name, view), "opaque", name))

    def effect(self, name: str, declared: Part | None, fields: tuple[str, ...]) -> EffectPart:
        """An effect that writes what the one of that name wrote then."""
        part = declared if isinstance(declared, EffectPart) else EffectPart(name, lambda _: (), fields, fields)
        return attrs.evolve(part, run=lambda _: self._carried(part))

    def _carried(self, part: EffectPart) -> list[Any]:
        """What an effect wrote into the case then; what else it did concerns others."""
        if self._supposed is not None:
            self._supposed[_Ran(part.name)] = True
        elif _Ran(part.name) not in self._world:
            self.unheard = Unheard("opaque", part.name)
            raise self.unheard
        return [Set(name, value) for name in part.writes for value in self._written(name)]

    def _written(self, name: str) -> list[Value | None]:
        """What the entry wrote into a field that a part calls so; the namespace of its workflow may stand before it."""
        found = [value for full, value in self.wrote.items() if name in (full, full.partition(".")[2])]
        return found[:1]


def _value(facts: Facts, ref: tree.Operand) -> Hashable:
    match ref:
        case tree.FieldRef(name):
            return _typed(facts.data.get(name))
        case tree.GivenRef(name):
            return _typed(facts.form.get(name))
        case tree.StateRef(workflow):
            return facts.states.get(workflow, "")
        case tree.ElapsedRef(mark):
            return facts.marks.get(mark)
    return None


def _course(condition: Condition, facts: Facts) -> Hashable:
    """What a condition asks besides its operands: which deadlines run until when, who did what."""
    told: list[Hashable] = []
    for node in walk(condition):
        if isinstance(node, tree.Overdue):
            told.append(facts.dues.get(node.deadline))
        elif isinstance(node, tree.Differs):
            told.append(facts.acts.get(node.trigger))
    return tuple(told)


def _typed(value: object) -> Hashable:
    return type(value), value


def _posted(facts: Facts) -> Hashable:
    """What this very entry has moved so far, on which balances depend."""
    return tuple(getattr(facts, "postings", ()))


def _seen(name: str, view: View) -> Hashable:
    return (
        name,
        view.trigger,
        tuple(sorted(view.states.items())),
        tuple(sorted((field, _typed(value)) for field, value in view.data.items())),
        tuple(sorted((field, _typed(value)) for field, value in view.form.items())),
    )

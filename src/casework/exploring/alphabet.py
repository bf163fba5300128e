"""What the explorer tells apart in a case: every workflow's state, and each fact that some condition asks for.

Each such thing is a *slot* of a few bits, one for each value that is told apart; a set of cases is one integer, the
bits of every value that is possible. Two sets meet by ``&``; a set is empty where a slot has no bit left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

import attrs

from casework.compiled import Compiled, CompiledTransition
from casework.condition import tree
from casework.condition.literal import Value
from casework.condition.tree import Condition
from casework.exploring.cells import Partition, partition
from casework.exploring.covering import telling
from casework.model.command import Given, Held, Set
from casework.model.fields import Field
from casework.parts import EffectPart

RUNNING, DUE, RUNG = 0, 1, 2
"""The cells of a deadline: not over, over with its timer still to run, over with its timer run."""
NOBODY, SOMEBODY = 0, 1
"""The cells of an act that four-eyes asks about."""
NEVER_ENTERED = 0
"""The first cell of a mark; the others are how much time has passed since."""


@attrs.frozen(eq=False)
class Slot:
    """A place in the integer: *kind* and *name* of what it tells apart, and where its bits lie."""

    kind: str
    name: str
    offset: int
    width: int

    @property
    def mask(self) -> int:
        """The bits of every value."""
        return ((1 << self.width) - 1) << self.offset

    def bit(self, cell: int) -> int:
        """The bit of one value."""
        return 1 << (self.offset + cell)

    def cells(self, case: int) -> Iterator[int]:
        """The values that are possible in *case*."""
        bits = (case >> self.offset) & ((1 << self.width) - 1)
        while bits:
            low = bits & -bits
            yield low.bit_length() - 1
            bits ^= low


class Alphabet:
    """The slots of one manifest. Those of workflows come first: the low bits of a set are its configuration."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.slots: dict[tuple[str, str], Slot] = {}
        self.width = 0
        self.states = {
            name: {state.name: number for number, state in enumerate(workflow.workflow.states)}
            for name, workflow in compiled.workflows.items()
        }
        for name, states in self.states.items():
            self._add("state", name, len(states))
        self.configuration = (1 << self.width) - 1
        conditions = list(asked(compiled))
        self.partitions = {
            name: partition(compiled.fields[name], literals)
            for name, literals in sorted(_literals(compiled, conditions).items())
        }
        for name, cells in self.partitions.items():
            self._add("field", name, len(cells.witnesses))
        for act in sorted(compiled.acts):
            self._add("act", act, 2)
        for name in sorted(_clocked(compiled, conditions)):
            self._add("deadline", name, 3)
        self.durations = _durations(conditions)
        for mark, durations in sorted(self.durations.items()):
            self._add("mark", mark, 2 + 2 * len(durations))
        self.everything = (1 << self.width) - 1

    def _add(self, kind: str, name: str, width: int) -> None:
        self.slots[kind, name] = Slot(kind, name, self.width, width)
        self.width += width

    def get(self, kind: str, name: str) -> Slot | None:
        """The slot of that thing; None where no condition tells it apart."""
        return self.slots.get((kind, name))

    def state(self, workflow: str, state: str) -> int:
        """The bit of one state."""
        return self.slots["state", workflow].bit(self.states[workflow][state])

    def states_of(self, node: int) -> dict[str, str]:
        """The configuration of a node, as workflow to state."""
        found = {}
        for name, states in self.states.items():
            slot = self.slots["state", name]
            cell = next(slot.cells(node))
            found[name] = next(state for state, number in states.items() if number == cell)
        return found


def asked(compiled: Compiled) -> Iterator[Condition]:
    """Every condition that decides what a case may do."""
    for workflow in compiled.workflows.values():
        for item in workflow.transitions:
            yield from (clause.condition for clause in item.clauses)
    for invariant in compiled.case_type.invariants:
        yield compiled.located(invariant.condition)


def _leaves(conditions: Iterable[Condition]) -> Iterator[tuple[object, tuple[Value | timedelta, ...]]]:
    """Everything that is asked about, with the literals that it is compared with."""
    for condition in conditions:
        for node in tree.walk(condition):
            match node:
                case tree.Compare(left, _, right):
                    yield left, (right,)
                case tree.Among(left, values):
                    yield left, values
                case tree.Known(left):
                    yield left, ()
                case tree.Overdue():
                    yield node, ()


def _literals(compiled: Compiled, conditions: Iterable[Condition]) -> dict[str, set[Value]]:
    """The fields that are told apart, with what they are compared with; what one is copied from is told apart too."""
    found: dict[str, set[Value]] = {}
    for left, values in _leaves(conditions):
        if isinstance(left, tree.FieldRef) and left.name in compiled.fields:
            found.setdefault(left.name, set()).update(value for value in values if not isinstance(value, timedelta))
    for field, value in telling(compiled, found):
        found.setdefault(field, set()).update(() if value is None else (value,))
    copies = [(effect.field, effect.value.name) for effect in sets(compiled) if isinstance(effect.value, Held)]
    size = -1
    while size != (size := sum(len(values) + 1 for values in found.values())):
        for target, source in copies:
            if target in found and source in compiled.fields:
                found.setdefault(source, set()).update(found[target])
    return found


def sets(compiled: Compiled) -> Iterator[Set]:
    """Every command that gives a field a value."""
    for workflow in compiled.workflows.values():
        for item in workflow.transitions:
            yield from (effect for effect in item.effects if isinstance(effect, Set))


def told_apart(alphabet: Alphabet, *items: CompiledTransition) -> Mapping[str, tuple[Field, Partition]]:
    """The fields of the forms of transitions of one trigger that are told apart, each as all of them look at it.

    They are asked about by a clause, or copied into a field that is told apart.
    """
    wanted: dict[str, set[Value]] = {}
    for left, values in _leaves(clause.condition for item in items for clause in item.clauses):
        if isinstance(left, tree.GivenRef):
            wanted.setdefault(left.name, set()).update(value for value in values if not isinstance(value, timedelta))
    for effect in (effect for item in items for effect in item.effects):
        if isinstance(effect, Set) and isinstance(effect.value, Given) and effect.field in alphabet.partitions:
            cells = alphabet.partitions[effect.field]
            named = cells.edges if cells.ordered else tuple(v for v in cells.witnesses if v is not None)
            wanted.setdefault(effect.value.name, set()).update(named)
    found = {}
    for name, literals in wanted.items():
        asked = [item.form[name] for item in items if name in item.form]
        if asked:
            widest = _widest(asked)
            found[name] = widest, partition(attrs.evolve(widest, field_class="open"), literals | _bounds(asked))
    return found


def _widest(fields: Sequence[Field]) -> Field:
    """A field that takes what one of *fields* takes, for a value is held to the bounds of the transition chosen."""
    choices = tuple(dict.fromkeys(choice for field in fields for choice in field.choices))
    same = not _bounds(fields)
    return attrs.evolve(
        fields[0],
        choices=choices,
        minimum=fields[0].minimum if same else None,
        maximum=fields[0].maximum if same else None,
    )


def _bounds(fields: Sequence[Field]) -> set[Value]:
    """The bounds of *fields*, where they are not the same for all."""
    if len({(field.minimum, field.maximum) for field in fields}) < 2:
        return set()
    return {value for field in fields for value in (field.minimum, field.maximum) if value is not None}


def _clocked(compiled: Compiled, conditions: Iterable[Condition]) -> set[str]:
    """The deadlines whose running out changes something: they fire a trigger, or a condition asks for them."""
    found = {left.deadline for left, _ in _leaves(conditions) if isinstance(left, tree.Overdue)}
    for workflow in compiled.workflows.values():
        found.update(deadline.name for deadline in workflow.deadlines if deadline.trigger is not None)
    return found


def _durations(conditions: Iterable[Condition]) -> dict[str, tuple[timedelta, ...]]:
    found: dict[str, set[timedelta]] = {}
    for left, values in _leaves(conditions):
        if isinstance(left, tree.ElapsedRef):
            found.setdefault(left.mark, set()).update(value for value in values if isinstance(value, timedelta))
    return {mark: tuple(sorted(durations)) for mark, durations in found.items()}


def writes(compiled: Compiled, part: EffectPart, workflow: str) -> frozenset[str]:
    """The fields that a declared Python effect in *workflow* may write, by their full names."""
    return frozenset(compiled.own_field(workflow, name) for name in part.writes)

"""Conditions as sets of cases: where one holds, and where it does not. Where it does neither, something is unknown.

A set is a union of *boxes*; a box says of each slot which values are possible, independently of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

import attrs

from casework.compiled import CompiledTransition
from casework.condition import tree
from casework.condition.evaluate import OPERATIONS
from casework.condition.tree import All, Among, Any, Compare, Condition, Known, Not
from casework.exploring.alphabet import DUE, RUNG, SOMEBODY, Alphabet, Slot, told_apart
from casework.exploring.cells import Partition, partition
from casework.model.fields import Field

BOX_LIMIT = 512
"""A condition with more alternatives than this is not looked into: it is taken to hold or not, as it likes."""

Bits = dict[Slot, int]
"""A box while it is made: the bits that are possible of each slot it says something about."""


class TooLarge(Exception):
    """A condition has too many alternatives to be written as boxes."""


@attrs.frozen(eq=False)
class Box:
    """*allowed* has every bit set of the slots it says nothing about; *slots* are the masks of those it does."""

    allowed: int
    slots: tuple[int, ...]

    def meet(self, case: int) -> int:
        """The cases of *case* that lie in the box; 0 where there are none."""
        rest = case & self.allowed
        for mask in self.slots:
            if not rest & mask:
                return 0
        return rest

    def beyond(self, case: int) -> Iterator[int]:
        """The cases of *case* that do not lie in the box, as sets that do not overlap."""
        for mask in self.slots:
            outside = case & mask & ~self.allowed
            if outside:
                yield (case & ~mask) | outside
            case &= ~mask | self.allowed
            if not case & mask:
                return


NOWHERE = Box(0, (-1,))
"""The box in which no case lies."""


@attrs.frozen(eq=False)
class Truth:
    """Where a condition holds, and where it does not; *oversize* where it was not looked into."""

    true: tuple[Box, ...]
    false: tuple[Box, ...]
    oversize: bool = False


class Reach:
    """The slots that conditions may ask for: those of the alphabet, and passing ones of their own.

    Passing are what the form says, who acts, balances, and what a Python guard answers: nothing of it stays. All
    transitions that a trigger looks at share one reach, for they are asked by the same person with the same form.
    """

    def __init__(
        self, alphabet: Alphabet, conditions: Iterable[Condition], items: Sequence[CompiledTransition] = ()
    ) -> None:
        self.alphabet = alphabet
        self._asked = tuple(conditions)
        self.width = alphabet.width
        self.passing: dict[tuple[str, str], Slot] = {}
        self.partitions: dict[tuple[str, str], Partition] = {}
        self.free = 0
        for name, (_, cells) in told_apart(alphabet, *items).items():
            needed = all(name in item.form and item.form[name].required for item in items)
            self._add("given", name, cells, unknown=not needed)

    def _add(self, kind: str, name: str, cells: Partition, *, unknown: bool) -> Slot:
        slot = Slot(kind, name, self.width, len(cells.witnesses))
        self.width += slot.width
        self.passing[kind, name] = slot
        self.partitions[kind, name] = cells
        self.free |= slot.mask if unknown else slot.mask & ~slot.bit(0)
        return slot

    def flag(self, kind: str, name: str) -> Slot:
        """A passing slot of two values, no and yes, made when it is first asked for."""
        found = self.passing.get((kind, name))
        if found is None:
            found = Slot(kind, name, self.width, 2)
            self.width += 2
            self.passing[kind, name] = found
            self.free |= found.mask
        return found

    def balance(self, account: str) -> Slot:
        """The slot of what an account has left; other cases change it, so that it may be anything within its limits."""
        found = self.passing.get(("balance", account))
        if found is None:
            told = self.alphabet.compiled.accounts.get(account)
            low, high = (told.minimum, told.maximum) if told is not None else (None, None)
            field = Field(account, "integer", minimum=low, maximum=high)
            cells = partition(field, sorted(set(self._balances(account))))
            found = self._add("balance", account, cells, unknown=told is None or told.by is not None)
        return found

    def _balances(self, account: str) -> Iterable[int]:
        for node in (node for condition in self._asked for node in tree.walk(condition)):
            match node:
                case Compare(tree.BalanceRef(name), _, int() as right) if name == account:
                    yield right
                case Among(tree.BalanceRef(name), values) if name == account:
                    yield from (value for value in values if isinstance(value, int))

    def truth(self, condition: Condition) -> Truth:
        """The boxes of *condition*."""
        try:
            true, false = _both(condition, self)
        except TooLarge:
            slot = self.flag("condition", str(len(self.passing)))
            either = Truth((self.box({slot: slot.bit(1)}),), (self.box({slot: slot.bit(0)}),))
            return attrs.evolve(either, oversize=True)
        return Truth(tuple(map(self.box, true)), tuple(map(self.box, false)))

    def box(self, bits: Mapping[Slot, int]) -> Box:
        """A box of what *bits* say."""
        allowed = -1
        for slot, possible in bits.items():
            allowed &= ~slot.mask | possible
        return Box(allowed, tuple(slot.mask for slot in bits))


def _both(condition: Condition, reach: Reach) -> tuple[list[Bits], list[Bits]]:
    match condition:
        case All(terms):
            return _joined(terms, reach)
        case Any(terms):
            false, true = _joined(terms, reach, inverted=True)
            return true, false
        case Not(term):
            true, false = _both(term, reach)
            return false, true
        case tree.Optional(_, term):
            return _both(term, reach)
    return _atom(condition, reach)


def _joined(terms: Iterable[Condition], reach: Reach, *, inverted: bool = False) -> tuple[list[Bits], list[Bits]]:
    """Where all terms hold, and where one does not; *inverted*, where all fail, and where one holds."""
    every: list[Bits] = [{}]
    one: list[Bits] = []
    for term in terms:
        true, false = _both(term, reach)
        if inverted:
            true, false = false, true
        every = [joint for box in every for other in true if (joint := _meet(box, other)) is not None]
        one += false
        if len(every) > BOX_LIMIT or len(one) > BOX_LIMIT:
            raise TooLarge
    return every, one


def _meet(one: Bits, other: Bits) -> Bits | None:
    joint = dict(one)
    for slot, bits in other.items():
        joint[slot] = joint.get(slot, slot.mask) & bits
        if not joint[slot]:
            return None
    return joint


def _atom(condition: Condition, reach: Reach) -> tuple[list[Bits], list[Bits]]:
    match condition:
        case Known(left):
            slot, values = _slot(left, reach)
            return _split(slot, [value is not None for value in values])
        case Among(left, members):
            slot, values = _slot(left, reach)
            return _split(slot, [_among(value, members) for value in values])
        case Compare(left, sign, right):
            slot, values = _slot(left, reach)
            compare = OPERATIONS[sign]
            return _split(slot, [None if value is None else compare(value, right) for value in values])
        case tree.HasRole(role):
            return _split(reach.flag("role", role), [False, True])
        case tree.Differs(trigger):
            return _differs(reach, trigger)
        case tree.Overdue(deadline):
            slot = reach.alphabet.slots["deadline", deadline]
            return _split(slot, [cell in (DUE, RUNG) for cell in range(slot.width)])
    raise TypeError(f"{condition!r} has to be bound before it can be explored")


def _among(value: object, members: tuple[object, ...]) -> bool | None:
    if not members:
        return False
    return None if value is None else value in members


def _differs(reach: Reach, trigger: str) -> tuple[list[Bits], list[Bits]]:
    act, other = reach.alphabet.slots["act", trigger], reach.flag("other person", trigger)
    done = act.bit(SOMEBODY)
    return [{act: done, other: other.bit(1)}], [{act: done, other: other.bit(0)}]


def _slot(left: tree.Operand, reach: Reach) -> tuple[Slot, list[object]]:
    """The slot of an operand, and a value for each of its cells; None is unknown."""
    alphabet = reach.alphabet
    match left:
        case tree.StateRef(workflow) if ("state", workflow) in alphabet.slots:
            return alphabet.slots["state", workflow], list(alphabet.states[workflow])
        case tree.FieldRef(name) if ("field", name) in alphabet.slots:
            return alphabet.slots["field", name], list(alphabet.partitions[name].witnesses)
        case tree.ElapsedRef(mark) if ("mark", mark) in alphabet.slots:
            slot = alphabet.slots["mark", mark]
            return slot, [None, *passed(alphabet.durations[mark])]
        case tree.GivenRef(name) if ("given", name) in reach.passing:
            return reach.passing["given", name], list(reach.partitions["given", name].witnesses)
        case tree.BalanceRef(account):
            slot = reach.balance(account)
            return slot, list(reach.partitions["balance", account].witnesses)
    # What does not exist here is unknown, as it is when a case is decided.
    return reach.flag("absent", str(left)), [None, None]


def passed(durations: tuple[timedelta, ...]) -> Iterable[timedelta]:
    """For each cell of a mark that was entered how much time has passed: less, exactly as much, more."""
    yield durations[0] - timedelta.resolution
    for number, duration in enumerate(durations):
        yield duration
        last = number + 1 == len(durations)
        yield duration + (timedelta.resolution if last else (durations[number + 1] - duration) / 2)


def _split(slot: Slot, verdicts: list[bool | None]) -> tuple[list[Bits], list[Bits]]:
    true = sum(slot.bit(cell) for cell, verdict in enumerate(verdicts) if verdict is True)
    false = sum(slot.bit(cell) for cell, verdict in enumerate(verdicts) if verdict is False)
    return ([{slot: true}] if true else []), ([{slot: false}] if false else [])

"""Slots that are written together, told apart together.

What two slots that one step writes have to do with each other must not be lost; slots that no step writes together have
nothing to do with each other but by the configuration. So a set of cases is one integer again, a bit for each joint
value of each such group, and the cases that can come to a configuration are, approximated from above, one such integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import attrs

from casework.exploring.alphabet import Alphabet, Slot
from casework.exploring.move import Move
from casework.exploring.passage import Passage
from casework.exploring.way import Label

JOINT_LIMIT = 256
"""Groups are not joined any more where they would have more joint values than this."""


@attrs.define(eq=False, slots=False)
class Group:
    """Some slots with a bit for each of their joint values, from *offset* on."""

    slots: tuple[Slot, ...]
    offset: int = 0
    memory: dict[int, int] = attrs.field(factory=dict)

    @property
    def width(self) -> int:
        """How many joint values there are."""
        width = 1
        for slot in self.slots:
            width *= slot.width
        return width

    @property
    def mask(self) -> int:
        """The bits of every joint value."""
        return ((1 << self.width) - 1) << self.offset

    @property
    def asked(self) -> int:
        """The bits of the slots themselves."""
        return sum(slot.mask for slot in self.slots)

    def encoded(self, box: int) -> int:
        """The joint values of a box over slots."""
        known = self.memory.get(box)
        if known is None:
            # Of each slot every value that is possible, with every value of the others.
            values = [0]
            for slot in self.slots:
                values = [value * slot.width + cell for value in values for cell in slot.cells(box)]
            known = self.memory[box] = sum(1 << (self.offset + value) for value in values)
        return known

    @cached_property
    def values(self) -> tuple[int, ...]:
        """Every joint value as a box over slots."""
        return tuple(map(self._box, range(self.width)))

    def _box(self, value: int) -> int:
        found = 0
        for slot in reversed(self.slots):
            value, cell = divmod(value, slot.width)
            found |= slot.bit(cell)
        return found


@attrs.frozen(eq=False)
class Table:
    """What a move makes of the joint values of a group of which it changes some slots and leaves others."""

    offset: int
    mask: int
    forth: tuple[int, ...]
    back: tuple[int, ...]
    seen_forth: dict[int, int] = attrs.field(factory=dict)
    seen_back: dict[int, int] = attrs.field(factory=dict)

    def onward(self, cases: int) -> int:
        """The joint values that come of those in *cases*."""
        return _looked_up(self.forth, (cases & self.mask) >> self.offset, self.seen_forth)

    def backward(self, cases: int) -> int:
        """The joint values of which those in *cases* come."""
        return _looked_up(self.back, (cases & self.mask) >> self.offset, self.seen_back)


def _looked_up(table: tuple[int, ...], bits: int, seen: dict[int, int]) -> int:
    known = seen.get(bits)
    if known is None:
        known, rest = 0, bits
        while rest:
            low = rest & -rest
            known |= table[low.bit_length() - 1]
            rest ^= low
        seen[bits] = known
    return known


@attrs.frozen(eq=False)
class Effect:
    """What a move asks for and does besides moving between states; many moves share one."""

    before: int
    narrow: tuple[int, ...]
    changed: int
    after: int
    written: tuple[int, ...]
    tables: tuple[Table, ...]


@attrs.define(eq=False)
class Jump:
    """A move over joint values, from one configuration to another."""

    move: Move
    source: int
    target: int
    effect: Effect

    @property
    def label(self) -> Label:
        """What happens."""
        return self.move.label

    def onward(self, cases: int) -> int:
        """What comes of *cases* of the source; 0 where none of them can move so."""
        effect = self.effect
        met = cases & effect.before
        for mask in effect.narrow:
            if not met & mask:
                return 0
        made = (met & ~effect.changed) | effect.after
        for table in effect.tables:
            made |= table.onward(met)
        return made

    def backward(self, cases: int) -> int:
        """The cases of the source that may come to be among *cases*; 0 where there are none."""
        effect = self.effect
        for mask in effect.written:
            if not cases & effect.after & mask:
                return 0
        met = cases | effect.changed
        for table in effect.tables:
            met = (met & ~table.mask) | table.backward(cases)
        met &= effect.before
        for mask in effect.narrow:
            if not met & mask:
                return 0
        for table in effect.tables:
            if not met & table.mask:
                return 0
        return met


class Joints:
    """The groups of one manifest, and moves told in them. A set of cases does not say its configuration."""

    def __init__(self, alphabet: Alphabet, passages: Iterable[Passage]) -> None:
        self.alphabet = alphabet
        self.groups = _grouped(alphabet, passages)
        offset = 1  # the first bit is that there is a case at all, for a manifest may have no group
        for group in self.groups:
            group.offset = offset
            offset += group.width
        self.everything = (1 << offset) - 1
        self.masks = {
            bit: group.mask for group in self.groups for bit in range(group.offset, group.offset + group.width)
        }
        self.masks[0] = 1
        self._asked = [(group, group.asked) for group in self.groups]
        self._boxes: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._effect_of: dict[Move, Effect] = {}
        self._effects: dict[tuple[int, int, int], Effect] = {}
        self._tables: dict[tuple[int, int, int, int], Table] = {}

    def encoded(self, box: int) -> int:
        """A box over slots, in joint values."""
        return 1 | sum(group.encoded(box & asked) for group, asked in self._asked)

    def some(self, box: int, cases: int) -> bool:
        """Whether some of *cases* may lie in a box over slots."""
        known = self._boxes.get(box)
        if known is None:
            bits = self.encoded(box)
            known = self._boxes[box] = bits, tuple(g.mask for g in self.groups if bits & g.mask != g.mask)
        both = cases & known[0]
        return all(both & mask for mask in known[1])

    def cells(self, cases: int) -> dict[Slot, int]:
        """One case out of *cases*: by slot the value that it has."""
        found = {}
        for group in self.groups:
            bits = (cases & group.mask) >> group.offset
            box = group.values[(bits & -bits).bit_length() - 1]
            found.update({slot: next(slot.cells(box)) for slot in group.slots})
        return found

    def jumps(self, moves: Iterable[Move], source: int) -> Iterator[Jump]:
        """Moves from the configuration *source*."""
        states, effects = self.alphabet.configuration, self._effect_of
        for move in moves:
            effect = effects.get(move) or self._told(move)
            yield Jump(move, source, ((source & ~move.changed) | move.after) & states, effect)

    def _told(self, move: Move) -> Effect:
        told = ~self.alphabet.configuration
        key = (move.before & told, move.after & told, move.changed & told)
        effect = self._effects.get(key)
        if effect is None:
            effect = self._effects[key] = self._effect(*key)
        self._effect_of[move] = effect
        return effect

    def _effect(self, before: int, after: int, changed: int) -> Effect:
        allowed, clear, made = 1, 0, 0
        narrow, written, tables = [], [], []
        for group, asked in self._asked:
            bits = group.encoded(before & asked)
            allowed |= bits
            mask = group.mask
            if bits != mask:
                narrow.append(mask)
            part = changed & asked
            if part == asked:
                clear |= mask
                made |= group.encoded(after & asked)
                written.append(mask)
            elif part:
                clear |= mask
                asking = (group.offset, bits, after & asked, part)
                table = self._tables.get(asking)
                if table is None:
                    table = self._tables[asking] = _table(group, after & asked, part, bits)
                tables.append(table)
        return Effect(allowed, tuple(narrow), clear, made, tuple(written), tuple(tables))


def _table(group: Group, after: int, changed: int, allowed: int) -> Table:
    forth, back = [], [0] * group.width
    for value, box in enumerate(group.values):
        if not allowed >> (group.offset + value) & 1:
            forth.append(0)
            continue
        made = group.encoded((box & ~changed) | after)
        forth.append(made)
        bits = made >> group.offset
        while bits:
            low = bits & -bits
            back[low.bit_length() - 1] |= 1 << (group.offset + value)
            bits ^= low
    return Table(group.offset, group.mask, tuple(forth), tuple(back))


def _grouped(alphabet: Alphabet, passages: Iterable[Passage]) -> list[Group]:
    """The slots that no step writes together stand alone; clocks always do, for they only go on."""
    groups = {slot: [slot] for (kind, _), slot in alphabet.slots.items() if kind != "state"}
    for each in passages:
        together = [slot for slot in groups if slot.kind in ("field", "act") and slot.mask & _written(each, alphabet)]
        for slot in together[1:]:
            one, other = groups[together[0]], groups[slot]
            if one is not other and _size(one) * _size(other) <= JOINT_LIMIT:
                one += other
                for member in other:
                    groups[member] = one
    return [Group(tuple(group)) for group in {id(group): group for group in groups.values()}.values()]


def _size(slots: list[Slot]) -> int:
    size = 1
    for slot in slots:
        size *= slot.width
    return size


def _written(each: Passage, alphabet: Alphabet) -> int:
    """The slots that a step writes, the act that it is among them."""
    written = each.void
    for op in (op for ops in each.ops.values() for op in ops):
        written |= op.written
    slot = alphabet.get("act", each.item.transition.trigger)
    return written if slot is None else written | slot.mask

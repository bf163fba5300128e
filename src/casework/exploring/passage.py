"""One transition as it acts on sets of cases: where it may be taken, where it is passed over, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from casework.compiled import CompiledTransition
from casework.condition.literal import Value
from casework.condition.tree import All, Condition
from casework.exploring.alphabet import NOBODY, RUNNING, SOMEBODY, Alphabet, Slot, writes
from casework.exploring.cells import UNKNOWN, accepted
from casework.exploring.covering import witnesses
from casework.exploring.region import NOWHERE, Box, Reach
from casework.model import command
from casework.model.command import Set
from casework.model.fields import Field
from casework.parts import EffectPart


@attrs.frozen(eq=False)
class Change:
    """Some slots get values whatever they held."""

    clear: int
    bits: int

    @property
    def written(self) -> int:
        """The slots that it gives a value."""
        return self.clear


@attrs.frozen(eq=False)
class Copy:
    """A slot gets what another one holds: by cell of *source* the bits of *target*."""

    target: Slot
    source: Slot
    table: tuple[int, ...]
    once: bool
    """Nothing else asks for the source afterwards, so what both have in common may be forgotten."""

    @property
    def written(self) -> int:
        """The slot that it gives a value."""
        return self.target.mask


Op = Change | Copy


@attrs.frozen(eq=False)
class Passage:
    """*true* is where the transition is taken; *false* where the next one of its trigger is looked at instead.

    *fits* is where its own form takes what was filled in. *ops* say by source state what taking it does. *void* are
    the acts that it may make void, as bits of nobody; of those in *loose* no slot tells whether it does, of those in
    *witnesses* that one does alone. *opaque* names what Python decides there.
    """

    item: CompiledTransition
    true: tuple[Box, ...]
    false: tuple[Box, ...]
    fits: Box
    ops: dict[int, tuple[Op, ...]]
    void: int
    loose: int
    witnesses: Mapping[str, Slot]
    opaque: tuple[str, ...]
    reach: Reach

    @property
    def free(self) -> int:
        """The values that passing slots may have."""
        return self.reach.free

    @property
    def reads(self) -> int:
        """The slots that stay and that it asks for, or copies from."""
        reads = 0
        for mask in (mask for box in (*self.true, *self.false) for mask in box.slots):
            reads |= mask
        for op in (op for ops in self.ops.values() for op in ops):
            reads |= op.source.mask if isinstance(op, Copy) else 0
        return reads & self.reach.alphabet.everything


def passage(alphabet: Alphabet, item: CompiledTransition, *, timed: bool = False) -> Passage:
    """Compile one transition as if its trigger had no other."""
    return passages(alphabet, (item,), timed=timed)[0]


def passages(alphabet: Alphabet, items: Sequence[CompiledTransition], *, timed: bool = False) -> tuple[Passage, ...]:
    """Compile transitions of one trigger, which are asked by the same person with the same form.

    *timed* is as the system takes them when a deadline runs out, without a form or a person.
    """
    asked = [[clause.condition for clause in item.clauses if not (timed and clause.asks_actor)] for item in items]
    reach = Reach(alphabet, [condition for conditions in asked for condition in conditions], items)
    made = tuple(
        _passage(alphabet, item, reach, All(tuple(conditions))) for item, conditions in zip(items, asked, strict=True)
    )
    return made if not timed else tuple(_unfilled(each) for each in made)


def _unfilled(each: Passage) -> Passage:
    """The passage as the system takes it, which fills in no form; one that needs something is never taken."""
    for (kind, _), slot in each.reach.passing.items():
        if kind == "given":
            each.reach.free = (each.reach.free & ~slot.mask) | slot.bit(UNKNOWN)
    needed = any(field.required for field in each.item.form.values())
    return attrs.evolve(each, fits=NOWHERE) if needed else each


def _passage(alphabet: Alphabet, item: CompiledTransition, reach: Reach, condition: Condition) -> Passage:
    truth = reach.truth(condition)
    true, false = list(truth.true), list(truth.false)
    for guard in item.guards:
        flag = reach.flag("guard", guard.name)
        yes, no = reach.box({flag: flag.bit(1)}), reach.box({flag: flag.bit(0)})
        false += [joint(box, no) for box in true]
        true = [joint(box, yes) for box in true]
    if item.absent:
        true = []
    opaque = tuple(guard.name for guard in item.guards)
    opaque += tuple(
        part.name for part in item.effects if isinstance(part, EffectPart) and _written(alphabet, item, part)
    )
    if truth.oversize:
        opaque += (f"the condition of {item.transition.trigger!r}",)
    ops = {
        alphabet.states[item.workflow][source]: tuple(_ops(alphabet, reach, item, source)) for source in item.sources
    }
    fields = _fields(alphabet, item)
    untold = {name for name in fields if alphabet.get("field", name) is None}
    told = witnesses(alphabet.compiled, item, alphabet.partitions)
    return Passage(
        item=item,
        true=tuple(true),
        false=tuple(false),
        fits=_fits(reach, item),
        ops=ops,
        void=voided(alphabet, fields, but=item.transition.trigger),
        loose=voided(alphabet, untold, but=item.transition.trigger) & ~_nobody(alphabet, told),
        witnesses={act: alphabet.slots["field", field] for act, field in told.items()},
        opaque=opaque,
        reach=reach,
    )


def _fits(reach: Reach, item: CompiledTransition) -> Box:
    """Where the form is one that the transition takes: what it asks for within its bounds, and nothing else."""
    bits = {}
    for (kind, name), slot in reach.passing.items():
        if kind == "given":
            field, witnesses = item.form.get(name), reach.partitions[kind, name].witnesses
            taken = [value is None if field is None else _takes(field, value) for value in witnesses]
            if not all(taken):
                bits[slot] = sum(slot.bit(cell) for cell, takes in enumerate(taken) if takes)
    return reach.box(bits)


def _takes(field: Field, value: Value | None) -> bool:
    return not field.required if value is None else accepted(field, value)


def joint(one: Box, other: Box) -> Box:
    """Where both boxes hold."""
    return Box(one.allowed & other.allowed, tuple(dict.fromkeys((*one.slots, *other.slots))))


def _ops(alphabet: Alphabet, reach: Reach, item: CompiledTransition, source: str) -> Iterator[Op]:
    """What taking the transition from *source* does, in the order in which deciding does it."""
    for effect in item.effects:
        if isinstance(effect, Set):
            slot = alphabet.get("field", effect.field)
            if slot is not None:
                yield _set(alphabet, reach, item, slot, effect)
        elif isinstance(effect, EffectPart):
            for slot in _written(alphabet, item, effect):
                yield Change(slot.mask, slot.mask)
    if item.target is not None:
        yield from _enter(alphabet, item.workflow, source, item.target)


def _written(alphabet: Alphabet, item: CompiledTransition, part: EffectPart) -> list[Slot]:
    names = sorted(writes(alphabet.compiled, part, item.workflow))
    return [slot for name in names if (slot := alphabet.get("field", name)) is not None]


def _set(alphabet: Alphabet, reach: Reach, item: CompiledTransition, slot: Slot, effect: Set) -> Op:
    cells = alphabet.partitions[slot.name]
    match effect.value:
        case None:
            return Change(slot.mask, slot.bit(0))
        case command.Given(name):
            given = reach.passing.get(("given", name))
            if given is None:
                return Change(slot.mask, slot.bit(0))
            table = tuple(_bit(slot, cells.index(value)) for value in reach.partitions["given", name].witnesses)
            uses = sum(1 for other in item.effects if isinstance(other, Set) and other.value == effect.value)
            return Copy(slot, given, table, uses == 1)
        case command.Held(name):
            held = alphabet.get("field", name)
            if held is None:
                return Change(slot.mask, slot.bit(0))
            return Copy(
                slot, held, tuple(_bit(slot, cells.index(v)) for v in alphabet.partitions[name].witnesses), False
            )
        case command.Now() | command.Doer() | command.Unit():
            return Change(slot.mask, slot.mask & ~slot.bit(0))
    return Change(slot.mask, _bit(slot, cells.index(effect.value)))


def _bit(slot: Slot, cell: int) -> int:
    return 0 if cell < 0 else slot.bit(cell)


def _enter(alphabet: Alphabet, workflow: str, source: str, target: str) -> Iterator[Op]:
    clear = alphabet.slots["state", workflow].mask
    bits = alphabet.state(workflow, target)
    mark = alphabet.get("mark", f"{workflow}.{target}")
    if mark is not None:
        clear, bits = clear | mark.mask, bits | mark.bit(1)
    for deadline in alphabet.compiled.workflows[workflow].deadlines:
        slot = alphabet.get("deadline", deadline.name)
        if slot is not None and (target not in deadline.during or source == target or source not in deadline.during):
            clear, bits = clear | slot.mask, bits | slot.bit(RUNNING)
    yield Change(clear, bits)


def entering(alphabet: Alphabet, workflow: str, target: str) -> Change:
    """A new case enters the initial state of a workflow."""
    (change,) = _enter(alphabet, workflow, target, target)
    assert isinstance(change, Change)
    return change


def _fields(alphabet: Alphabet, item: CompiledTransition) -> set[str]:
    """The fields that the transition's effects may change."""
    fields: set[str] = set()
    for effect in item.effects:
        if isinstance(effect, Set):
            fields.add(effect.field)
        elif isinstance(effect, EffectPart):
            fields |= writes(alphabet.compiled, effect, item.workflow)
    return fields


def voided(alphabet: Alphabet, fields: set[str] | frozenset[str], *, but: str = "") -> int:
    """The bits of nobody of the acts that a change of *fields* makes void, except the act of *but* itself."""
    acts = {act for name in fields for act in alphabet.compiled.covers.get(name, ()) if act != but}
    return _nobody(alphabet, acts)


def _nobody(alphabet: Alphabet, acts: Iterable[str]) -> int:
    return sum(alphabet.slots["act", act].bit(NOBODY) for act in acts)


def done(alphabet: Alphabet, trigger: str) -> Change | None:
    """Somebody did it: what four-eyes remembers of a trigger."""
    slot = alphabet.get("act", trigger)
    return None if slot is None else Change(slot.mask, slot.bit(SOMEBODY))

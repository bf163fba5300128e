"""One transition as it acts on sets of cases: where it may be taken, where it is passed over, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from casework.compiled import CompiledTransition
from casework.condition.tree import All
from casework.exploring.alphabet import RUNNING, SOMEBODY, Alphabet, Slot, writes
from casework.exploring.region import Box, Reach
from casework.model import command
from casework.model.command import Set
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

    *free* are the values that passing slots may have. *ops* say by source state what taking it does. *void* are the
    acts that it may make void, as bits of nobody. *opaque* names what Python decides there; *reads* is what it asks.
    """

    item: CompiledTransition
    true: tuple[Box, ...]
    false: tuple[Box, ...]
    free: int
    ops: dict[int, tuple[Op, ...]]
    void: int
    opaque: tuple[str, ...]
    reach: Reach
    reads: int


def passage(alphabet: Alphabet, item: CompiledTransition, *, timed: bool = False) -> Passage:
    """Compile one transition; *timed* as the system takes it when a deadline runs out, without a form or a person."""
    clauses = [clause.condition for clause in item.clauses if not (timed and clause.asks_actor)]
    reach = Reach(alphabet, clauses, item)
    truth = reach.truth(All(tuple(clauses)))
    true, false = list(truth.true), list(truth.false)
    for guard in item.guards:
        flag = reach.flag("guard", guard.name)
        yes, no = reach.box({flag: flag.bit(1)}), reach.box({flag: flag.bit(0)})
        false += [joint(box, no) for box in true]
        true = [joint(box, yes) for box in true]
    if item.absent or (timed and any(field.required for field in item.form.values())):
        true = []
    free = reach.free
    if timed:
        for (kind, _), slot in reach.passing.items():
            if kind == "given":
                free = (free & ~slot.mask) | slot.bit(0)
    opaque = tuple(guard.name for guard in item.guards)
    opaque += tuple(
        part.name for part in item.effects if isinstance(part, EffectPart) and _written(alphabet, item, part)
    )
    if reach.oversize:
        opaque += (f"the condition of {item.transition.trigger!r}",)
    reads = 0
    for box in (*true, *false):
        for mask in box.slots:
            reads |= mask
    ops = {
        alphabet.states[item.workflow][source]: tuple(_ops(alphabet, reach, item, source)) for source in item.sources
    }
    for op in (op for each in ops.values() for op in each):
        if isinstance(op, Copy):
            reads |= op.source.mask
    return Passage(
        item, tuple(true), tuple(false), free, ops, _void(alphabet, item), opaque, reach, reads & alphabet.everything
    )


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


def _void(alphabet: Alphabet, item: CompiledTransition) -> int:
    """The acts, as bits of nobody, that a change by the transition's effects may make void."""
    fields: set[str] = set()
    for effect in item.effects:
        if isinstance(effect, Set):
            fields.add(effect.field)
        elif isinstance(effect, EffectPart):
            fields |= writes(alphabet.compiled, effect, item.workflow)
    return voided(alphabet, fields, but=item.transition.trigger)


def voided(alphabet: Alphabet, fields: set[str] | frozenset[str], *, but: str = "") -> int:
    """The bits of nobody of the acts that a change of *fields* makes void, except the act of *but* itself."""
    acts = {act for name in fields for act in alphabet.compiled.covers.get(name, ()) if act != but}
    return sum(alphabet.slots["act", act].bit(0) for act in acts)


def merged(changes: Iterable[Op | None]) -> Change | None:
    """One change that does what all of *changes* do, one after the other; None where one of them copies."""
    clear = bits = 0
    for op in changes:
        if isinstance(op, Copy) or (op is not None and op.clear and not op.bits):
            return None
        if op is not None:
            clear, bits = clear | op.clear, (bits & ~op.clear) | op.bits
    return Change(clear, bits)


def done(alphabet: Alphabet, trigger: str) -> Change | None:
    """Somebody did it: what four-eyes remembers of a trigger."""
    slot = alphabet.get("act", trigger)
    return None if slot is None else Change(slot.mask, slot.bit(SOMEBODY))

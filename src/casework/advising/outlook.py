"""What the moves of a manifest ask for and bring about, in the alphabet of the explorer: how far it is to a goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from casework.advising.landmarks import BY_ITSELF, Landmarks, Relaxed, union
from casework.advising.rooms import Rooms
from casework.advising.standing import Standing
from casework.compiled import Compiled, CompiledTransition
from casework.condition.tree import Condition
from casework.exploring.alphabet import DUE, RUNNING, Alphabet, Slot
from casework.exploring.passage import Copy, Passage, done, passage, voided
from casework.exploring.region import Box, Reach


class Outlook:
    """The moves of one manifest, told so that distances can be counted."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.alphabet = Alphabet(compiled)
        self._told = self.alphabet.everything
        self.rooms = Rooms(compiled, self.alphabet.width)
        self._passages = {
            (name, item.number): passage(self.alphabet, item)
            for name, workflow in compiled.workflows.items()
            for item in workflow.transitions
        }
        self._moves = [*self._fired(), *self._timed(), *self._passing(), *self._amended()]
        self._together = [*self._invariants(), self._endings()]
        self._towards: dict[tuple[str, str], Landmarks] = {}

    def cells(self, here: Standing) -> int:
        """Everything that distances are counted by: what conditions tell apart, and what limits allow."""
        return here.cells(self.alphabet) | self.rooms.open(here.case)

    def towards_trigger(self, trigger: str) -> Landmarks:
        """The distance to where *trigger* can be fired."""
        found = self._towards.get(("trigger", trigger))
        if found is None:
            goal = [move for move in self._moves if move.key == ("fire", trigger)]
            found = self._towards["trigger", trigger] = self._landmarks(goal)
        return found

    def towards_state(self, workflow: str, state: str) -> Landmarks:
        """The distance to where *workflow* is in *state*."""
        found = self._towards.get((workflow, state))
        if found is None:
            bit = self.alphabet.state(workflow, state)
            found = self._towards[workflow, state] = self._landmarks([_holding((bit,))])
        return found

    def towards(self, condition: Condition) -> Landmarks:
        """The distance to where *condition* holds."""
        reach = Reach(self.alphabet, (condition,))
        boxes = reach.truth(condition).true
        asked = (self._boxed(box, reach.free) for box in boxes)
        return self._landmarks(_holding(asks) for asks in asked if asks is not None)

    def passage(self, workflow: str, number: int) -> Passage:
        """A transition as it acts on sets of cases."""
        return self._passages[workflow, number]

    def _landmarks(self, goal: Iterable[Relaxed]) -> Landmarks:
        return Landmarks(self._moves, goal, self.rooms.width, self._together)

    def _boxed(self, box: Box, free: int) -> tuple[int, ...] | None:
        """What a box asks of a case; None where no case can lie in it."""
        asks = []
        for mask in box.slots:
            told = mask & self._told
            bits = box.allowed & (told or mask & free)
            if not bits:
                return None
            if told and bits != told:
                asks.append(bits)
        return tuple(asks)

    def _asked(self, each: Passage) -> Iterator[tuple[int, ...]]:
        """By each way in which it may be taken what a transition asks for, the state that it leaves first."""
        source = union(self.alphabet.state(each.item.workflow, state) for state in each.item.sources)
        for box in each.true:
            asks = self._boxed(box, each.free)
            if asks is not None and source:
                yield (source, *asks, *self.rooms.asked(each.item))

    def _brought(self, each: Passage, act: str = "") -> int:
        remembered = done(self.alphabet, act) if act else None
        bits = each.void | (0 if remembered is None else remembered.bits)
        for op in (op for ops in each.ops.values() for op in ops):
            if isinstance(op, Copy):
                passing = op.source.offset >= self.alphabet.width
                cells = op.source.cells(each.free) if passing else range(op.source.width)
                bits |= union(op.table[cell] for cell in cells)
            else:
                bits |= op.bits
        return (bits & self._told) | self.rooms.brought(each.item)

    def _fired(self) -> Iterator[Relaxed]:
        for each in self._passages.values():
            transition = each.item.transition
            key = BY_ITSELF if transition.automatic else ("fire", transition.trigger)
            brought = self._brought(each, "" if transition.automatic else transition.trigger)
            for asks in self._asked(each):
                yield Relaxed(key, 0 if transition.automatic else 1, asks, brought)

    def _timed(self) -> Iterator[Relaxed]:
        """Deadlines run out while the case stands where they run, and the system fires what they name."""
        for workflow in self.compiled.workflows.values():
            for deadline in workflow.deadlines:
                slot = self.alphabet.get("deadline", deadline.name)
                if slot is None:
                    continue
                during = union(self.alphabet.state(workflow.workflow.name, state) for state in deadline.during)
                yield Relaxed(("wait", deadline.name), 1, (during, slot.bit(RUNNING)), slot.bit(DUE))
                for item in self.compiled.triggers[deadline.trigger].transitions if deadline.trigger else ():
                    each = passage(self.alphabet, item, timed=True)
                    for asks in self._asked(each):
                        brought = self._brought(each, deadline.trigger or "")
                        yield Relaxed(BY_ITSELF, 0, (during, slot.bit(DUE), *asks), brought)

    def _passing(self) -> Iterator[Relaxed]:
        for (kind, name), slot in self.alphabet.slots.items():
            if kind == "mark":
                entered = slot.mask & ~slot.bit(0)
                yield Relaxed(("wait", name), 1, (entered,), entered & ~slot.bit(1))

    def _amended(self) -> Iterator[Relaxed]:
        if not self.compiled.access.grantees("edit"):
            return
        for name, field in self.compiled.enterable.items():
            slot = self.alphabet.get("field", name)
            bits = voided(self.alphabet, {name})
            if slot is not None:
                bits |= slot.mask & ~(slot.bit(0) if field.required else 0)
            if bits:
                yield Relaxed(("amend", name), 1, (), bits)

    def _invariants(self) -> Iterator[int]:
        for invariant in self.compiled.case_type.invariants:
            condition = self.compiled.located(invariant.condition)
            truth = Reach(self.alphabet, (condition,)).truth(condition)
            yield union(mask for box in (*truth.true, *truth.false) for mask in box.slots) & self._told

    def _endings(self) -> int:
        """The states in which workflows end: none closes a case alone."""
        return union(
            self.alphabet.state(name, state)
            for name, workflow in self.compiled.workflows.items()
            for state in workflow.finals
        )

    def asked(self, items: Iterable[CompiledTransition]) -> int:
        """The slots that the conditions of *items* and the invariants ask for."""
        reads = union(self.passage(item.workflow, item.number).reads for item in items)
        return reads | union(self._invariants())


def _holding(asks: tuple[int, ...]) -> Relaxed:
    """That something holds, as a move that does nothing."""
    return Relaxed(BY_ITSELF, 0, asks, 0)


def slots_of(alphabet: Alphabet, names: Iterable[str]) -> tuple[Slot, ...]:
    """The slots of those fields *names* that some condition asks for."""
    return tuple(slot for name in names if (slot := alphabet.get("field", name)) is not None)


@lru_cache(maxsize=32)
def outlook(compiled: Compiled) -> Outlook:
    """The outlook of a manifest, made when it is first asked for."""
    return Outlook(compiled)

"""What matters where a case stands in one configuration: who may do what there, and which facts are still asked for.

It is put together from what each workflow's state brings, and remembered, for many nodes share a configuration.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import attrs

from casework.access import GLASS
from casework.compiled import CompiledTransition
from casework.exploring.alphabet import Alphabet, Slot
from casework.exploring.asked import Asked, Asking
from casework.exploring.offer import Offer, World, offers, passing, union
from casework.exploring.passage import Copy, Passage, passages, voided
from casework.exploring.region import Box, Reach


@attrs.frozen(eq=False)
class Offered:
    """What is offered in one state of one workflow, and the states on which it depends what comes of it."""

    offers: tuple[Offer, ...]
    states: int


@attrs.frozen(eq=False)
class Ringing:
    """A deadline that may run out, and what the system fires then; *free* is what passing slots may be.

    *states* are those on which it depends what comes of it.
    """

    slot: Slot
    trigger: str
    passages: tuple[Passage, ...]
    free: int
    states: int


@attrs.frozen(eq=False)
class Awaited:
    """Something that may still be asked for: *slots*, where the states are among those of *box*."""

    slots: int
    box: Box


@attrs.frozen(eq=False)
class Editable:
    """A field that somebody may amend: its slot, what it may become, and the acts that this may make void.

    *needed* are those that edit, those that view, and those that read it: who does so has a role of each.
    """

    name: str
    mask: int
    bits: int
    loose: int
    needed: tuple[frozenset[str], ...]


@attrs.define(eq=False)
class Place:
    """What one state of one workflow brings."""

    manual: list[Passage] = attrs.field(factory=list)
    """What people may fire there."""
    automatic: list[Passage] = attrs.field(factory=list)
    ringing: list[Ringing] = attrs.field(factory=list)
    offered: dict[frozenset[str], Offered] = attrs.field(factory=dict)
    """By those who may view the case what is offered to them."""
    future: int = 0
    """The states that the workflow may still come to, itself included."""
    awaited: list[Awaited] = attrs.field(factory=list)
    """What transitions that may still come ask for."""
    kept: int = 0
    """The deadlines that may still run out."""
    editors: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    final: bool = False


@attrs.frozen(eq=False)
class Broken:
    """The cases of *box* break an invariant, which asks for *slots*; *free* is what passing slots may be."""

    name: str
    box: Box
    slots: int
    free: int


@attrs.frozen(eq=False)
class Resting:
    """What a case has to hold to that comes to rest somewhere; many configurations share one.

    *broken* is where invariants are broken, without what is asked of states. *left* are the workflows that are left
    behind where the case closes. *dead* are the slots that nothing asks for any more.
    """

    broken: tuple[Broken, ...]
    left: tuple[str, ...]
    dead: int


@attrs.define(eq=False)
class Standpoint:
    """What all states of a configuration bring together."""

    offered: list[Offered]
    ringing: list[Ringing]
    marks: list[Slot]
    editable: tuple[Editable, ...]
    resting: Resting
    final: bool

    @property
    def offers(self) -> list[Offer]:
        """Every trigger for every kind of person."""
        return [offer for offered in self.offered for offer in offered.offers]

    @property
    def dead(self) -> int:
        """The slots that nothing asks for any more."""
        return self.resting.dead


class Standpoints:
    """Of every configuration of a manifest what matters there."""

    def __init__(self, alphabet: Alphabet, world: World) -> None:
        self.alphabet, self.world = alphabet, world
        compiled = alphabet.compiled
        self.main = compiled.main
        self.passages: list[Passage] = []
        self.asked = Asking(alphabet)
        self._places = {name: self._of_workflow(name) for name in compiled.workflows}
        self._slots = [(alphabet.slots["state", name], name) for name in compiled.workflows]
        self._marks = [slot for (kind, _), slot in alphabet.slots.items() if kind == "mark"]
        self.invariants = self._invariants()
        self._everywhere_view = world.holds(compiled.access.everywhere("view"))
        if compiled.access.breakable:
            # Whoever breaks the glass views the case, and may fire what their other roles permit.
            self._everywhere_view |= {GLASS}
        self._everywhere_edit = world.holds(compiled.access.everywhere("edit"))
        self._known: dict[int, Standpoint] = {}
        self._free: dict[Reach, int] = {}
        self._live: dict[int, int] = {}
        self._automatic: dict[int, tuple[Asked, ...]] = {}
        self._arrivals: dict[int, Resting | tuple[Asked, ...]] = {}
        self._alike: dict[tuple[Asked, ...], tuple[Asked, ...]] = {}
        self._resting: dict[tuple[tuple[int, ...], tuple[str, ...], int], Resting] = {}
        self._edited: dict[tuple[frozenset[str], frozenset[str]], tuple[Editable, ...]] = {}

    def _invariants(self) -> list[Broken]:
        found: list[Broken] = []
        compiled = self.alphabet.compiled
        for invariant in compiled.case_type.invariants:
            condition = compiled.located(invariant.condition)
            reach = Reach(self.alphabet, (condition,))
            for box in reach.truth(condition).false:
                slots = union(box.slots) & self.alphabet.everything
                found.append(Broken(invariant.name, box, slots, reach.free))
        return found

    def _of_workflow(self, name: str) -> dict[int, Place]:
        """The places of one workflow, by the bit of its state."""
        alphabet, workflow = self.alphabet, self.alphabet.compiled.workflows[name]
        every = _compiled(alphabet, workflow.transitions)
        self.passages += every
        places: dict[int, Place] = {}
        for state in workflow.workflow.states:
            place = Place(final=state.name in workflow.finals)
            grants = dict(state.grants)
            place.viewers = self.world.holds(grants.get("view", ()))
            place.editors = self.world.holds(grants.get("edit", ()))
            here = [p for p in every if state.name in p.item.sources]
            place.automatic = [p for p in here if p.item.transition.automatic]
            place.manual = [p for p in here if not p.item.transition.automatic]
            place.ringing = list(self._ringing(name, state.name))
            places[alphabet.state(name, state.name)] = place
        self._set_live(every, places, name)
        return places

    def _offered(self, place: Place, viewers: frozenset[str]) -> Offered:
        found = place.offered.get(viewers)
        if found is None:
            made = tuple(offers(self.world, place.manual, viewers, self.asked.states))
            found = place.offered[viewers] = Offered(made, union(offer.states for offer in made))
        return found

    def _ringing(self, workflow: str, state: str) -> Iterator[Ringing]:
        alphabet = self.alphabet
        compiled = alphabet.compiled
        for deadline in compiled.workflows[workflow].deadlines:
            slot = alphabet.get("deadline", deadline.name)
            if slot is None or state not in deadline.during:
                continue
            items = compiled.triggers[deadline.trigger].by_state.get(state, ()) if deadline.trigger else ()
            fired = passages(alphabet, items, timed=True)
            free = passing(self.world, fired[0].reach) if fired else 0
            yield Ringing(slot, deadline.trigger or "", fired, free, union(map(self.asked.states, fired)))

    def _set_live(self, every: Iterable[Passage], places: dict[int, Place], name: str) -> None:
        """Of each state what transitions that may still come ask for, and where; the rest is forgotten."""
        alphabet = self.alphabet
        onward: dict[str, list[Passage]] = {}
        for each in every:
            for source in each.item.sources:
                onward.setdefault(source, []).append(each)
        for state in alphabet.compiled.workflows[name].workflow.states:
            place = places[alphabet.state(name, state.name)]
            seen, queue = {state.name}, deque([state.name])
            passed: dict[int, Passage] = {}
            while queue:
                here = queue.popleft()
                place.future |= alphabet.state(name, here)
                for ring in places[alphabet.state(name, here)].ringing:
                    place.kept |= ring.slot.mask
                    passed |= {id(each): each for each in ring.passages}
                for each in onward.get(here, ()):
                    passed[id(each)] = each
                    if each.item.target is not None and each.item.target not in seen:
                        seen.add(each.item.target)
                        queue.append(each.item.target)
            place.awaited = [awaited for each in passed.values() for awaited in self._awaited(each)]

    def _awaited(self, each: Passage) -> Iterator[Awaited]:
        told = self.alphabet.everything & ~self.alphabet.configuration
        for box in (*each.true, *each.false):
            slots = sum(mask & told for mask in box.slots)
            if slots:
                yield Awaited(slots | self._covering(slots), box)
        copied = 0
        for op in (op for ops in each.ops.values() for op in ops):
            if isinstance(op, Copy):
                copied |= op.source.mask & told
        if copied:
            yield Awaited(copied, Box(-1, ()))

    def _covering(self, slots: int) -> int:
        """The fields whose change makes an act of *slots* void."""
        covering = 0
        for field, acts in self.alphabet.compiled.covers.items():
            slot = self.alphabet.get("field", field)
            if slot is not None and any(slots & self.alphabet.slots["act", act].mask for act in acts):
                covering |= slot.mask
        return covering

    def free(self, each: Passage) -> int:
        """What passing slots may be in this world."""
        known = self._free.get(each.reach)
        if known is None:
            known = self._free[each.reach] = passing(self.world, each.reach)
        return known

    def at(self, node: int) -> Standpoint:
        """What matters at the configuration of *node*."""
        configuration = node & self.alphabet.configuration
        found = self._known.get(configuration)
        if found is None:
            found = self._known[configuration] = self._put_together(configuration)
        return found

    def arrival(self, configuration: int) -> Resting | tuple[Asked, ...]:
        """What holds for cases that come to *configuration* and rest there, or the automatic transitions they take."""
        found = self._arrivals.get(configuration)
        if found is None:
            found = self._arrivals[configuration] = self.automatic(configuration) or self.at(configuration).resting
        return found

    def automatic(self, configuration: int) -> tuple[Asked, ...]:
        """The automatic transitions that may be taken in *configuration*, in order."""
        found = self._automatic.get(configuration)
        if found is None:
            places = (self._places[name][configuration & slot.mask] for slot, name in self._slots)
            asked = (self.asked.at(each, configuration) for place in places for each in place.automatic)
            own = tuple(each for each in asked if each.true)
            found = self._automatic[configuration] = self._alike.setdefault(own, own)
        return found

    def _put_together(self, configuration: int) -> Standpoint:
        places = [(name, self._places[name][configuration & slot.mask]) for slot, name in self._slots]
        viewers, editors = self._everywhere_view, self._everywhere_edit
        final, left, future = False, list[str](), 0
        for name, place in places:
            future |= place.future
            viewers |= place.viewers
            editors |= place.editors
            if name == self.main:
                final = place.final
            elif not place.final:
                left.append(name)
        live = self._live.get(future)
        if live is None:
            live = self._live[future] = self._asked_for(future, [place for _, place in places])
        return Standpoint(
            offered=[self._offered(place, viewers) for _, place in places if place.manual] if viewers else [],
            ringing=[ring for _, place in places for ring in place.ringing],
            marks=[slot for slot in self._marks if slot.mask & live],
            editable=self._editable(editors, viewers) if editors and viewers else (),
            resting=self._rest(configuration, tuple(left) if final else (), live),
            final=final,
        )

    def _rest(self, configuration: int, left: tuple[str, ...], live: int) -> Resting:
        """What holds for cases that come to rest in *configuration*."""
        numbers = tuple(n for n, each in enumerate(self.invariants) if self.asked.may_be(each.box, configuration))
        dead = self.alphabet.everything & ~self.alphabet.configuration & ~live
        found = self._resting.get((numbers, left, dead))
        if found is None:
            broken = [self.invariants[number] for number in numbers]
            told = [attrs.evolve(each, box=self.asked.boxes((each.box,), configuration)[0]) for each in broken]
            found = self._resting[numbers, left, dead] = Resting(tuple(told), left, dead)
        return found

    def _asked_for(self, future: int, places: list[Place]) -> int:
        """The slots that something asks for in a configuration which may still come."""
        live = 0
        for place in places:
            live |= place.kept
        for each in (each for place in places for each in place.awaited):
            if each.slots & ~live and self.asked.may_be(each.box, future):
                live |= each.slots
        told = ~self.alphabet.configuration
        for broken in self.invariants:
            if self.asked.may_be(broken.box, future):
                live |= broken.slots & told
        return live

    def _editable(self, editors: frozenset[str], viewers: frozenset[str]) -> tuple[Editable, ...]:
        """The fields that matter and that people who edit, view and read there can give another value."""
        found = self._edited.get((editors, viewers))
        if found is None:
            found = self._edited[editors, viewers] = tuple(self._amended(editors, viewers))
        return found

    def _amended(self, editors: frozenset[str], viewers: frozenset[str]) -> Iterator[Editable]:
        compiled = self.alphabet.compiled
        for name, field in compiled.enterable.items():
            slot = self.alphabet.get("field", name)
            loose = voided(self.alphabet, {name}) if slot is None else 0
            readers = compiled.access.readers(name)
            named = frozenset[str]() if readers is None else frozenset(role for role, _ in readers)
            reading = self.world.holds(named) | (named & {GLASS})
            if (slot is None and not loose) or (readers is not None and not reading):
                continue
            mask, least = (0, 0) if slot is None else (slot.mask, slot.bit(0) if field.required else 0)
            needed = (editors, viewers) if readers is None else (editors, viewers, reading)
            yield Editable(name, mask, mask & ~least, loose, needed)


def _compiled(alphabet: Alphabet, items: Iterable[CompiledTransition]) -> list[Passage]:
    """The passages of a workflow in order; those of one trigger together, automatic ones each alone."""
    groups: dict[object, list[CompiledTransition]] = {}
    for item in items:
        key = item.number if item.transition.automatic else item.transition.trigger
        groups.setdefault(key, []).append(item)
    made = [each for group in groups.values() for each in passages(alphabet, group)]
    return sorted(made, key=lambda each: each.item.number)

"""What matters where a case stands in one configuration: who may do what there, and which facts are still asked for.

It is put together from what each workflow's state brings, and remembered, for many nodes share a configuration.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import attrs

from casework.exploring.alphabet import Alphabet, Slot
from casework.exploring.passage import Change, Copy, Passage, done, merged, passage, voided
from casework.exploring.region import Box, Reach


@attrs.frozen(kw_only=True)
class World:
    """Who there is: *roles* None is everybody; *alone* is one person, who is never another than who did it before."""

    roles: frozenset[str] | None = None
    alone: bool = False

    def holds(self, roles: Iterable[str]) -> frozenset[str]:
        """Those of *roles* that somebody has."""
        return frozenset(roles) if self.roles is None else self.roles.intersection(roles)


@attrs.frozen(eq=False)
class Offer:
    """One trigger for people who have one of *roles*: the transitions that it looks at for them, in order."""

    trigger: str
    roles: frozenset[str]
    passages: tuple[Passage, ...]
    plain: Change | None
    """What it does where that is always the same: one transition, one box, nothing that passes, nothing made void."""


@attrs.frozen(eq=False)
class Ringing:
    """A deadline that may run out, and what the system fires then."""

    slot: Slot
    trigger: str | None
    passages: tuple[Passage, ...]


@attrs.frozen(eq=False)
class Asking:
    """Something that may still be asked for: *slots*, where the states are among those of *box*."""

    slots: int
    box: Box


@attrs.frozen(eq=False)
class Editable:
    """A field that somebody may amend: its slot, what it may become, and the acts that this makes void."""

    name: str
    mask: int
    bits: int
    void: int


@attrs.define(eq=False)
class Place:
    """What one state of one workflow brings."""

    offers: list[Offer] = attrs.field(factory=list)
    automatic: list[Passage] = attrs.field(factory=list)
    ringing: list[Ringing] = attrs.field(factory=list)
    future: int = 0
    """The states that the workflow may still come to, itself included."""
    asking: list[Asking] = attrs.field(factory=list)
    """What transitions that may still come ask for."""
    kept: int = 0
    """The deadlines that may still run out."""
    editors: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    final: bool = False


@attrs.define(eq=False)
class Standpoint:
    """What all states of a configuration bring together."""

    offers: list[Offer]
    automatic: list[Passage]
    ringing: list[Ringing]
    marks: list[Slot]
    dead: int
    editable: tuple[Editable, ...]
    broken: list[tuple[str, Box, int]]
    final: bool
    left: tuple[str, ...]
    viewed: bool


class Standpoints:
    """Of every configuration of a manifest what matters there."""

    def __init__(self, alphabet: Alphabet, world: World) -> None:
        self.alphabet, self.world = alphabet, world
        compiled = alphabet.compiled
        self.main = compiled.main
        self.passages: list[Passage] = []
        self._places = {name: self._of_workflow(name) for name in compiled.workflows}
        self._slots = [(alphabet.slots["state", name], name) for name in compiled.workflows]
        self._marks = [slot for (kind, _), slot in alphabet.slots.items() if kind == "mark"]
        self.invariants = self._invariants()
        self._everywhere_view = bool(world.holds(compiled.access.everywhere("view")))
        self._everywhere_edit = world.holds(compiled.access.everywhere("edit"))
        self._known: dict[int, Standpoint] = {}

    def _invariants(self) -> list[tuple[str, Box, int]]:
        found = []
        compiled = self.alphabet.compiled
        for invariant in compiled.case_type.invariants:
            condition = compiled.located(invariant.condition)
            reach = Reach(self.alphabet, (condition,))
            found += [(invariant.name, box, reach.free) for box in reach.truth(condition).false]
        return found

    def _of_workflow(self, name: str) -> dict[int, Place]:
        """The places of one workflow, by the bit of its state."""
        alphabet, workflow = self.alphabet, self.alphabet.compiled.workflows[name]
        every = {item.number: passage(alphabet, item) for item in workflow.transitions}
        self.passages += every.values()
        places: dict[int, Place] = {}
        for state in workflow.workflow.states:
            place = Place(final=state.name in workflow.finals)
            grants = dict(state.grants)
            place.viewers = self.world.holds(grants.get("view", ()))
            place.editors = self.world.holds(grants.get("edit", ()))
            here = [p for p in every.values() if state.name in p.item.sources]
            place.automatic = [p for p in here if p.item.transition.automatic]
            place.offers = list(self._offers(state.name, [p for p in here if not p.item.transition.automatic]))
            place.ringing = list(self._ringing(name, state.name))
            places[alphabet.state(name, state.name)] = place
        self._set_live(name, every.values(), places)
        return places

    def _offers(self, state: str, manual: list[Passage]) -> Iterator[Offer]:
        """Each trigger, for every group of people to whom it is another one."""
        for trigger in dict.fromkeys(p.item.transition.trigger for p in manual):
            candidates = [p for p in manual if p.item.transition.trigger == trigger]
            groups: dict[tuple[int, ...], set[str]] = {}
            for role in sorted(self.world.holds(role for p in candidates for role in p.item.roles)):
                permitted = tuple(n for n, p in enumerate(candidates) if role in p.item.roles)
                groups.setdefault(permitted, set()).add(role)
            for permitted, roles in groups.items():
                passages = tuple(candidates[n] for n in permitted)
                yield Offer(trigger, frozenset(roles), passages, self._plain(state, passages))

    def _plain(self, state: str, passages: tuple[Passage, ...]) -> Change | None:
        each = passages[0]
        if len(passages) > 1 or len(each.true) != 1 or each.free or each.void or each.opaque:
            return None
        source = self.alphabet.states[each.item.workflow][state]
        return merged((*each.ops[source], done(self.alphabet, each.item.transition.trigger)))

    def _ringing(self, workflow: str, state: str) -> Iterator[Ringing]:
        alphabet = self.alphabet
        compiled = alphabet.compiled
        for deadline in compiled.workflows[workflow].deadlines:
            slot = alphabet.get("deadline", deadline.name)
            if slot is None or state not in deadline.during:
                continue
            items = compiled.triggers[deadline.trigger].by_state.get(state, ()) if deadline.trigger else ()
            yield Ringing(slot, deadline.trigger, tuple(passage(alphabet, item, timed=True) for item in items))

    def _set_live(self, name: str, every: Iterable[Passage], places: dict[int, Place]) -> None:
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
            place.asking = [asking for each in passed.values() for asking in self._asking(each)]

    def _asking(self, each: Passage) -> Iterator[Asking]:
        told = self.alphabet.everything & ~self.alphabet.configuration
        for box in (*each.true, *each.false):
            slots = sum(mask & told for mask in box.slots)
            if slots:
                yield Asking(slots, box)
        copied = 0
        for op in (op for ops in each.ops.values() for op in ops):
            if isinstance(op, Copy):
                copied |= op.source.mask & told
        if copied:
            yield Asking(copied, Box(-1, ()))

    def at(self, node: int) -> Standpoint:
        """What matters at the configuration of *node*."""
        configuration = node & self.alphabet.configuration
        found = self._known.get(configuration)
        if found is None:
            found = self._known[configuration] = self._put_together(configuration)
        return found

    def _put_together(self, configuration: int) -> Standpoint:
        places = [(name, self._places[name][configuration & slot.mask]) for slot, name in self._slots]
        offers: list[Offer] = []
        automatic: list[Passage] = []
        ringing: list[Ringing] = []
        final, viewed, left = False, self._everywhere_view, []
        future = kept = 0
        for name, place in places:
            future |= place.future
            kept |= place.kept
            offers += place.offers
            automatic += [each for each in place.automatic if any(self._may_be(b, configuration) for b in each.true)]
            ringing += place.ringing
            viewed = viewed or bool(place.viewers)
            if name == self.main:
                final = place.final
            elif not place.final:
                left.append(name)
        editors = self._everywhere_edit.union(*(place.editors for _, place in places))
        editable = tuple(self._editable(editors)) if editors else ()
        live = kept | self._asked_for(future, [place for _, place in places])
        told = self.alphabet.everything & ~self.alphabet.configuration
        broken = [entry for entry in self.invariants if self._may_be(entry[1], configuration)]
        return Standpoint(
            offers=offers,
            automatic=automatic,
            ringing=ringing,
            marks=[slot for slot in self._marks if slot.mask & live],
            dead=told & ~live,
            editable=editable,
            broken=broken,
            final=final,
            left=tuple(left),
            viewed=viewed,
        )

    def _asked_for(self, future: int, places: list[Place]) -> int:
        """The slots that something asks for in a configuration which may still come."""
        live = 0
        for asking in (asking for place in places for asking in place.asking):
            if asking.slots & ~live and self._may_be(asking.box, future):
                live |= asking.slots
        told = ~self.alphabet.configuration
        for _, box, _ in self.invariants:
            if self._may_be(box, future):
                for mask in box.slots:
                    live |= mask & told
        return live

    def _may_be(self, box: Box, states: int) -> bool:
        configuration = self.alphabet.configuration
        return all(states & box.allowed & mask for mask in box.slots if mask & configuration)

    def _editable(self, editors: frozenset[str]) -> Iterator[Editable]:
        """The fields that matter and that people who may edit here can give another value."""
        compiled = self.alphabet.compiled
        for name, field in compiled.enterable.items():
            slot, void = self.alphabet.get("field", name), voided(self.alphabet, {name})
            if (slot is None and not void) or not compiled.access.reads(field, editors):
                continue
            bits = 0 if slot is None else slot.mask & ~(slot.bit(0) if field.required else 0)
            yield Editable(name, 0 if slot is None else slot.mask, bits, void)

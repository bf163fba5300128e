"""What may happen to a case in one configuration, as relations between sets of cases.

People fire, fields are amended, deadlines run out, time passes, others move. Each move is followed through every
automatic step, as deciding follows it, and comes out as one relation for every way it may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from casework.exploring.alphabet import DUE, RUNG, RUNNING, Alphabet
from casework.exploring.passage import Change, Copy, Op, Passage, done, entering
from casework.exploring.region import Box
from casework.exploring.standpoint import Editable, Offer, Ringing, Standpoints, World

STEP_LIMIT = 50
"""As many automatic steps as deciding takes in one firing."""


@attrs.frozen
class Label:
    """A move in short: *kind* is open, fire, timer, wait, amend or look, *name* what is fired or amended."""

    kind: str
    name: str
    roles: frozenset[str] = frozenset()


@attrs.frozen(eq=False)
class Move:
    """Cases of *before* come to *after* in the slots *changed*, and stay as they were in all others.

    *passages* are the transitions taken, in order; *opaque* names the Python that decides whether it goes this way.
    """

    label: Label
    before: int
    after: int
    changed: int
    passages: tuple[Passage, ...] = ()
    opaque: tuple[str, ...] = ()


@attrs.frozen(eq=False)
class Stopped:
    """A move that is refused whoever asks, for what must always hold would not: the *rule* says what."""

    rule: str
    label: Label
    before: int
    passages: tuple[Passage, ...]
    opaque: tuple[str, ...]


@attrs.define(eq=False)
class Way:
    """One way of a move in the making: where it began, where it has come to, what was changed."""

    before: int
    now: int
    changed: int = 0
    passages: tuple[Passage, ...] = ()
    opaque: tuple[str, ...] = ()

    def narrowed(self, now: int) -> Way:
        """The same way for fewer cases."""
        return Way(self.before & (now | self.changed), now, self.changed, self.passages, self.opaque)


@attrs.define(eq=False)
class Options:
    """Every move of one configuration, the stopped ones, and those whose automatic steps never come to rest."""

    moves: list[Move] = attrs.field(factory=list)
    stopped: list[Stopped] = attrs.field(factory=list)


class Moves:
    """The moves of one manifest in one world."""

    def __init__(self, alphabet: Alphabet, world: World | None = None) -> None:
        self.alphabet = alphabet
        self.world = world or World()
        self.standpoints = Standpoints(alphabet, self.world)
        self.passages = self.standpoints.passages
        self._masks = [slot.mask for slot in alphabet.slots.values()]
        self._told = alphabet.everything & ~alphabet.configuration
        self._done = {act: done(alphabet, act) for act in alphabet.compiled.acts}
        self._free: dict[int, int] = {}
        self._known: dict[int, Options] = {}

    def free(self, each: Passage) -> int:
        """What passing slots may be, in this world: who is alone is never another person, and has only these roles."""
        known = self._free.get(id(each))
        if known is None:
            known = each.free
            for (kind, name), slot in each.reach.passing.items():
                absent = kind == "role" and self.world.roles is not None and name not in self.world.roles
                if absent or (kind == "other person" and self.world.alone):
                    known &= ~slot.bit(1)
            self._free[id(each)] = known
        return known

    def opening(self) -> Options:
        """The moves by which a new case begins; they start from nothing, so that *before* says nothing."""
        alphabet, compiled = self.alphabet, self.alphabet.compiled
        options, case = Options(), 0
        for (kind, name), slot in alphabet.slots.items():
            if kind in ("act", "deadline", "mark"):
                case |= slot.bit(0)
            elif kind == "field":
                given = slot.mask & ~(slot.bit(0) if compiled.fields[name].required else 0)
                case |= given if name in compiled.enterable else slot.bit(0)
        for name, workflow in compiled.workflows.items():
            change = entering(alphabet, name, workflow.workflow.initial)
            case = (case & ~change.clear) | change.bits
        # Whoever opens a case may be somebody else than those whose authority is asked for.
        label = Label("open", compiled.case_type.name, frozenset(compiled.case_type.opens))
        self._settle([Way(alphabet.everything, case, alphabet.everything)], label, options)
        return options

    def at(self, node: int) -> Options:
        """The moves of the configuration of *node*."""
        configuration = node & self.alphabet.configuration
        found = self._known.get(configuration)
        if found is None:
            found = self._known[configuration] = self._options(configuration)
        return found

    def _options(self, configuration: int) -> Options:
        options = Options()
        here = self.standpoints.at(configuration)
        node = configuration | self._told
        if here.viewed:
            for offer in here.offers:
                if offer.plain is None or not self._plain(node, offer, offer.plain, options):
                    self._fire(node, offer, options)
        for ring in here.ringing:
            self._ring(node, ring, options)
        for slot in here.marks:
            for cell in range(1, slot.width - 1):
                now = (node & ~slot.mask) | slot.bit(cell + 1)
                way = Way((node & ~slot.mask) | slot.bit(cell), now, slot.mask)
                self._arrive(way, Label("wait", slot.name), options)
        for editable in here.editable:
            self._amend(node, editable, options)
        if here.automatic:
            self._settle([Way(node, node)], Label("look", ""), options)
        return options

    def _plain(self, node: int, offer: Offer, change: Change, options: Options) -> bool:
        """Fire what always does the same, where nothing follows of it; False where it has to be looked at closely."""
        met = offer.passages[0].true[0].meet(node)
        if not met:
            return True
        now = (met & ~change.clear) | change.bits
        there = self.standpoints.at(now)
        if there.automatic or there.broken or (there.final and there.left):
            return False
        changed = change.clear | there.dead
        label = Label("fire", offer.trigger, offer.roles)
        options.moves.append(Move(label, met, (now | there.dead) & changed, changed, offer.passages))
        return True

    def _fire(self, node: int, offer: Offer, options: Options) -> None:
        rest, taken = [Way(node, node)], list[Way]()
        for each in offer.passages:
            taken += self._took(each, self._meeting(each, each.true, rest), offer.trigger)
            if each is not offer.passages[-1]:
                rest = [self._without_passing(way) for way in self._meeting(each, each.false, rest)]
        self._settle(taken, Label("fire", offer.trigger, offer.roles), options)

    def _meeting(self, each: Passage, boxes: Iterable[Box], ways: list[Way]) -> list[Way]:
        free = self.free(each)
        return [way.narrowed(met) for way in ways for box in boxes if (met := box.meet(way.now | free))]

    def _without_passing(self, way: Way) -> Way:
        way.now &= self.alphabet.everything
        return way

    def _passed_over(self, each: Passage, ways: list[Way]) -> list[Way]:
        """The cases in which a passage is not taken, whether its condition fails or is unknown."""
        free = self.free(each)
        found = []
        for way in ways:
            rest = [way.now | free]
            for box in each.true:
                rest = [part for one in rest for part in box.beyond(one)]
            found += [way.narrowed(part & self.alphabet.everything) for part in rest]
        return found

    def _took(self, each: Passage, ways: Iterable[Way], act: str = "") -> Iterator[Way]:
        """What comes of taking a transition, before automatic steps; what it changes may make acts void, or not."""
        slot = self.alphabet.slots["state", each.item.workflow]
        remember = self._done.get(act)
        for way in ways:
            source = ((way.now & slot.mask) >> slot.offset).bit_length() - 1
            for made in _applied(each.ops[source], way):
                made = self._without_passing(made)
                made.passages = (*way.passages, each)
                made.opaque = tuple(dict.fromkeys((*way.opaque, *each.opaque)))
                for changed in self._voided(made, each.void):
                    yield changed if remember is None else _changed(changed, remember)

    def _voided(self, way: Way, void: int) -> Iterator[Way]:
        yield way
        if void:
            clear = sum(mask for mask in self._masks if mask & void)
            yield _changed(way, Change(clear, void))

    def _ring(self, node: int, ring: Ringing, options: Options) -> None:
        """A deadline runs out; then its timer fires the trigger, or is refused; automatic steps look again."""
        slot, rest = ring.slot, node & ~ring.slot.mask
        late = Way(rest | slot.bit(RUNNING), rest | slot.bit(DUE), slot.mask)
        self._arrive(late, Label("wait", slot.name), options)
        ways, made = [Way(rest | slot.bit(DUE), rest | slot.bit(RUNG), slot.mask)], list[Way]()
        for each in ring.passages:
            made += self._took(each, self._meeting(each, each.true, ways), ring.trigger or "")
            ways = self._passed_over(each, ways)
        self._settle(made + ways, Label("timer", slot.name), options)

    def _amend(self, node: int, editable: Editable, options: Options) -> None:
        way = Way(node, node)
        if editable.mask:
            way = _changed(way, Change(editable.mask, editable.bits))
        self._settle(list(self._voided(way, editable.void)), Label("amend", editable.name), options)

    def _settle(self, ways: list[Way], label: Label, options: Options) -> None:
        """Follow automatic steps to rest, and hold what must hold."""
        for rest in self._followed(ways, label, options):
            for sound in self._held(rest, label, options):
                self._arrive(sound, label, options)

    def _followed(self, ways: list[Way], label: Label, options: Options) -> Iterator[Way]:
        stack = [(way, 0) for way in ways]
        while stack:
            way, steps = stack.pop()
            automatic = self.standpoints.at(way.now).automatic
            if steps > STEP_LIMIT:
                options.stopped.append(Stopped("automatic steps", label, way.before, way.passages, way.opaque))
                continue
            rest = [way]
            for each in automatic:
                hit = self._meeting(each, each.true, rest)
                if hit:
                    stack += [(made, steps + 1) for made in self._took(each, hit)]
                    rest = self._passed_over(each, rest)
            yield from rest

    def _held(self, way: Way, label: Label, options: Options) -> Iterator[Way]:
        """The cases in which every invariant and the closing rule hold; the others are noted as stopped."""
        here = self.standpoints.at(way.now)
        if here.final and here.left:
            options.stopped += [
                Stopped(f"closing {name}", label, way.before, way.passages, way.opaque) for name in here.left
            ]
            return
        rest = [way]
        for name, box, free in here.broken:
            sound = []
            for one in rest:
                met = box.meet(one.now | free)
                if not met:
                    sound.append(one)
                    continue
                broken = one.narrowed(met & self.alphabet.everything)
                options.stopped.append(Stopped(name, label, broken.before, way.passages, way.opaque))
                sound += [one.narrowed(part & self.alphabet.everything) for part in box.beyond(one.now | free)]
            rest = sound
        yield from rest

    def _arrive(self, way: Way, label: Label, options: Options) -> None:
        """What is not asked for any more is forgotten; a move that changes nothing is none."""
        dead = self.standpoints.at(way.now).dead
        after, changed = way.now | dead, way.changed | dead
        if not way.passages and after & changed == way.before & changed and label.kind != "open":
            return
        options.moves.append(Move(label, way.before, after & changed, changed, way.passages, way.opaque))


def _changed(way: Way, change: Change) -> Way:
    now = (way.now & ~change.clear) | change.bits
    return Way(way.before, now, way.changed | change.clear, way.passages, way.opaque)


def _applied(ops: tuple[Op, ...], way: Way) -> Iterator[Way]:
    """What comes of a way by the effects of one transition; several where what is copied has to be told apart."""
    for number, op in enumerate(ops):
        if isinstance(op, Change):
            if op.clear and not op.bits:
                return
            way = _changed(way, op)
        elif isinstance(op, Copy) and op.once:
            bits = 0
            for cell in op.source.cells(way.now):
                bits |= op.table[cell]
            if not bits:
                return
            way = _changed(way, Change(op.target.mask, bits))
        else:
            for cell in op.source.cells(way.now):
                if op.table[cell]:
                    part = way.narrowed((way.now & ~op.source.mask) | op.source.bit(cell))
                    yield from _applied(ops[number + 1 :], _changed(part, Change(op.target.mask, op.table[cell])))
            return
    yield way

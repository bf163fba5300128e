"""What can be done with a case where it stands: each attempt is put to deciding, and counts only if that accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice, product
from types import MappingProxyType

import attrs

from casework.advising.landmarks import Landmarks
from casework.advising.outlook import Outlook
from casework.advising.standing import Standing, instants, moved, waited
from casework.compiled import CompiledTransition
from casework.condition import tree
from casework.condition.tree import operands, walk
from casework.deciding import decide
from casework.exploring.alphabet import told_apart
from casework.exploring.cells import Partition, partition
from casework.model.actor import Actor
from casework.model.case import Move, MoveKind
from casework.model.command import Given, Set
from casework.model.decision import Decision
from casework.model.refusal import Refusal

TRIES = 64
"""How many ways to fill in one form are tried."""

Form = Mapping[str, object]


@attrs.frozen(kw_only=True)
class Deed:
    """Something that was accepted: *kind* is fire, amend or wait, *at* until when one waits."""

    kind: str
    name: str
    actor: Actor | None = None
    form: Form = MappingProxyType({})
    at: datetime | None = None


class Attempts:
    """Tries what may bring a case nearer to a goal."""

    def __init__(self, outlook: Outlook, goal: Landmarks) -> None:
        self._outlook, self._goal = outlook, goal
        self._compiled, self._alphabet = outlook.compiled, outlook.alphabet
        self._useful = {name for kind, name in goal.keys if kind == "fire"}
        self._filled: dict[tuple[str, int], tuple[tuple[object, ...], ...]] = {}

    def onward(self, here: Standing) -> Iterator[tuple[Deed, Standing]]:
        """Everything that can be done next and that may have to do with the goal, and where it leads."""
        for name, trigger in self._compiled.triggers.items():
            if name in self._useful and here.case.states[trigger.workflow] in trigger.by_state:
                yield from self.fired(here, name, self.people(here, name))
        yield from self._amended(here)
        for at, name in instants(self._compiled, self._alphabet, here).items():
            yield Deed(kind="wait", name=name, at=at), waited(self._compiled, here, at)

    def people(self, here: Standing, trigger: str) -> Iterator[Actor]:
        """Somebody new for every group of people to whom the trigger is another one."""
        candidates = self.candidates(here, trigger)
        nodes = (node for item in candidates for clause in item.clauses for node in walk(clause.condition))
        named = {node.role for node in nodes if isinstance(node, tree.HasRole)}
        seen = set[tuple[object, ...]]()
        for role in self._ordered({role for item in candidates for role in item.roles}):
            group: tuple[object, ...] = tuple(role in item.roles for item in candidates)
            for held in (frozenset({role}), frozenset({role, *named})) if named else (frozenset({role}),):
                key = (*group, *sorted(held)) if named else group
                if key not in seen:
                    seen.add(key)
                    yield self.somebody(here, held)

    def _ordered(self, roles: Iterable[str]) -> list[str]:
        """Roles that somebody brings along first: those of single cases may not have been given to anybody."""
        local = self._compiled.access.local_roles
        return sorted(roles, key=lambda role: (role in local, role))

    def somebody(self, here: Standing, roles: frozenset[str]) -> Actor:
        """A person who has done nothing on the case yet, with those roles and one to view it by, if it takes one."""
        access, states = self._compiled.access, here.case.states
        if not access.may("view", states, roles):
            roles |= set(self._ordered(access.allowed("view", states))[:1])
        person, taken = f"somebody {here.case.revision + 1}", set(here.case.acts.values())
        while person in taken:
            person += "'"
        return Actor(person, roles, tenant=here.case.tenant)

    def candidates(self, here: Standing, trigger: str) -> tuple[CompiledTransition, ...]:
        """The transitions that the trigger may take where the case stands."""
        found = self._compiled.triggers[trigger]
        return found.by_state.get(here.case.states[found.workflow], ())

    def fired(
        self, here: Standing, trigger: str, people: Iterable[Actor], roles: frozenset[str] | None = None
    ) -> Iterator[tuple[Deed, Standing]]:
        """Every way to fire the trigger that is accepted. *roles* are those that *people* hold on this case."""
        cells = here.cells(self._alphabet)
        if any(self._may_be(item, cells) for item in self.candidates(here, trigger)):
            for deed, held in self._asked(here, trigger, people, roles):
                answer = self._decided(here, deed, held)
                if isinstance(answer, Decision):
                    yield deed, Standing(moved(here.case, answer), here.now)

    def refused(self, here: Standing, trigger: str, people: Iterable[Actor]) -> Iterator[Refusal]:
        """Why firing the trigger is refused, for every way to ask for it."""
        for deed, held in self._asked(here, trigger, people, None):
            answer = self._decided(here, deed, held)
            if isinstance(answer, Refusal):
                yield answer

    def _asked(
        self, here: Standing, trigger: str, people: Iterable[Actor], roles: frozenset[str] | None
    ) -> Iterator[tuple[Deed, frozenset[str]]]:
        candidates = self.candidates(here, trigger)
        for actor in people:
            held = actor.roles if roles is None else roles
            permitted = tuple(item for item in candidates if not item.roles.isdisjoint(held))
            for form in dict.fromkeys(tuple(form.items()) for form in self._forms(permitted)):
                yield Deed(kind="fire", name=trigger, actor=actor, form=dict(form)), held

    def carried(self, here: Standing, deed: Deed, roles: frozenset[str] | None = None) -> Standing | None:
        """Where a deed leads from *here*; None where deciding refuses it."""
        if deed.actor is None:
            return waited(self._compiled, here, deed.at or here.now)
        answer = self._decided(here, deed, deed.actor.roles if roles is None else roles)
        return Standing(moved(here.case, answer), here.now) if isinstance(answer, Decision) else None

    def _decided(self, here: Standing, deed: Deed, roles: frozenset[str]) -> Decision | Refusal:
        assert deed.actor is not None
        kind: MoveKind = "amend" if deed.kind == "amend" else "fire"
        trigger, case = deed.name if kind == "fire" else "", here.case
        if trigger and not self._compiled.triggers[trigger].accounts:
            case = attrs.evolve(case, balances={})  # what is not weighed for a firing need not be brought up to date
        move = Move(kind=kind, actor=deed.actor, now=here.now, roles=roles, trigger=trigger, form=deed.form)
        return decide(self._compiled, case, move)

    def _may_be(self, item: CompiledTransition, cells: int) -> bool:
        each = self._outlook.passage(item.workflow, item.number)
        return any(box.meet(cells | each.free) for box in each.true)

    def _forms(self, candidates: tuple[CompiledTransition, ...]) -> Iterator[Form]:
        for item in candidates:
            for picked in islice(product(*self.choices(item)), TRIES):
                yield {n: v for n, v in zip(item.form, picked, strict=True) if v is not None}

    def choices(self, item: CompiledTransition) -> tuple[tuple[object, ...], ...]:
        """What is tried for each field of a form: all that may matter, of the others one."""
        known = self._filled.get((item.workflow, item.number))
        if known is None:
            asked, told = self._given(item.transition.trigger), told_apart(self._alphabet, item)
            choices = []
            for name, field in item.form.items():
                cells = told[name][1] if name in told else partition(attrs.evolve(field, field_class="open"), ())
                wide = name in told and (name in asked or self._matters(item, name))
                choices.append(_values(cells, required=field.required, wide=wide))
            known = self._filled[item.workflow, item.number] = tuple(choices)
        return known

    def _given(self, trigger: str) -> set[str]:
        """What conditions of a trigger ask of its form, be it of this transition or of one that comes first."""
        clauses = [clause for item in self._compiled.triggers[trigger].transitions for clause in item.clauses]
        asked = (operand for clause in clauses for operand in operands(clause.condition))
        return {operand.name for operand in asked if isinstance(operand, tree.GivenRef)}

    def _matters(self, item: CompiledTransition, name: str) -> bool:
        """Whether what the form says under *name* becomes something that the goal depends on."""
        filled = (effect.field for effect in item.effects if isinstance(effect, Set) and effect.value == Given(name))
        slots = (self._alphabet.get("field", field) for field in filled)
        return any(slot is not None and slot.mask & self._goal.relevant for slot in slots)

    def _amended(self, here: Standing) -> Iterator[tuple[Deed, Standing]]:
        compiled, access = self._compiled, self._compiled.access
        names = [name for kind, name in sorted(self._goal.keys) if kind == "amend"]
        for name in names if access.allowed("edit", here.case.states) else ():
            field = compiled.enterable[name]
            cells = self._alphabet.partitions.get(name) or partition(field, ())
            for editors in self._editors(here, name):
                for value in cells.witnesses[1 if field.required else 0 :]:
                    deed = Deed(kind="amend", name=name, actor=self.somebody(here, editors), form={name: value})
                    after = self.carried(here, deed)
                    if after is not None:
                        yield deed, after

    def _editors(self, here: Standing, name: str) -> Iterator[frozenset[str]]:
        """The first roles that may amend the field: one alone, or with one that reads it."""
        access = self._compiled.access
        roles = self._ordered(access.allowed("edit", here.case.states))
        alone = [role for role in roles if access.reads_name(name, frozenset({role}))]
        readers = self._ordered(role for role, _ in access.readers(name) or ())
        if alone:
            yield frozenset(alone[:1])
        elif roles and readers:
            yield frozenset({roles[0], readers[0]})


def _values(cells: Partition, *, required: bool, wide: bool) -> tuple[object, ...]:
    """What is tried for one field: a value of each kind where it matters, else one, or nothing where that will do."""
    known = cells.witnesses[1:]
    if wide:
        return (*known, None) if not required else known
    return known[:1] if required else (None,)

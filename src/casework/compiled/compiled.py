"""Everything that deciding asks of one manifest, computed once when the application starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import attrs

from casework.access import Access
from casework.calendars import Calendar
from casework.compiled.alone import Reached, given_at_first, reached
from casework.compiled.ruled import Ruled, ruled
from casework.compiled.standing import holds_in, standing_out
from casework.compiled.touching import ends_holds, followers, times, touched
from casework.compiled.transitions import AUTOMATIC, Clause, CompiledTransition, CompiledTrigger, CompiledWorkflow, Wake
from casework.condition import tree
from casework.condition.evaluate import Reader, reader
from casework.condition.tree import Condition, clauses, operands, walk
from casework.machine import WorkflowMachine
from casework.manifest import Manifest
from casework.model.casetype import CaseType
from casework.model.command import Given, Run, Set
from casework.model.fields import Field
from casework.model.names import qualified
from casework.model.outfit import Worklist
from casework.model.workflow import Transition, Workflow
from casework.parts import Channel, EffectPart, Guard, Part
from casework.text import Text
from casework.titles import Titles


class Compiled:
    """Everything that deciding asks of one manifest; *reads* makes the reader of each condition."""

    def __init__(
        self, manifest: Manifest, parts: Mapping[str, Part], *, reads: Callable[[Condition], Reader] = reader
    ) -> None:
        self.manifest = manifest
        self._reads = reads
        self.case_type: CaseType = manifest.case_type
        self.main = self.case_type.main.name
        self._attached = frozenset(workflow.name for workflow in self.case_type.chain[manifest.own :])
        self.fields: dict[str, Field] = {field.name: field for field in fields_in(self.case_type)}
        self.enterable = {name: field for name, field in self.fields.items() if not field.managed}
        self.subjects = self.case_type.subjects
        self.titles = Titles(self.case_type)
        self.access = Access(self.case_type, self.fields)
        self.accounts = {account.name: account for account in self.case_type.accounts}
        self.channels = {name: part for name, part in parts.items() if isinstance(part, Channel)}
        self._parts = parts
        self.calendars = {name: part for name, part in parts.items() if isinstance(part, Calendar)}
        self.part_names = tuple(sorted(parts))
        self._marks = marks_of(self.case_type)
        self.workflows = {workflow.name: self._workflow(workflow) for workflow in self.case_type.chain}
        self.ruled: dict[str, Ruled] = {
            deadline.name: ruled(deadline, name, self._read, self.calendars)
            for name, workflow in self.workflows.items()
            for deadline in workflow.deadlines
            if deadline.rule
        }
        self.closing = tuple((name, workflow.finals) for name, workflow in self.workflows.items())
        self.invariants = tuple(
            (invariant, reads(self.located(invariant.condition))) for invariant in self.case_type.invariants
        )
        self.acts = frozenset(node.trigger for node in self._conditions() if isinstance(node, tree.Differs))
        self.marks = tuple(sorted({ref.mark for ref in self._operands() if isinstance(ref, tree.ElapsedRef)}))
        self.wakes = tuple(self._wakes())
        self.covers = self._covers()
        self.triggers = self._triggers()
        self.all_accounts = touched(self.accounts, self._automatics() + self._manual())
        self.any_holds = any(ends_holds(item) for item in self._automatics() + self._manual())
        self.worklists: dict[str, Worklist] = {
            worklist.name: attrs.evolve(worklist, condition=self.located(worklist.condition))
            for worklist in self.case_type.worklists
        }

    @cached_property
    def erasable(self) -> frozenset[str]:
        """The fields that are not open: an erased case holds none of them, and is never given one again."""
        return frozenset(name for name, field in self.fields.items() if field.field_class != "open")

    @cached_property
    def reopens(self) -> bool:
        """Whether a case that was closed may go on."""
        main = self.workflows[self.main]
        return any(not main.finals.isdisjoint(item.sources) for item in main.transitions)

    @cached_property
    def alone(self) -> Reached:
        """What one person can bring about alone, without the other of any four eyes."""
        return reached(self._initial(), self._items(), self._given())

    def beyond_one(self, data: Mapping[str, object]) -> Mapping[str, set[str]]:
        """By workflow the states to which a case that holds *data* came by two persons, as far as can be told."""
        alone = reached(self._initial(), self._items(), self._given(), told=data)
        both = reached(self._initial(), self._items(), self.fields, told=data, by_two=True)
        return {
            name: {
                state.name
                for state in workflow.workflow.states
                if state.name not in self.alone.states[name] or state.name in both.states[name] - alone.states[name]
            }
            for name, workflow in self.workflows.items()
        }

    @cached_property
    def standing_out(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """By workflow and state the accounts of amounts that stand out there, whatever way led to it."""
        holds = holds_in(self._items())
        return {name: standing_out(workflow, holds) for name, workflow in self.workflows.items()}

    def own_field(self, workflow: str, name: str) -> str:
        """What a part that runs in *workflow* means by a field's name: the workflow's own field comes first."""
        full = qualified(workflow, name)
        return full if full in self.fields else name

    def namespace(self, workflow: str) -> str:
        """The namespace of an attached workflow; the case type's own workflows have none."""
        return workflow if workflow in self._attached else ""

    def located(self, condition: Condition) -> Condition:
        """*condition* with every mark in full, as ``workflow.state``."""

        def locate(leaf: Condition) -> Condition:
            if isinstance(leaf, tree.Compare) and isinstance(leaf.left, tree.ElapsedRef):
                return attrs.evolve(leaf, left=tree.ElapsedRef(self._marks.get(leaf.left.mark, leaf.left.mark)))
            return leaf

        return tree.rebuilt(condition, locate)

    def _read(self, condition: Condition) -> Reader:
        return self._reads(self.located(condition))

    def _workflow(self, workflow: Workflow) -> CompiledWorkflow:
        transitions = tuple(self._transition(workflow, n, item) for n, item in enumerate(workflow.transitions))
        machine = WorkflowMachine(
            [state.name for state in workflow.states],
            [
                (
                    item.number,
                    AUTOMATIC if item.transition.automatic else item.transition.trigger,
                    item.sources,
                    item.target,
                )
                for item in transitions
            ],
        )
        automatic: dict[str, list[CompiledTransition]] = {}
        for item in transitions:
            for source in item.sources if item.transition.automatic else ():
                automatic.setdefault(source, []).append(item)
        return CompiledWorkflow(
            workflow,
            machine,
            transitions,
            {state: tuple(items) for state, items in automatic.items()},
            frozenset(state.name for state in workflow.states if state.final),
            workflow.deadlines,
        )

    def _transition(self, workflow: Workflow, number: int, transition: Transition) -> CompiledTransition:
        conditions = [
            *((clause, transition.because, "") for clause in clauses(transition.condition)),
            *((tree.Differs(trigger), Text(), "") for trigger in transition.four_eyes),
            *(
                (clause, item.because, item.source)
                for item in self.manifest.requirements
                if item.trigger == transition.trigger and not transition.automatic
                for clause in clauses(item.condition)
            ),
        ]
        runs = tuple(item.effect for item in transition.effects if isinstance(item, Run))
        wanted = [(name, Guard) for name in transition.guards] + [(name, EffectPart) for name in runs]
        absent = tuple(name for name, kind in wanted if not isinstance(self._parts.get(name), kind))
        return CompiledTransition(
            number,
            workflow.name,
            transition,
            workflow.sources(transition),
            frozenset(transition.roles),
            tuple(self._clause(*parts) for parts in conditions),
            tuple(part for name in transition.guards if isinstance(part := self._parts.get(name), Guard)),
            absent,
            tuple(self._parts.get(item.effect, item) if isinstance(item, Run) else item for item in transition.effects),
            {field.name: field for field in transition.form},
        )

    def _clause(self, condition: Condition, because: Text, source: str) -> Clause:
        located = self.located(condition)
        names = tuple(walk(located))
        return Clause(
            self._reads(located),
            located,
            because,
            source,
            asks_form=any(isinstance(operand, tree.GivenRef) for operand in operands(located)),
            asks_actor=any(isinstance(node, tree.HasRole | tree.Differs) for node in names),
        )

    def _triggers(self) -> dict[str, CompiledTrigger]:
        grouped: dict[str, list[CompiledTransition]] = {}
        for item in self._manual():
            grouped.setdefault(item.transition.trigger, []).append(item)
        return {name: self._trigger(name, tuple(items)) for name, items in grouped.items()}

    def _trigger(self, name: str, items: tuple[CompiledTransition, ...]) -> CompiledTrigger:
        by_state: dict[str, list[CompiledTransition]] = {}
        for item in items:
            for source in item.sources:
                by_state.setdefault(source, []).append(item)
        caused = followers(self._automatics(), items)
        return CompiledTrigger(
            name,
            items[0].workflow,
            items,
            {state: tuple(found) for state, found in by_state.items()},
            {field.name: self._guarded(field, items) for item in items for field in item.transition.form},
            touched(self.accounts, [*items, *caused]),
            any(ends_holds(item) for item in (*items, *caused)),
        )

    def _guarded(self, field: Field, items: Iterable[CompiledTransition]) -> Field:
        """A form field that fills a closed field of the case is as closed as that, unless it says more itself."""
        effects = (effect for item in items for effect in item.transition.effects if isinstance(effect, Set))
        filled = (self.fields.get(effect.field) for effect in effects if effect.value == Given(field.name))
        closed = [target for target in filled if target and target.field_class != "open"]
        if not closed or field.readers:
            return field
        shut = field.field_class if field.field_class != "open" else closed[0].field_class
        return attrs.evolve(field, field_class=shut, readers=closed[0].readers)

    def _initial(self) -> dict[str, str]:
        return {name: workflow.workflow.initial for name, workflow in self.workflows.items()}

    def _given(self) -> set[str]:
        return given_at_first(self._items(), self.fields, frozenset(self.fields.keys() - self.enterable.keys()))

    def _items(self) -> list[CompiledTransition]:
        return [item for workflow in self.workflows.values() for item in workflow.transitions]

    def _manual(self) -> list[CompiledTransition]:
        return [
            item
            for workflow in self.workflows.values()
            for item in workflow.transitions
            if not item.transition.automatic
        ]

    def _automatics(self) -> list[CompiledTransition]:
        return [
            item for workflow in self.workflows.values() for item in workflow.transitions if item.transition.automatic
        ]

    def _conditions(self) -> Iterable[Condition]:
        for workflow in self.workflows.values():
            for item in workflow.transitions:
                for clause in item.clauses:
                    yield from walk(clause.condition)
        for worklist in self.case_type.worklists:
            yield from walk(self.located(worklist.condition))
        for invariant in self.case_type.invariants:
            yield from walk(self.located(invariant.condition))

    def _operands(self) -> Iterable[tree.Operand]:
        for node in self._conditions():
            if isinstance(node, tree.Compare | tree.Among | tree.Known):
                yield node.left

    def _wakes(self) -> Iterable[Wake]:
        for item in self._automatics():
            for place, (mark, after) in enumerate(times(item)):
                name = f"~{item.workflow}.{item.number}.{place}"
                yield Wake(name, item.workflow, frozenset(item.sources), mark, after)

    def _covers(self) -> dict[str, tuple[str, ...]]:
        """For each field the acts that a change of it makes void: those that set it, and those that approved them.

        Whoever must be another person than somebody else looks at what that one did, so that it is theirs too (F85).
        """
        covering: dict[str, set[str]] = {}
        for item in self._manual():
            if item.transition.trigger in self.acts:
                for command in item.transition.effects:
                    if isinstance(command, Set) and command.value is not None:
                        covering.setdefault(command.field, set()).add(item.transition.trigger)
        approved = self._approved()
        size = -1
        while size != (size := sum(map(len, covering.values()))):
            for triggers in covering.values():
                triggers.update(*(approved.get(trigger, ()) for trigger in tuple(triggers)))
        return {name: tuple(sorted(triggers)) for name, triggers in covering.items()}

    def _approved(self) -> dict[str, set[str]]:
        """By act the acts that ask for another person than who did it."""
        found: dict[str, set[str]] = {}
        for item in self._manual():
            trigger = item.transition.trigger
            for clause in item.clauses if trigger in self.acts else ():
                for node in walk(clause.condition):
                    if isinstance(node, tree.Differs) and node.trigger != trigger:
                        found.setdefault(node.trigger, set()).add(trigger)
        return found


def fields_in(case_type: CaseType) -> tuple[Field, ...]:
    """The case data with the fields of every attached workflow."""
    return (*case_type.data, *(field for workflow in case_type.chain for field in workflow.fields))


def marks_of(case_type: CaseType) -> dict[str, str]:
    """Every way to name a mark: ``workflow.state``, and ``state`` alone where only one workflow has it."""
    full = {f"{workflow.name}.{state.name}": state.name for workflow in case_type.chain for state in workflow.states}
    short = list(full.values())
    return {name: name for name in full} | {state: name for name, state in full.items() if short.count(state) == 1}

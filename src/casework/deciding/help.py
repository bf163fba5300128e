"""What would help: a step that leads from where the case stands towards what is unmet.

It follows the graph of one workflow at a time and promises nothing; it points in a direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from casework.compiled import CompiledTransition
from casework.condition import tree
from casework.condition.tree import Condition
from casework.deciding.draft import Draft
from casework.model.command import Set
from casework.model.refusal import Help, Unmet
from casework.model.workflow import Transition, Workflow
from casework.soundness.graph import shortest_path
from casework.text import Text
from casework.titles import roles_text


def helping(draft: Draft, missing: Sequence[Unmet]) -> tuple[Help, ...]:
    """For each unmet clause that may be shown, a step that leads towards it."""
    guide = _Guide(draft)
    found = (step for clause in missing if clause.condition is not None for step in guide.towards(clause.condition))
    return _distinct(draft, found)


def leading(draft: Draft, workflow: str, states: Iterable[str]) -> tuple[Help, ...]:
    """The steps that lead *workflow* to one of *states*, or to what its automatic steps wait for."""
    return _distinct(draft, _Guide(draft).first_step(workflow, frozenset(states)))


def _distinct(draft: Draft, steps: Iterable[Help]) -> tuple[Help, ...]:
    return tuple({step.trigger: step for step in steps if step.trigger != draft.move.trigger}.values())


class _Guide:
    """Looks for steps, and never twice for the same place: automatic steps may wait for each other."""

    def __init__(self, draft: Draft) -> None:
        self._draft, self._compiled = draft, draft.compiled
        self._asked: set[tuple[str, frozenset[str]]] = set()

    def towards(self, condition: Condition) -> Iterator[Help]:
        """Steps towards a condition, by each of its atoms."""
        for node in tree.walk(condition):
            match node:
                case tree.Compare(tree.StateRef(workflow), "eq", right):
                    yield from self.first_step(workflow, frozenset({str(right)}))
                case tree.Among(tree.StateRef(workflow), values):
                    yield from self.first_step(workflow, frozenset(map(str, values)))
                case tree.Known(tree.FieldRef(name)):
                    yield from self._filling(name)
                case tree.Compare(tree.FieldRef(name)) | tree.Among(tree.FieldRef(name)):
                    yield from self._filling(name)
                case tree.Differs(trigger) if trigger not in self._draft.acts and trigger in self._compiled.triggers:
                    yield self._step(self._compiled.triggers[trigger].transitions[0])

    def first_step(self, workflow: str, wanted: frozenset[str]) -> Iterator[Help]:
        """The first step of the shortest way to one of the wanted states."""
        compiled = self._compiled.workflows.get(workflow)
        if compiled is None or (workflow, wanted) in self._asked:
            return
        self._asked.add((workflow, wanted))
        path = self._path(compiled.workflow, wanted)
        first = next((item for item in compiled.transitions if path and item.transition == path[0]), None)
        if first is not None and first.transition.automatic:
            for clause in first.clauses:
                yield from self.towards(clause.condition)
        elif first is not None:
            yield self._step(first)

    def _path(self, workflow: Workflow, wanted: frozenset[str]) -> list[Transition] | None:
        """The shortest way without what was refused: people's steps alone, or else with automatic ones."""
        here, refused = self._draft.states[workflow.name], self._draft.move.trigger
        offered = [step for step in workflow.transitions if step.automatic or step.trigger != refused]
        people = [step for step in offered if not step.automatic]
        path = shortest_path(attrs.evolve(workflow, transitions=people), here, wanted)
        return shortest_path(attrs.evolve(workflow, transitions=offered), here, wanted) if path is None else path

    def _filling(self, field: str) -> Iterator[Help]:
        """A trigger that sets the field from here, or else amending it, where somebody may."""
        for name, trigger in self._compiled.triggers.items():
            if name == self._draft.move.trigger:
                continue
            for item in trigger.by_state.get(self._draft.states[trigger.workflow], ()):
                if any(isinstance(effect, Set) and effect.field == field for effect in item.effects):
                    yield self._step(item)
                    return
        roles = self._compiled.access.allowed("edit", self._draft.states)
        if roles and field in self._compiled.enterable:
            title = self._compiled.titles.text("field", field)
            yield Help("amend", roles, self._who(roles, f"can fill in {title.en}", f"可以补填{title.zh}"))

    def _step(self, item: CompiledTransition) -> Help:
        trigger, roles = item.transition.trigger, tuple(sorted(item.roles))
        title = self._compiled.titles.text("trigger", trigger)
        return Help(trigger, roles, self._who(roles, f"can '{trigger}' ({title.en})", f"可以“{title.zh}”（{trigger}）"))

    def _who(self, roles: tuple[str, ...], en: str, zh: str) -> Text:
        who = roles_text(self._compiled.titles, roles, Text("the system", "系统"))
        return Text(f"{who.en} {en}", f"{who.zh}{zh}")

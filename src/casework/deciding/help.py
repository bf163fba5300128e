"""What would help: a step that leads from where the case stands towards what is unmet.

It follows the graph of one workflow at a time and promises nothing; it points in a direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from casework.compiled import CompiledTransition
from casework.condition import tree
from casework.condition.evaluate import OPERATIONS
from casework.condition.tree import Condition
from casework.deciding.draft import Draft
from casework.model.command import Doer, Given, Held, Now, Set, Unit
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
        """Steps towards a condition, by each of its atoms and by what that should be."""
        for atom, holds in _atoms(condition):
            match atom:
                # Into a state leads a shortest way; which of the ways out of one is meant, no graph tells.
                case tree.Compare(tree.StateRef(workflow), "eq" | "ne" as sign, right) if holds is (sign == "eq"):
                    yield from self.first_step(workflow, frozenset({str(right)}))
                case tree.Among(tree.StateRef(workflow), values) if holds:
                    yield from self.first_step(workflow, frozenset(map(str, values)))
                case (
                    tree.Known(tree.FieldRef(name))
                    | tree.Compare(tree.FieldRef(name))
                    | tree.Among(tree.FieldRef(name))
                ):
                    yield from self._changing(name, atom, holds)
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

    def _changing(self, field: str, atom: Condition, holds: bool) -> Iterator[Help]:
        """The step from here that may make the field fit the atom, or else amending it, where somebody may."""
        steps = [item for item in self._from_here() if _may_fit(item, field, atom, holds)]
        clears = isinstance(atom, tree.Known) and not holds
        if steps:
            # What only takes a value away comes before what begins something else along with it.
            yield self._step(min(steps, key=_gives) if clears else steps[0])
            return
        roles, known = self._compiled.access.allowed("edit", self._draft.states), self._compiled.enterable.get(field)
        if roles and known is not None and not (clears and known.required):
            title = self._compiled.titles.text("field", field)
            en, zh = (f"can clear {title.en}", f"可以清空{title.zh}") if clears else _filled_in(title)
            yield Help("amend", roles, self._who(roles, en, zh))

    def _from_here(self) -> Iterator[CompiledTransition]:
        """What people may fire in the present states, without what was refused."""
        for name, trigger in self._compiled.triggers.items():
            if name != self._draft.move.trigger:
                yield from trigger.by_state.get(self._draft.states[trigger.workflow], ())

    def _step(self, item: CompiledTransition) -> Help:
        trigger, roles = item.transition.trigger, tuple(sorted(item.roles))
        title = self._compiled.titles.text("trigger", trigger)
        return Help(trigger, roles, self._who(roles, f"can '{trigger}' ({title.en})", f"可以“{title.zh}”（{trigger}）"))

    def _who(self, roles: tuple[str, ...], en: str, zh: str) -> Text:
        who = roles_text(self._compiled.titles, roles, Text("the system", "系统"))
        return Text(f"{who.en} {en}", f"{who.zh}{zh}")


def _filled_in(title: Text) -> tuple[str, str]:
    return f"can fill in {title.en}", f"可以补填{title.zh}"


def _atoms(condition: Condition, holds: bool = True) -> Iterator[tuple[Condition, bool]]:
    """The leaves of a condition, each with whether it should hold or not for the whole to hold."""
    match condition:
        case tree.Not(term):
            yield from _atoms(term, not holds)
        case tree.All(terms) | tree.Any(terms):
            for term in terms:
                yield from _atoms(term, holds)
        case tree.Optional(_, term):
            yield from _atoms(term, holds)
        case _:
            yield condition, holds


def _may_fit(item: CompiledTransition, field: str, atom: Condition, holds: bool) -> bool:
    """Whether the transition sets the field, and to something that may make the atom hold (or not, as asked)."""
    last = next((e for e in reversed(item.effects) if isinstance(e, Set) and e.field == field), None)
    if last is None:
        return False
    match atom:
        case _ if last.value is None:
            return isinstance(atom, tree.Known) and not holds
        case tree.Known():
            return holds
        # What a form, a field or the clock will say is not known yet; it may be the right thing.
        case _ if isinstance(last.value, Given | Held | Now | Doer | Unit):
            return True
        case tree.Compare(_, sign, right):
            return OPERATIONS[sign](last.value, right) is holds
        case tree.Among(_, values):
            return (last.value in values) is holds
    return False


def _gives(item: CompiledTransition) -> int:
    """How many fields the transition gives a value."""
    return sum(1 for effect in item.effects if isinstance(effect, Set) and effect.value is not None)

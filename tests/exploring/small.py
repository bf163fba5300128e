"""Random case types small enough for brute force, sound by themselves or not: what the explorer has to tell apart.

Two or three workflows of two to four states each, with conditions on each other, on fields and the form, on who acts
and on the time; automatic steps, four eyes, deadlines, invariants. What the explorer finds fault with is left in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from casework.compiled import Compiled
from casework.condition import tree
from casework.condition.tree import ALWAYS, All, Compare, Condition, HasRole, Known, Not, Overdue
from casework.manifest import manifest_of
from casework.model.casetype import CaseType
from casework.model.command import Effect, Given, Held, Set
from casework.model.fields import Choice, Field
from casework.model.outfit import Invariant, Role
from casework.model.workflow import Deadline, State, Transition, Workflow
from casework.soundness import check

Draw = Callable[[SearchStrategy[Any]], Any]

ROLES = ("clerk", "chief")
HOURS = (timedelta(hours=1), timedelta(hours=2))
DOMAINS: dict[str, tuple[Any, ...]] = {
    "ready": (True, False),
    "agreed": (True, False),
    "count": (0, 1, 2),
    "kind": ("plain", "rare"),
    "level": (0, 1),
}
"""By field the values that brute force tries; with None they lie in every cell that a condition can tell apart."""
FIELDS = (
    Field("ready", "boolean"),
    Field("agreed", "boolean", managed=True),
    Field("count", "integer", minimum=0, maximum=2),
    Field("kind", "choice", choices=(Choice("plain"), Choice("rare"))),
    Field("level", "integer", field_class="personal", minimum=0, maximum=1),
)
LEFT_TO_THE_EXPLORER = frozenset({"CW201", "CW202", "CW205", "CW206", "CW208", "CW210", "CW211"})
"""What the static check finds fault with for a part of the reason that the explorer has."""


@attrs.frozen
class _Frame:
    name: str
    states: tuple[str, ...]
    finals: tuple[str, ...]
    triggers: tuple[str, ...]
    deadline: str

    @property
    def open(self) -> tuple[str, ...]:
        return tuple(state for state in self.states if state not in self.finals)


@attrs.frozen
class _World:
    frames: tuple[_Frame, ...]
    data: tuple[Field, ...]


def _frame(draw: Draw, name: str, clocks: bool) -> _Frame:
    count = draw(st.integers(2, 4 if name == "main" else 3))
    states = tuple(f"{name}_{number}" for number in range(count))
    ends = 2 if count > 3 and draw(st.booleans()) else 1
    triggers = tuple(f"{name}_step_{number}" for number in range(draw(st.integers(1, count))))
    return _Frame(name, states, states[-ends:], triggers, f"{name}_limit" if clocks and draw(st.booleans()) else "")


def _about(left: tree.Operand, field: Field) -> SearchStrategy[Condition]:
    signs = ("eq", "ne", "lt", "ge") if field.type == "integer" else ("eq", "ne")
    return st.builds(Compare, st.just(left), st.sampled_from(signs), st.sampled_from(DOMAINS[field.name]))


def _lasting(world: _World, own: str) -> list[SearchStrategy[Condition]]:
    found: list[SearchStrategy[Condition]] = []
    for frame in world.frames:
        if frame.name != own:
            told = (st.just(tree.StateRef(frame.name)), st.sampled_from(["eq", "ne"]), st.sampled_from(frame.states))
            found += [st.builds(Compare, *told)] * 2
    for field in world.data:
        found += [_about(tree.FieldRef(field.name), field), st.just(Known(tree.FieldRef(field.name)))]
    return found


def _timed(world: _World, clocks: bool) -> list[SearchStrategy[Condition]]:
    if not clocks:
        return []
    marks = st.sampled_from([f"{frame.name}.{state}" for frame in world.frames for state in frame.states])
    elapsed = st.builds(tree.ElapsedRef, marks)
    found: list[SearchStrategy[Condition]] = [
        st.builds(Compare, elapsed, st.sampled_from(["ge", "gt", "lt"]), st.sampled_from(HOURS))
    ]
    return found + [st.just(Overdue(frame.deadline)) for frame in world.frames if frame.deadline]


def _asked(form: tuple[Field, ...]) -> list[SearchStrategy[Condition]]:
    found: list[SearchStrategy[Condition]] = [st.builds(HasRole, st.sampled_from(ROLES))]
    for field in form:
        found += [_about(tree.GivenRef(field.name), field), st.just(Known(tree.GivenRef(field.name)))]
    return found


def _condition(draw: Draw, leaves: list[SearchStrategy[Condition]], often: int) -> Condition:
    """No condition in *often* of eight cases; else one leaf, or two of them together."""
    if not leaves or draw(st.integers(0, 7)) < often:
        return ALWAYS
    leaf = st.one_of(leaves)
    pair = st.lists(leaf, min_size=2, max_size=2)
    condition: Condition = draw(st.one_of(leaf, leaf, leaf.map(Not), pair.map(All), pair.map(tree.Any)))
    return condition


def _effects(draw: Draw, world: _World, form: tuple[Field, ...], automatic: bool) -> tuple[Effect, ...]:
    needed = {field.name for field in world.data if field.required}
    found: list[Effect] = [
        Set(field.name, Given(field.name)) for field in form if field.required or field.name not in needed
    ]
    if world.data and draw(st.integers(0, 2)) == 0:
        field = draw(st.sampled_from(world.data))
        values: list[Any] = list(DOMAINS[field.name])
        if not field.required:
            values.append(None)
            values += [Held(o.name) for o in world.data if o.type == field.type == "boolean" and o != field]
        found.append(Set(field.name, draw(st.sampled_from(values))))
    return tuple(found)


def _manual(draw: Draw, frame: _Frame, world: _World, clocks: bool) -> list[Transition]:
    others = [trigger for other in world.frames for trigger in other.triggers]
    asking: dict[str, dict[str, Any]] = {}
    for trigger in frame.triggers:
        form = tuple(draw(st.lists(st.sampled_from(world.data), max_size=1))) if world.data else ()
        form = tuple(attrs.evolve(f, required=f.required or draw(st.booleans()), managed=False) for f in form)
        asking[trigger] = {"roles": tuple(draw(st.sampled_from([ROLES, ("clerk",), ("chief",)]))), "form": form}
        before = [other for other in others if other != trigger]
        if before and draw(st.integers(0, 5)) == 0:
            asking[trigger]["four_eyes"] = draw(st.sampled_from(before))
    found = []
    for number, source in enumerate(frame.open):
        onward = frame.finals[0] if number == len(frame.open) - 1 else frame.open[number + 1]
        ways = [onward, *draw(st.lists(st.sampled_from([*frame.states, None]), max_size=2))]
        for place, target in enumerate(ways):
            trigger = draw(st.sampled_from(frame.triggers))
            told = asking[trigger]
            leaves = _lasting(world, frame.name) + _asked(told["form"]) + _timed(world, clocks)
            condition = _condition(draw, leaves, 4 if place == 0 else 2)
            effects = _effects(draw, world, told["form"], automatic=False)
            found.append(Transition(trigger, source, target, condition=condition, effects=effects, **told))
    if len(frame.finals) > 1:
        found.append(Transition(f"{frame.name}_other", frame.open[-1], frame.finals[1], roles=ROLES))
    return found


def _automatic(draw: Draw, frame: _Frame, world: _World, clocks: bool) -> list[Transition]:
    found, main = [], world.frames[0]
    if frame != main and draw(st.integers(0, 3)) > 0:
        over = tree.Among(tree.StateRef(main.name), main.finals)
        found.append(Transition(f"{frame.name}_over", frame.open, frame.finals[0], condition=over, automatic=True))
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        source, target = draw(st.sampled_from(frame.open)), draw(st.sampled_from(frame.states))
        condition = _condition(draw, _lasting(world, frame.name) + _timed(world, clocks), 0)
        if source != target and condition != ALWAYS:
            effects = _effects(draw, world, (), automatic=True)
            told = {"condition": condition, "effects": effects, "automatic": True}
            found.append(Transition(f"{frame.name}_follow_{number}", source, target, **told))
    return found


def _workflow(draw: Draw, frame: _Frame, world: _World, clocks: bool) -> Workflow:
    transitions = _manual(draw, frame, world, clocks) + _automatic(draw, frame, world, clocks)
    deadlines = []
    if frame.deadline:
        fired = draw(st.none() | st.sampled_from([step for step in transitions if not step.automatic]))
        during = set(draw(st.lists(st.sampled_from(frame.open), min_size=1, unique=True)))
        during |= set(fired.source) if fired else set()
        trigger = fired.trigger if fired else None
        deadlines.append(Deadline(frame.deadline, tuple(sorted(during)), draw(st.sampled_from(HOURS)), trigger=trigger))
    grants = {"edit": draw(st.sampled_from(ROLES))} if draw(st.integers(0, 3)) == 0 else {}
    states = [
        State(name, final=name in frame.finals, grants=grants if number == 0 else {})
        for number, name in enumerate(frame.states)
    ]
    return Workflow(
        frame.name, initial=frame.states[0], states=states, transitions=transitions, deadlines=tuple(deadlines)
    )


@st.composite
def _case_types(draw: Draw, clocks: bool) -> CaseType:
    names = ("main", "side", "third")[: draw(st.sampled_from([2, 2, 2, 3]))]
    frames = tuple(_frame(draw, name, clocks) for name in names)
    chosen = draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))
    data = tuple(attrs.evolve(f, required=not f.managed and draw(st.integers(0, 3)) == 0) for f in chosen)
    world = _World(frames, data)
    invariants = []
    if draw(st.integers(0, 2)) == 0:
        invariants.append(Invariant("whole", _condition(draw, _lasting(world, ""), 0)))
    return CaseType(
        "small",
        chain=tuple(_workflow(draw, frame, world, clocks) for frame in frames),
        data=data,
        roles=tuple(Role(name) for name in ROLES),
        opens="clerk",
        grants={"view": ROLES if draw(st.integers(0, 5)) else ("clerk",)},
        readers={"personal": draw(st.sampled_from([ROLES, ("chief",)]))},
        invariants=tuple(invariants),
    )


def _is_fit(case_type: CaseType) -> bool:
    if any(f.level == "error" and f.code not in LEFT_TO_THE_EXPLORER for f in check(case_type)):
        return False
    # A decision tells the transition taken by these, so that brute force knows which one it was.
    for workflow in case_type.chain:
        named = [(t.trigger, source, t.target) for t in workflow.transitions for source in t.source]
        if len(named) != len(set(named)):
            return False
    return True


def small_case_types(*, clocks: bool) -> SearchStrategy[CaseType]:
    """Case types for brute force; with *clocks* they have deadlines and ask how much time has passed."""
    return _case_types(clocks).filter(_is_fit)


def compiled(case_type: CaseType) -> Compiled:
    """A case type made ready as it is, whatever the static check says."""
    return Compiled(manifest_of(case_type, len(case_type.chain), ()), {})

"""Random case types that make sense: they pass the static check, come to rest, and can be run to an ending.

Each has one to three workflows. In every workflow a backbone of manual steps leads from the first state to the
last, which is final; around it are guarded shortcuts, other steps anywhere, and automatic steps, which only lead
to later states and so cannot go round. When the main workflow ends, the others follow it by automatic steps.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from casework.condition import tree
from casework.condition.literal import Value
from casework.condition.tree import ALWAYS, All, Among, Compare, Condition, Differs, HasRole, Known, Not, Overdue
from casework.model.casetype import CaseType
from casework.model.command import Doer, Effect, Given, Held, Now, Post, Set, Unit
from casework.model.fields import Choice, Field
from casework.model.outfit import Account, Invariant, Role, Worklist
from casework.model.workflow import Deadline, State, Transition, Workflow
from casework.soundness import check
from casework.text import Text

Draw = Callable[[SearchStrategy[Any]], Any]

ROLES = ("clerk", "nurse", "chief")
ORDERED = ("integer", "decimal", "float", "date", "instant")

DATA = (
    Field("count", "integer", minimum=0, maximum=5),
    Field("level", "integer", field_class="personal", minimum=0, maximum=5),
    Field("weight", "decimal"),
    Field("score", "float"),
    Field("urgent", "boolean"),
    Field("kind", "choice", choices=(Choice("plain", Text("plain", "普通")), Choice("rare"), Choice("odd"))),
    Field("remark", "text", max_length=50),
    Field("born", "date", field_class="personal"),
    Field("seen", "instant"),
    Field("secret", "text", field_class="identity"),
)
AMOUNT = Field("amount", "integer", required=True, minimum=1, maximum=3)

_POOLS: dict[str, tuple[Value, ...]] = {
    "integer": (0, 1, 2, 3, 5),
    "decimal": (Decimal("0.5"), Decimal("1"), Decimal("-2.25")),
    "float": (0.0, 0.5, 1e10),
    "boolean": (True, False),
    "text": ("a", "b", "甲乙"),
    "date": (date(2000, 2, 29), date(2010, 6, 1), date(2026, 1, 31)),
    "instant": tuple(datetime(2026, 1, day, 8, tzinfo=UTC) for day in (1, 15, 31)),
}


def small_values(field: Field) -> SearchStrategy[Value]:
    """Values that *field* accepts, out of few, so that conditions drawn from the same few sometimes hold."""
    pool: tuple[Value, ...] = _POOLS["text" if field.type == "choice" else field.type]
    if field.type == "choice":
        pool = tuple(choice.name for choice in field.choices)
    if field.name == AMOUNT.name:
        pool = (1, 2, 3)
    return st.sampled_from(pool)


def forms(fields: tuple[Field, ...]) -> SearchStrategy[dict[str, Value]]:
    """Acceptable values for a form or for the data of a new case; what is not required is sometimes left out."""
    required = {field.name: small_values(field) for field in fields if field.required}
    return st.fixed_dictionaries(
        required, optional={field.name: small_values(field) for field in fields if not field.required}
    )


@attrs.frozen
class _Frame:
    """One workflow before its transitions: names, endings, deadlines and what can be fired in it."""

    name: str
    states: tuple[State, ...]
    deadlines: tuple[str, ...]
    triggers: tuple[str, ...]

    @property
    def final(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if state.final)

    @property
    def open(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if not state.final)


@attrs.frozen
class _World:
    """What the conditions and effects of a case type may name."""

    frames: tuple[_Frame, ...]
    data: tuple[Field, ...]
    accounts: tuple[Account, ...]


def _frame(draw: Draw, name: str) -> _Frame:
    count = draw(st.integers(2, 5))
    endings = draw(st.integers(1, 2)) if count > 3 else 1
    states = tuple(
        State(
            f"{name}{i}",
            title=Text(f"state {i}", f"状态{i}"),
            final=i >= count - endings,
            phases="going" if 0 < i < count - endings else (),
            grants={"edit": draw(_roles())} if draw(st.booleans()) else (),
        )
        for i in range(count)
    )
    extras = draw(st.integers(0, 3))
    steps = ["step"] * (count - endings) if draw(st.booleans()) else [f"step_{i}" for i in range(count - endings)]
    triggers = tuple(f"{name}_{step}" for step in (*steps, *(f"extra_{i}" for i in range(extras))))
    return _Frame(name, states, (f"{name}_limit",) if draw(st.booleans()) else (), triggers)


def _roles() -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(tuple)


def _about(left: tree.Operand, field: Field) -> SearchStrategy[Condition]:
    """A comparison that fits the type of *field*."""
    value = small_values(field)
    operators = ("eq", "ne", "lt", "le", "gt", "ge") if field.type in ORDERED else ("eq", "ne")
    return st.one_of(
        st.builds(Compare, st.just(left), st.sampled_from(operators), value),
        st.builds(Among, st.just(left), st.lists(value, min_size=1, max_size=2, unique=True)),
    )


def _of_states(frame: _Frame) -> SearchStrategy[Condition]:
    names, left = st.sampled_from([state.name for state in frame.states]), tree.StateRef(frame.name)
    return st.one_of(
        st.builds(Compare, st.just(left), st.sampled_from(["eq", "ne"]), names),
        st.builds(Among, st.just(left), st.lists(names, min_size=1, max_size=3, unique=True)),
    )


def _lasting(world: _World, own: str) -> list[SearchStrategy[Condition]]:
    """Conditions on this case's fields and on the states of its other workflows: what an automatic step may read."""
    found: list[SearchStrategy[Condition]] = []
    for field in world.data:
        found.append(st.just(Known(tree.FieldRef(field.name))))
        if not field.sealed:
            found.append(_about(tree.FieldRef(field.name), field))
    return found + [_of_states(frame) for frame in world.frames if frame.name != own]


def _asked(world: _World, form: tuple[Field, ...]) -> list[SearchStrategy[Condition]]:
    """Conditions on the form, the time, the ledger and whoever acts: what only a manual step may read."""
    marks = [f"{frame.name}.{state.name}" for frame in world.frames for state in frame.states]
    elapsed = st.builds(tree.ElapsedRef, st.sampled_from(marks))
    found: list[SearchStrategy[Condition]] = [
        st.builds(Compare, elapsed, st.sampled_from(["ge", "lt"]), st.sampled_from([timedelta(hours=1), timedelta(2)])),
        st.builds(HasRole, st.sampled_from(ROLES)),
        st.builds(Differs, st.sampled_from([name for frame in world.frames for name in frame.triggers])),
    ]
    found += [st.just(Overdue(name)) for frame in world.frames for name in frame.deadlines]
    found += [st.just(Known(tree.GivenRef(field.name))) for field in form]
    found += [_about(tree.GivenRef(field.name), field) for field in form]
    limited = [account.name for account in world.accounts if account.limited]
    if limited:
        left = st.builds(tree.BalanceRef, st.sampled_from(limited))
        found.append(st.builds(Compare, left, st.sampled_from(["ge", "lt"]), st.integers(-1, 3)))
    return found


def _grown(leaves: list[SearchStrategy[Condition]]) -> SearchStrategy[Condition]:
    if not leaves:
        return st.just(ALWAYS)
    several = st.lists(st.one_of(leaves), min_size=2, max_size=3)
    leaf = st.one_of(leaves)
    return st.one_of(leaf, leaf.map(Not), several.map(All), several.map(tree.Any), several.map(tree.Any).map(Not))


def _form(draw: Draw, world: _World) -> tuple[Field, ...]:
    chosen = draw(st.lists(st.sampled_from(world.data), max_size=2, unique=True)) if world.data else []
    form = tuple(attrs.evolve(field, required=field.required or draw(st.booleans())) for field in chosen)
    return (*form, AMOUNT) if world.accounts and draw(st.booleans()) else form


def _values_for(field: Field, world: _World) -> SearchStrategy[Any]:
    found: list[SearchStrategy[Any]] = [small_values(field)]
    if not field.required:
        found.append(st.none())
        same = [Held(f.name) for f in world.data if f.type == field.type and f != field and not f.sealed]
        found += [st.sampled_from(same)] if same else []
    if field.type == "instant":
        found.append(st.just(Now()))
    if field.name == "remark":
        found.append(st.sampled_from([Doer(), Unit()]))
    return st.one_of(found)


def _effects(draw: Draw, world: _World, form: tuple[Field, ...]) -> tuple[Effect, ...]:
    effects: list[Effect] = [Set(field.name, Given(field.name)) for field in form if field in _kept(form, world)]
    for field in draw(st.lists(st.sampled_from(world.data), max_size=1)) if world.data else []:
        effects.append(Set(field.name, draw(_values_for(field, world))))
    if world.accounts and draw(st.booleans()):
        debit, credit = draw(st.permutations([account.name for account in world.accounts]))
        amount = Given(AMOUNT.name) if AMOUNT in form else draw(st.integers(1, 3))
        effects.append(Post(debit, credit, amount))
    return tuple(effects)


def _kept(form: tuple[Field, ...], world: _World) -> list[Field]:
    needed = {field.name: field.required for field in world.data}
    return [field for field in form if field.name in needed and (field.required or not needed[field.name])]


def _detail(draw: Draw, world: _World, trigger: str) -> dict[str, Any]:
    """Roles, form and four eyes: the same for all transitions of one trigger."""
    others = sorted({name for frame in world.frames for name in frame.triggers} - {trigger})
    eyes = draw(st.lists(st.sampled_from(others), max_size=1)) if others and draw(st.integers(0, 3)) == 0 else []
    return {"roles": draw(_roles()), "form": _form(draw, world), "four_eyes": tuple(eyes)}


def _manual(draw: Draw, frame: _Frame, world: _World) -> list[Transition]:
    details = {trigger: _detail(draw, world, trigger) for trigger in dict.fromkeys(frame.triggers)}
    found = []
    for i, state in enumerate(frame.open):
        trigger = frame.triggers[i]
        detail = details[trigger]
        shortcut = draw(_grown(_lasting(world, frame.name) + _asked(world, detail["form"])))
        if draw(st.booleans()) and shortcut != ALWAYS:
            target = draw(st.sampled_from(frame.states)).name
            effects = _effects(draw, world, detail["form"])
            found.append(Transition(trigger, state, target, condition=shortcut, effects=effects, **detail))
        last = frame.final if i == len(frame.open) - 1 else (frame.states[i + 1].name,)
        effects = _effects(draw, world, detail["form"])
        found.append(Transition(trigger, state, last[0], effects=effects, **detail))
    if len(frame.final) > 1:
        found.append(Transition(f"{frame.name}_other_end", frame.open[-1], frame.final[1], roles=draw(_roles())))
    extras = frame.triggers[len(frame.open) :]
    return found + [_extra(draw, frame, world, trigger, details[trigger]) for trigger in extras]


def _extra(draw: Draw, frame: _Frame, world: _World, trigger: str, detail: dict[str, Any]) -> Transition:
    phases = {phase for state in frame.states for phase in state.phases}
    by_phase = bool(phases) and draw(st.booleans())
    source = draw(st.lists(st.sampled_from(frame.open), min_size=1, unique=True)) if not by_phase else ()
    return Transition(
        trigger,
        source,
        draw(st.none() | st.sampled_from([state.name for state in frame.states])),
        phase="going" if by_phase else None,
        condition=draw(st.just(ALWAYS) | _grown(_lasting(world, frame.name) + _asked(world, detail["form"]))),
        effects=_effects(draw, world, detail["form"]),
        because=draw(st.just(Text()) | st.just(Text("it is too early", "为时过早"))),
        **detail,
    )


def _automatic(draw: Draw, frame: _Frame, world: _World) -> list[Transition]:
    main, found = world.frames[0], []
    if frame != main:
        over = Among(tree.StateRef(main.name), main.final)
        found.append(Transition(f"{frame.name}_over", frame.open, frame.final[0], condition=over, automatic=True))
    for i in range(draw(st.integers(0, 2))):
        source = draw(st.integers(0, len(frame.open) - 1))
        target = draw(st.integers(source + 1, len(frame.states) - 1))
        found.append(
            Transition(
                f"{frame.name}_follows_{i}",
                frame.states[source].name,
                frame.states[target].name,
                condition=draw(_grown(_lasting(world, frame.name))),
                effects=_effects(draw, world, ()),
                automatic=True,
            )
        )
    return [step for step in found if step.condition != ALWAYS]


def _deadlines(draw: Draw, frame: _Frame, transitions: list[Transition]) -> tuple[Deadline, ...]:
    plain = [step for step in transitions if not (step.automatic or step.form or step.four_eyes or step.phase)]
    found = []
    for name in frame.deadlines:
        during = draw(st.lists(st.sampled_from(frame.open), min_size=1, unique=True))
        fired = draw(st.none() | st.sampled_from(plain)) if plain else None
        during += [state for state in (fired.source if fired else ()) if state not in during]
        after = timedelta(hours=draw(st.integers(1, 72)))
        found.append(Deadline(name, during, after, trigger=fired.trigger if fired else None))
    return tuple(found)


def _workflow(draw: Draw, frame: _Frame, world: _World) -> Workflow:
    transitions = [*_manual(draw, frame, world), *_automatic(draw, frame, world)]
    return Workflow(
        frame.name,
        initial=frame.states[0].name,
        states=frame.states,
        transitions=transitions,
        deadlines=_deadlines(draw, frame, transitions),
        title=Text(f"workflow {frame.name}"),
    )


def _readers(draw: Draw, field: Field) -> tuple[str, ...]:
    """Now and then a field that is not open names its readers itself."""
    return draw(_roles()) if field.field_class != "open" and draw(st.integers(0, 2)) == 0 else ()


def _accounts(draw: Draw) -> tuple[Account, ...]:
    if not draw(st.booleans()):
        return ()
    owner = draw(st.sampled_from(["unit", "case", "tenant", "person"]))
    low, high = draw(st.sampled_from([(0, None), (-3, None), (-3, 3), (None, 5)]))
    return (Account("stock", "thing", owner=owner, minimum=low, maximum=high), Account("outside", "thing", owner=owner))


@st.composite
def _case_types(draw: Draw) -> CaseType:
    frames = tuple(_frame(draw, name) for name in ("alpha", "beta", "gamma")[: draw(st.integers(1, 3))])
    chosen = draw(st.lists(st.sampled_from(DATA), max_size=5, unique=True))
    data = tuple(
        attrs.evolve(field, required=draw(st.integers(0, 3)) == 0, readers=_readers(draw, field)) for field in chosen
    )
    world = _World(frames, data, _accounts(draw))
    main = frames[0]
    waiting = draw(_grown(_lasting(world, main.name)))
    everywhere = Among(tree.StateRef(main.name), tuple(state.name for state in main.states))
    return CaseType(
        "sample",
        chain=tuple(_workflow(draw, frame, world) for frame in frames),
        title=Text("sample", "样例"),
        data=data,
        roles=tuple(Role(name) for name in ROLES),
        opens=draw(_roles()),
        grants={"view": ROLES, "edit": "chief"},
        readers={"personal": draw(_roles()), "identity": "chief"},
        worklists=(Worklist("waiting", main.open, condition=waiting, roles=draw(_roles())),),
        accounts=world.accounts,
        invariants=(Invariant("somewhere", everywhere),),
    )


def _is_sound(case_type: CaseType) -> bool:
    return not any(finding.level == "error" for finding in check(case_type))


def sound_case_types() -> SearchStrategy[CaseType]:
    """Case types that can be run. Few drawn ones say something that never holds; they are left out."""
    return _case_types().filter(_is_sound)

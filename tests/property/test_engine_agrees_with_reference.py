"""The engine and the reference walk the same way through random cases and have to agree at every step.

Verdicts with their codes, states, data, due dates, balances, what is available; ``why_not`` says what
``fire`` does; and INV holds all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from oracle import assert_inv, balances, entries_of, tables
from property.reference import World
from strategies import forms, sound_case_types

from casework import (
    Actor,
    Case,
    CaseType,
    Casework,
    Deadline,
    Field,
    FrozenClock,
    Refusal,
    Refused,
    Set,
    State,
    Transition,
    Workflow,
    field,
    hours,
    keep,
    seeded_entropy,
    state,
)
from casework.rescue import rescue, station

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
STEPS = 24
WALKS = settings(max_examples=max(settings().max_examples // 2, 10))
Values = dict[str, Any]
Forms = Callable[[tuple[Field, ...]], SearchStrategy[Values]]


class Walk:
    """One app and one reference on the same way; *draw* decides where it goes."""

    def __init__(self, draw: Any, case_types: Iterable[CaseType], forms_of: Forms) -> None:
        self.types = {case_type.name: case_type for case_type in case_types}
        self.clock, self.draw, self.forms_of = FrozenClock(START), draw, forms_of
        self.app = Casework(case_types=self.types.values(), clock=self.clock, entropy=seeded_entropy(1))
        self.app.create_tables()
        self.world = World(self.types.values())
        self.actors = actors(self.types.values())
        everything = frozenset(role.name for case_type in self.types.values() for role in case_type.roles)
        self.seer = self.app.desk(Actor("seer", roles=everything))
        self.acknowledged: list[Case] = []
        self.seen: list[Case] = []
        self.requests: list[tuple[Actor, Callable[[], Case], Case]] = []

    def step(self) -> None:
        """Do one thing on both sides, then compare all that there is."""
        doing = self.draw(st.sampled_from(["open", "amend", "wait", "wait", "replay", "reuse", *["fire"] * 8]))
        if not self.world.cases or (doing == "open" and len(self.world.cases) > 2):
            doing = "fire" if self.world.cases else "open"
        getattr(self, f"_{doing}")()
        self.compare()

    def _open(self) -> None:
        case_type = self.draw(st.sampled_from([*self.types.values()]))
        actor = self.draw(st.sampled_from([*[actor for actor in self.actors if actor.id == "all"], *self.actors]))
        unit = self.draw(st.sampled_from(["anlu", "anlu", "other"]))
        values = self._values(tuple(field for field in case_type.data if not field.managed))
        key = self.draw(st.none() | st.just(f"open {len(self.requests)}"))
        self._both(
            actor,
            key,
            lambda: self.app.desk(actor).open(case_type.name, unit=unit, request_id=key, **values),
            lambda case_id: self.world.open(case_id, actor, case_type.name, unit, values, self.clock.now()),
        )

    def _fire(self) -> None:
        actor, case_id = self._actor_and_case()
        trigger, form = self._trigger_and_form(actor, case_id)
        case, revision = self._handle(case_id)
        desk, key = self.app.desk(actor), self.draw(st.none() | st.just(f"fire {len(self.requests)}"))
        foreseen = desk.why_not(case, trigger, form)
        said = self._both(
            actor,
            key,
            lambda: desk.fire(case, trigger, form, request_id=key),
            lambda _: self.world.fire(case_id, actor, trigger, form, self.clock.now(), revision),
        )
        assert said == foreseen

    def _amend(self) -> None:
        actor, case_id = self._actor_and_case()
        case_type = self._type(case_id)
        some = self.draw(st.lists(st.sampled_from(case_type.data), max_size=2, unique=True)) if case_type.data else []
        values: Values = self._values(tuple(attrs.evolve(field, required=False) for field in some))
        if some and self.draw(st.booleans()):
            values[some[0].name] = None
        if not values:
            return  # the engine refuses to amend nothing
        case, revision = self._handle(case_id)
        self._both(
            actor,
            None,
            lambda: self.app.desk(actor).amend(case, **values),
            lambda _: self.world.amend(case_id, actor, values, self.clock.now(), revision),
        )

    def _wait(self) -> None:
        hours = self.draw(st.sampled_from([0, 1, 5, 24, 26, 72, 24 * 8, 24 * 91]))
        self.clock.advance(timedelta(hours=hours))
        ran = self.app.run_due()
        event(f"timers: {'fired' if ran.fired else 'none'}{', stuck' if ran.stuck else ''}")
        self.world.run_due(self.clock.now())

    def _replay(self) -> None:
        """The same call again answers with the same entry and does nothing."""
        if self.requests:
            actor, call, first = self.draw(st.sampled_from(self.requests))
            before, answers = tables(self.app), []
            said = refusal(lambda: answers.append(call()))
            if said is None:
                assert (first.id, first.entry) == (answers[0].id, answers[0].entry)
            else:
                # Whoever may not see the case any more is not told about it either.
                assert "not-found" == said.code
                assert not self.world.may("view", self.world.cases[first.id], self._roles(actor, first.id))
            assert before == tables(self.app)

    def _reuse(self) -> None:
        """A request id is for one content only."""
        if self.requests:
            number = self.draw(st.integers(0, len(self.requests) - 1))
            actor, _, first = self.requests[number]
            for key in (f"open {number}", f"fire {number}"):
                if self.app.desk(actor).receipt(key) is not None:
                    before = tables(self.app)
                    said = refusal(lambda key=key: self.app.desk(actor).note(first.id, "else", request_id=key))  # type: ignore[misc]
                    sees = self.world.may("view", self.world.cases[first.id], self._roles(actor, first.id))
                    assert said is not None and said.code == ("request-reused" if sees else "not-found")
                    assert before == tables(self.app)

    def _both(
        self, actor: Actor, key: str | None, real: Callable[[], Case], told: Callable[[str], str]
    ) -> Refusal | None:
        """Do it on both sides and compare the verdicts; a refused call leaves no trace."""
        before, accepted = tables(self.app), []
        said = refusal(lambda: accepted.append(real()))
        if said is not None:
            event(f"refused: {said.code}")
            assert told("nowhere") == said.code, said
            assert before == tables(self.app)
            return said
        case = accepted[0]
        event("accepted")
        assert "" == told(case.id)
        opened = entries_of(self.app, case.id)[case.entry - 1][1].get("opens", ())
        self.world.christen(child for _, child, _ in opened)
        self.acknowledged.append(case)
        self.seen.append(case)
        if key is not None:
            self.requests.append((actor, real, case))
        return None

    def compare(self) -> None:
        """Every case, every balance, and what everybody could do next."""
        for case_id, case in self.world.cases.items():
            real = self.seer.get(case_id)
            assert case["revision"] == real.revision
            assert case["states"] == real.states
            assert case["data"] == real.data and () == real.hidden
            assert case["dues"] == real.dues
            assert case["closed"] == real.closed
            actor = self.draw(st.sampled_from(self.actors))
            if self.world.may("view", case, self._roles(actor, case_id)):
                said = self.app.desk(actor).available(case_id)
                assert self.world.available(case_id, actor, self.clock.now()) == said
        wanted = {"|".join(key): amount for key, amount in self.world.balances.items()}
        assert wanted == balances(self.app)
        assert_inv(self.app, self.acknowledged)

    # -- what to do next

    def _roles(self, actor: Actor, case_id: str) -> frozenset[str]:
        return self.world.roles(actor, self.world.cases[case_id])

    def _type(self, case_id: str) -> CaseType:
        return self.types[self.world.cases[case_id]["type"]]

    def _actor_and_case(self) -> tuple[Actor, str]:
        """Mostly somebody who has every role, so that the walk gets on."""
        able = next(actor for actor in self.actors if actor.id == "all")
        actor = able if self.draw(st.integers(0, 2)) else self.draw(st.sampled_from(self.actors))
        return actor, self.draw(st.sampled_from([*self.world.cases]))

    def _handle(self, case_id: str) -> tuple[Case | str, int | None]:
        """Mostly the id, which expects nothing; sometimes a Case, perhaps one read long ago."""
        seen = [case for case in self.seen if case.id == case_id]
        if seen and self.draw(st.integers(0, 3)) == 0:
            case = self.draw(st.sampled_from(seen))
            return case, case.revision
        return case_id, None

    def _trigger_and_form(self, actor: Actor, case_id: str) -> tuple[str, Values]:
        """Mostly something that can be done; else something of the present states, or anything."""
        states = self.world.cases[case_id]["states"]
        steps = [(w, s) for w in self._type(case_id).chain for s in w.transitions if not s.automatic]
        near = [s for w, s in steps if states[w.name] in w.sources(s)]
        able = set(self.world.available(case_id, actor, self.clock.now()))
        pools = [[s for _, s in steps], near, *[[s for s in near if s.trigger in able]] * 4]
        pool = self.draw(st.sampled_from([pool for pool in pools if pool]))
        step = self.draw(st.sampled_from(pool))
        return step.trigger, self._values(step.form)

    def _values(self, fields: tuple[Field, ...]) -> Values:
        values = dict(self.draw(self.forms_of(fields)))
        if self.draw(st.integers(0, 14)) == 0:
            name = self.draw(st.sampled_from([*values, "nonsense"]))
            values[name] = self.draw(
                st.sampled_from([None, "x", "", 7, -1, 10**6, True, 1.5, Decimal(2), START, date(2026, 1, 1)])
            )
        return values


def actors(case_types: Iterable[CaseType]) -> list[Actor]:
    """One for each role, somebody with all, strangers, and one person with two accounts."""
    roles = sorted({role.name for case_type in case_types for role in case_type.roles if not role.local})
    alone = [Actor(role, roles={role}, unit="anlu") for role in roles]
    return [
        *alone,
        Actor("all", roles=roles),
        Actor("two", roles=roles, unit="anlu", person=roles[0]),
        Actor("elsewhere", roles=roles, unit="other"),
        Actor("nobody", unit="anlu"),
    ]


def refusal(call: Callable[[], object]) -> Refusal | None:
    """Why not, or None."""
    try:
        call()
    except Refused as no:
        return no.refusal
    return None


def filled_in(fields: tuple[Field, ...]) -> SearchStrategy[Values]:
    """Values for the forms of real case types, from few, so that fields meet."""
    required = {field.name: likely(field) for field in fields if field.required}
    optional = {field.name: likely(field) for field in fields if not field.required}
    return st.fixed_dictionaries(required, optional=optional)


def likely(field: Field) -> SearchStrategy[Any]:
    """A value that the field takes."""
    low = int(field.minimum) if isinstance(field.minimum, int) else 0
    found: dict[str, SearchStrategy[Any]] = {
        "text": st.sampled_from(["a", "王芳", "é"]),
        "choice": st.sampled_from([choice.name for choice in field.choices] or ["none"]),
        "integer": st.sampled_from([low, low + 1, low + 2]),
        "boolean": st.booleans(),
        "decimal": st.sampled_from([Decimal(1), Decimal("0.25")]),
        "float": st.sampled_from([0.0, 1.5]),
        "date": st.sampled_from([date(2000, 2, 29), date(2026, 3, 1)]),
        "instant": st.sampled_from([START, START - timedelta(1)]),
    }
    return found[field.type]


@WALKS
@given(st.data())
def test_any_sound_case_type_runs_as_the_reference_says(data: st.DataObject) -> None:
    walk = Walk(data.draw, [data.draw(sound_case_types())], forms)
    for _ in range(STEPS):
        walk.step()


@WALKS
@given(st.data())
def test_rescue_runs_as_the_reference_says(data: st.DataObject) -> None:
    walk = Walk(data.draw, [rescue, station], filled_in)
    for _ in range(STEPS):
        walk.step()


# What the walks above (or writing the reference) have found; each was mended.

AMOUNT = Field("amount", "integer")


def four_eyes(*, automatic: bool = False, deadline: bool = False) -> CaseType:
    """Somebody asks for an amount, somebody else approves of it; what else may touch the amount is to be chosen."""
    cap = [Transition("cap", "low", "high", automatic=True, condition=field("hurry") == YES, effects=Set("amount", 9))]
    late = [Deadline("late", "asking", hours(1), trigger="ask_nothing")]
    return CaseType(
        "money",
        chain=[
            Workflow(
                "money",
                initial="asking",
                states=[State("asking"), State("paid", final=True)],
                transitions=[
                    Transition("ask", "asking", roles="clerk", form=[AMOUNT], effects=keep("amount")),
                    Transition("ask_nothing", "asking", roles="clerk", effects=Set("amount", 1)),
                    Transition("hurry", "asking", roles="clerk", effects=Set("hurry", True)),
                    Transition("approve", "asking", "paid", roles="clerk", four_eyes=("ask",)),
                    Transition("approve_nothing", "asking", "paid", roles="clerk", four_eyes=("ask_nothing",)),
                ],
                deadlines=late if deadline else (),
            ),
            Workflow(
                "level",
                initial="low",
                states=[State("low"), State("high", final=True)],
                transitions=[
                    *(cap if automatic else ()),
                    Transition("rise", "low", "high", roles="clerk"),
                    Transition("over", "low", "high", automatic=True, condition=state("money") == "paid"),
                ],
            ),
        ],
        data=[AMOUNT, Field("hurry", "boolean"), Field("kept", "text", managed=True)],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk", "edit": "clerk"},
    )


YES = True
ASKER, APPROVER = (Actor(name, roles={"clerk"}, unit="anlu") for name in ("asker", "approver"))


def started(case_type: CaseType) -> tuple[Casework, FrozenClock, Case]:
    clock = FrozenClock(START)
    app = Casework(case_types=[case_type], clock=clock)
    app.create_tables()
    return app, clock, app.desk(ASKER).open("money")


@pytest.mark.parametrize("name", ["nonsense", "kept"])
@pytest.mark.parametrize("value", [None, "x"])
def test_an_amendment_of_what_cannot_be_amended_is_refused_even_when_it_clears(name: str, value: str | None) -> None:
    app, _, case = started(four_eyes())

    said = refusal(lambda: app.desk(ASKER).amend(case, **{name: value}))

    assert said is not None and "invalid-form" == said.code and [name] == [problem.field for problem in said.problems]


def test_an_act_is_void_when_an_automatic_step_changes_what_it_covered() -> None:
    app, _, case = started(four_eyes(automatic=True))
    case = app.desk(ASKER).fire(case, "ask", amount=2)
    assert app.desk(APPROVER).why_not(case, "approve", {}) is None

    case = app.desk(ASKER).fire(case, "hurry")

    assert 9 == case.data["amount"]
    said = app.desk(APPROVER).why_not(case, "approve", {})
    assert said is not None and "unmet" == said.code
    assert_inv(app)


def test_what_a_deadline_did_is_an_act_like_any_other() -> None:
    """The system asked; anybody is somebody else; and the log says the same as the row."""
    app, clock, case = started(four_eyes(deadline=True))
    clock.advance(timedelta(hours=1))

    assert 1 == app.run_due().fired

    assert_inv(app)
    assert app.desk(ASKER).why_not(case.id, "approve_nothing", {}) is None


def test_the_same_person_under_another_account_is_the_same_person() -> None:
    """Sabotage that random walks seldom meet; so it is asked for outright."""
    app, _, case = started(four_eyes())
    app.desk(ASKER).fire(case, "ask", amount=2)
    again = Actor("another account", roles={"clerk"}, unit="anlu", person="asker")

    assert [True, True, False] == [
        app.desk(who).why_not(case.id, "approve", {}) is not None for who in (ASKER, again, APPROVER)
    ]


def test_entering_a_state_anew_starts_its_deadline_anew() -> None:
    """A weekly visit leads from a state into the same state; a step without a target leaves the clock alone."""
    visit = Workflow(
        "money",
        initial="in",
        states=[State("in"), State("out", final=True)],
        transitions=[
            Transition("visit", "in", "in", roles="clerk"),
            Transition("look", "in", roles="clerk"),
            Transition("go", "in", "out", roles="clerk"),
        ],
        deadlines=[Deadline("weekly", "in", hours(168))],
    )
    grants = {"view": "clerk"}
    app, clock, case = started(CaseType("money", chain=[visit], roles=["clerk"], opens="clerk", grants=grants))

    clock.advance(timedelta(days=2))
    looked = app.desk(ASKER).fire(case, "look")
    visited = app.desk(ASKER).fire(looked, "visit")

    assert case.dues == looked.dues == {"weekly": START + timedelta(days=7)}
    assert {"weekly": START + timedelta(days=9)} == visited.dues
    assert_inv(app)

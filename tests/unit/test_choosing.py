"""Several transitions of one trigger, corrections, and what a refusal advises: one claim at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from casework import (
    Account,
    Actor,
    CaseType,
    Condition,
    Field,
    Post,
    Set,
    State,
    Transition,
    Workflow,
    days,
    field,
    keep,
    state,
)
from casework.compiled import Compiled
from casework.condition.build import elapsed_since
from casework.deciding import available, decide
from casework.manifest import compose
from casework.model.case import Move, Snapshot, Undo
from casework.model.decision import Decision
from casework.model.posting import Posting
from casework.model.refusal import Refusal

START = datetime(2026, 7, 1, 8, tzinfo=UTC)
ANA = Actor("ana", roles={"clerk"})
WARD, WHY = Field("ward", required=True), Field("why")
YOUNG = field("age") < 18


def step(trigger: str, source: str, target: str | None, **more: Any) -> Transition:
    return Transition(trigger, source, target, roles="clerk", **more)


def made(*transitions: Transition, **more: Any) -> Compiled:
    states = [State(name, final=name == "end") for name in ("new", "mid", "end")]
    main = Workflow("main", initial="new", states=states, transitions=(*transitions, step("stop", "mid", "end")))
    told: dict[str, Any] = {"opens": "clerk", "grants": {"view": "clerk", "correct": "clerk"}}
    data = [Field("age", "integer"), Field("ward"), Field("why")]
    manifest, _ = compose(CaseType("visit", chain=[main], data=data, **(told | more)), (), ())
    return Compiled(manifest, {})


def standing(compiled: Compiled, where: str = "new", **data: Any) -> Snapshot:
    return Snapshot(
        tenant="main",
        id="1",
        case_type="visit",
        manifest=compiled.manifest.hash,
        revision=1,
        unit="",
        opened_at=START,
        closed_at=None,
        parent=None,
        head=b"",
        states={"main": where},
        data=data,
        marks={"main.new": START},
        dues={},
        acts={},
        subjects={},
    )


def go(compiled: Compiled, case: Snapshot, kind: Any = "fire", **form: Any) -> Decision | Refusal:
    return decide(compiled, case, asking(kind, "go", **form))


def asking(kind: Any, trigger: str = "", at: datetime = START, **form: Any) -> Move:
    return Move(kind=kind, actor=ANA, now=at, roles=ANA.roles, trigger=trigger, form=form)


def no(answer: Decision | Refusal) -> Refusal:
    assert isinstance(answer, Refusal)
    return answer


def yes(answer: Decision | Refusal) -> Decision:
    assert isinstance(answer, Decision), str(answer)
    return answer


TWO_WAYS = (
    step("go", "new", "mid", condition=YOUNG, form=[WARD], effects=keep("ward")),
    step("go", "new", "end", form=[WHY], effects=keep("why")),
)


def test_a_form_field_of_another_state_is_not_asked_for() -> None:
    compiled = made(step("go", "new", "mid"), step("go", "mid", "end", form=[WARD], effects=keep("ward")))

    assert {"main": "mid"} == yes(go(compiled, standing(compiled))).states
    assert ["ward"] == [problem.field for problem in no(go(compiled, standing(compiled, "mid"))).problems]
    assert ["ward"] == [problem.field for problem in no(go(compiled, standing(compiled), ward="3")).problems]


def test_a_field_is_required_only_by_the_transition_that_is_taken() -> None:
    compiled = made(*TWO_WAYS)

    assert "end" == yes(go(compiled, standing(compiled, age=40))).states["main"]
    assert ["ward"] == [problem.field for problem in no(go(compiled, standing(compiled, age=4))).problems]
    assert "mid" == yes(go(compiled, standing(compiled, age=4), ward="3")).states["main"]


def test_a_value_for_a_field_that_the_chosen_transition_lacks_is_refused() -> None:
    compiled = made(*TWO_WAYS)
    refusal = no(go(compiled, standing(compiled, age=40), ward="3"))

    assert ("invalid-form", ["ward"]) == (refusal.code, [problem.field for problem in refusal.problems])
    assert {} == yes(go(compiled, standing(compiled, age=40), ward=None)).form


def test_an_unknown_transition_is_not_passed_over() -> None:
    compiled = made(*TWO_WAYS)
    refusal = no(go(compiled, standing(compiled), ward="3"))

    assert ("unmet", [True]) == (refusal.code, [clause.unknown for clause in refusal.unmet])
    assert "not known: age" in refusal.sentence("en")
    assert ("stop",) == available(compiled, standing(compiled, "mid"), asking("fire"))
    assert () == available(compiled, standing(compiled), asking("fire"))
    assert ("go",) == available(compiled, standing(compiled, age=40), asking("fire"))


def test_a_transition_that_is_false_besides_unknown_is_passed_over() -> None:
    compiled = made(step("go", "new", "mid", condition=YOUNG & field("ward").known), step("go", "new", "end"))

    assert "end" == yes(go(compiled, standing(compiled))).states["main"]


def test_a_timer_does_not_pass_over_the_unknown_either() -> None:
    compiled = made(step("go", "new", "mid", condition=YOUNG), step("go", "new", "end"))
    decision = yes(go(compiled, standing(compiled), kind="timer"))

    assert ("unmet", {"main": "new"}) == (decision.refused, decision.states)


def corrected(compiled: Compiled, postings: tuple[Posting, ...] = (), at: datetime = START) -> Decision:
    undo = Undo(2, standing(compiled), postings)
    move = attrs.evolve(asking("correct", at=at, because="a slip"), undo=undo)
    return yes(decide(compiled, standing(compiled, "mid"), move))


def test_a_correction_leaves_what_time_has_long_since_allowed_to_the_timers() -> None:
    late = Transition("late", "new", "end", automatic=True, condition=elapsed_since("new") >= days(1))
    compiled = made(step("go", "new", "mid"), late)
    wake = compiled.wakes[0].name

    assert ((wake, START + days(1)),) == corrected(compiled, at=START + days(3)).arm
    looked = yes(decide(compiled, standing(compiled), asking("recheck", at=START + days(3))))
    assert ({"main": "end"}, ()) == (looked.states, looked.arm)


def test_a_correction_arms_no_look_that_would_find_nothing() -> None:
    late = Transition("late", "new", "end", automatic=True, condition=(elapsed_since("new") >= days(1)) & YOUNG)
    compiled = made(step("go", "new", "mid"), late)

    assert () == corrected(compiled, at=START + timedelta(days=3)).arm


def test_a_correction_takes_postings_back_last_first() -> None:
    compiled = made(step("go", "new", "mid"), accounts=[Account("a"), Account("b"), Account("c")])
    posted = (Posting("a||", "b||", "", 2), Posting("b||", "c||", "", 1))

    assert [("c||", "b||"), ("b||", "a||")] == [(p.debit, p.credit) for p in corrected(compiled, posted).postings]


def test_help_never_names_what_was_just_refused() -> None:
    first = step("go", "new", "mid", condition=YOUNG, effects=Set("age", 3))
    compiled = made(first, step("measure", "new", None, effects=Set("age", 4)))
    alone = made(first)

    assert ["measure"] == [advice.trigger for advice in no(go(compiled, standing(compiled))).help]
    assert () == no(go(alone, standing(alone))).help


def helped(compiled: Compiled, **data: Any) -> list[str]:
    return [advice.trigger for advice in no(go(compiled, standing(compiled, **data))).help]


def test_help_for_what_has_to_be_unknown_names_the_step_that_clears_it() -> None:
    fill = step("fill", "new", None, form=[WARD], effects=keep("ward"))
    clean, asked = step("clean", "new", None, effects=Set("ward", None)), ~field("ward").known
    compiled = made(step("go", "new", "mid", condition=asked), fill, clean)
    nested = made(step("go", "new", "mid", condition=(state("main") == "mid") | ~(YOUNG | ~asked)), fill, clean)

    assert ["clean"] == helped(compiled, ward="north")
    assert "clean" in helped(nested, ward="north", age=40)
    assert "fill" not in helped(nested, ward="north", age=40)


def test_help_prefers_the_step_that_only_clears_to_one_that_begins_something() -> None:
    anew = step("begin_anew", "new", None, effects=[Set("ward", None), Set("age", 3)])
    clean = step("clean", "new", None, effects=[Set("ward", None), Set("why", None)])

    assert ["clean"] == helped(made(step("go", "new", "mid", condition=~field("ward").known), anew, clean), ward="x")


def test_help_for_what_has_to_be_unknown_offers_to_clear_it_by_hand() -> None:
    go_on = step("go", "new", "mid", condition=~field("ward").known)
    by_hand = made(go_on, grants={"view": "clerk", "edit": "clerk"})
    (advice,) = no(go(by_hand, standing(by_hand, ward="x"))).help

    assert ("amend", "clerk can clear ward", "clerk可以清空ward") == (advice.trigger, advice.text.en, advice.text.zh)


SAYING = (
    step("forget", "new", None, effects=[Set("age", 3), Set("age", None)]),
    step("say_4", "new", None, effects=Set("age", 4)),
    step("say_3", "new", None, effects=Set("age", 3)),
    step("tell", "new", None, form=[Field("age", "integer")], effects=keep("age")),
)


@pytest.mark.parametrize(
    ("wanted", "held", "named"),
    [
        (field("age") == 3, 1, "say_3"),
        (field("age").in_(1, 4), 0, "say_4"),
        (~field("age").in_(1, 4, 90), 1, "say_3"),
        (~(field("age") < 4), 0, "say_4"),
        (field("age") > 4, 0, "tell"),
        (field("age").known, None, "say_4"),
    ],
)
def test_help_never_names_a_step_that_gives_another_answer_than_the_one_wanted(
    wanted: Condition, held: int | None, named: str
) -> None:
    data = {} if held is None else {"age": held}

    assert [named] == helped(made(step("go", "new", "mid", condition=wanted), *SAYING), **data)


def test_help_does_not_lead_into_a_state_that_has_to_be_left() -> None:
    outside = ~((state("main") == "mid") | YOUNG)
    compiled = made(step("go", "new", None, condition=outside), step("walk", "new", "mid"))

    assert [] == helped(compiled, age=5)


def test_help_takes_peoples_way_before_an_automatic_one() -> None:
    leap = Transition("leap", "new", "end", automatic=True, condition=field("ward").known)
    compiled = made(step("walk", "new", "mid"), leap, step("go", "new", None, condition=state("main") == "end"))

    assert ["walk"] == [advice.trigger for advice in no(go(compiled, standing(compiled))).help]


def test_postings_of_a_firing_are_unharmed_by_a_second_candidate() -> None:
    ways = [attrs.evolve(way, effects=Post("a", "b")) for way in TWO_WAYS]
    compiled = made(*ways, accounts=[Account("a"), Account("b")])

    assert 1 == len(yes(go(compiled, standing(compiled, age=40))).postings)

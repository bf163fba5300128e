"""Deciding: one claim at a time, on values alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from casework import (
    Actor,
    CaseType,
    Deadline,
    Field,
    Invariant,
    Role,
    State,
    Text,
    Transition,
    Workflow,
    days,
    elapsed_since,
    field,
    given,
    keep,
    state,
)
from casework.compiled import Compiled
from casework.deciding import available, decide
from casework.deciding.unopened import unopened
from casework.manifest import compose
from casework.model.case import Cause, Move, Snapshot
from casework.model.decision import Decision
from casework.model.refusal import Refusal

START = datetime(2026, 7, 1, 8, tzinfo=UTC)
ANA, BO = Actor("ana", roles={"clerk"}), Actor("bo", roles={"clerk", "chief"})

loan = CaseType(
    "loan",
    data=[
        Field("amount", "integer"),
        Field("plan"),
        Field("illness", field_class="health"),
        Field("approved", "boolean", managed=True),
    ],
    opens="clerk",
    grants={"view": ["clerk", "chief"], "edit": ["clerk", "chief"], "note": ["clerk"]},
    readers={"health": "chief"},
    chain=[
        Workflow(
            "loan",
            initial="asked",
            states=[
                State("asked", phases="open"),
                State("planned", phases="open"),
                State("granted"),
                State("paid", final=True),
            ],
            transitions=[
                Transition(
                    "plan", "asked", "planned", roles="clerk", form=[Field("plan", required=True)], effects=keep("plan")
                ),
                Transition(
                    "grant",
                    "planned",
                    "granted",
                    roles=["clerk", "chief"],
                    four_eyes="plan",
                    condition=field("amount") < 100,
                ),
                Transition("remark", phase="open", roles="clerk", form=[Field("why")]),
                Transition("again", "planned", "planned", roles="clerk"),
                Transition("tell", "asked", "granted", roles="chief", condition=field("illness").known),
                Transition(
                    "repay",
                    "granted",
                    roles="clerk",
                    target="paid",
                    form=[Field("sum", "integer")],
                    condition=given("sum") > 0,
                ),
                Transition("stale", "asked", "paid", automatic=True, condition=elapsed_since("asked") >= days(30)),
            ],
            deadlines=[
                Deadline("decide", ["asked", "planned"], days(10)),
                Deadline("plan_due", "planned", days(3), trigger="again"),
            ],
        ),
        Workflow(
            "watch",
            initial="watching",
            states=[State("watching"), State("done", final=True)],
            transitions=[
                Transition("watch_ends", "watching", "done", automatic=True, condition=state("loan") == "paid")
            ],
        ),
    ],
    invariants=[Invariant("no_gifts", (field("amount") > 0) | ~field("amount").known, because="nothing is given away")],
    roles=["clerk", Role("chief", title=Text("the chief", "主管"))],
)


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    manifest, findings = compose(loan, (), ())
    assert [] == findings
    return Compiled(manifest, {})


def opened(compiled: Compiled, at: datetime = START, **data: Any) -> Snapshot:
    blank = unopened(compiled, tenant="main", case_id="1", unit="", at=at, subjects={})
    return after(blank, yes(decide(compiled, blank, move("open", ANA, at=at, **data))))


def move(kind: Any, who: Actor, trigger: str = "", at: datetime = START, **form: Any) -> Move:
    cause = Cause("timer", "plan_due") if kind == "timer" else None
    return Move(kind=kind, actor=who, now=at, roles=who.roles, trigger=trigger, form=form, cause=cause)


def after(case: Snapshot, decision: Decision) -> Snapshot:
    return attrs.evolve(
        case,
        revision=case.revision + 1,
        states=decision.states,
        data=decision.data,
        marks=decision.marks,
        dues=decision.dues,
        acts=decision.acts,
        closed_at=decision.closed_at,
    )


def yes(answer: Decision | Refusal) -> Decision:
    assert isinstance(answer, Decision), str(answer)
    return answer


def no(answer: Decision | Refusal) -> Refusal:
    assert isinstance(answer, Refusal)
    return answer


def planned(compiled: Compiled, who: Actor = ANA, **data: Any) -> Snapshot:
    case = opened(compiled, **data)
    return after(case, yes(decide(compiled, case, move("fire", who, "plan", plan="in rates"))))


def test_an_unknown_fact_refuses_and_is_named(compiled: Compiled) -> None:
    refusal = no(decide(compiled, planned(compiled), move("fire", BO, "grant")))

    assert "unmet" == refusal.code
    assert refusal.unmet[0].unknown
    assert "not known: amount" in refusal.sentence("en")
    assert "尚不清楚：amount" in refusal.sentence("zh")


def test_a_clause_that_does_not_hold_refuses(compiled: Compiled) -> None:
    assert "unmet" == no(decide(compiled, planned(compiled, amount=100), move("fire", BO, "grant"))).code
    assert "granted" == yes(decide(compiled, planned(compiled, amount=99), move("fire", BO, "grant"))).states["loan"]


def test_four_eyes_are_those_of_two_persons_whatever_their_accounts(compiled: Compiled) -> None:
    case = planned(compiled, amount=5)
    second_account = Actor("ana-admin", roles={"chief"}, person="ana")

    assert "unmet" == no(decide(compiled, case, move("fire", ANA, "grant"))).code
    assert "unmet" == no(decide(compiled, case, move("fire", second_account, "grant"))).code
    yes(decide(compiled, case, move("fire", BO, "grant")))


def test_who_acts_again_is_the_person_and_not_the_account(compiled: Compiled) -> None:
    case = opened(compiled, amount=5)
    account = Actor("ana-2", roles={"clerk"}, person="ana")
    case = after(case, yes(decide(compiled, case, move("fire", account, "plan", plan="x"))))

    assert {"plan": "ana"} == case.acts
    assert "unmet" == no(decide(compiled, case, move("fire", ANA, "grant"))).code


def test_amending_what_an_act_covered_voids_the_act(compiled: Compiled) -> None:
    case = planned(compiled, amount=5)
    decision = yes(decide(compiled, case, move("amend", ANA, plan="another")))
    refusal = no(decide(compiled, after(case, decision), move("fire", BO, "grant")))

    assert ("plan",) == decision.voided
    assert refusal.unmet[0].unknown


def test_amending_something_else_leaves_the_act(compiled: Compiled) -> None:
    decision = yes(decide(compiled, planned(compiled), move("amend", ANA, amount=7)))

    assert () == decision.voided
    assert {"plan": "ana"} == decision.acts


def test_a_role_is_asked_for(compiled: Compiled) -> None:
    refusal = no(decide(compiled, opened(compiled, illness="flu"), move("fire", ANA, "tell")))

    assert ("not-permitted", ("chief",)) == (refusal.code, refusal.roles)
    assert "主管" in refusal.sentence("zh")


def test_the_wrong_state_says_where_and_what_leads_on(compiled: Compiled) -> None:
    refusal = no(decide(compiled, opened(compiled), move("fire", BO, "grant")))

    assert "wrong-state" == refusal.code
    assert ["plan"] == [step.trigger for step in refusal.help]


def test_whoever_may_not_view_learns_nothing(compiled: Compiled) -> None:
    stranger = Actor("eve", roles={"nurse"})

    for kind in ("fire", "amend", "note"):
        refusal = no(decide(compiled, opened(compiled), move(kind, stranger, "plan", plan="x")))
        assert ("not-found", "") == (refusal.code, refusal.text.en)


def test_a_clause_about_a_field_that_the_asker_may_not_see_is_not_told(compiled: Compiled) -> None:
    blind = Actor("cy", roles={"chief", "clerk"})
    hidden = attrs.evolve(loan, readers={"health": "doctor"}, roles=["clerk", "chief", "doctor"])
    manifest, _ = compose(hidden, (), ())
    other = Compiled(manifest, {})
    refusal = no(decide(other, opened(other), move("fire", blind, "tell")))

    assert [(True, None)] == [(clause.hidden, clause.condition) for clause in refusal.unmet]
    assert "illness" not in refusal.sentence("en")
    assert () == refusal.help


def test_every_mistake_in_a_form_is_told_at_once(compiled: Compiled) -> None:
    refusal = no(decide(compiled, opened(compiled), move("fire", ANA, "plan", plan=3, colour="red")))

    assert ["plan", "colour"] == [problem.field for problem in refusal.problems]


def test_a_form_that_is_needed_is_asked_for(compiled: Compiled) -> None:
    refusal = no(decide(compiled, opened(compiled), move("fire", ANA, "plan")))

    assert ["plan is needed"] == [problem.text.en for problem in refusal.problems]


def test_a_managed_field_is_written_by_effects_alone(compiled: Compiled) -> None:
    assert "invalid-form" == no(decide(compiled, opened(compiled), move("amend", ANA, approved=True))).code


def test_probing_passes_over_what_the_form_will_say(compiled: Compiled) -> None:
    case = planned(compiled, amount=5)
    case = after(case, yes(decide(compiled, case, move("fire", BO, "grant"))))

    assert ("repay",) == available(compiled, case, move("fire", ANA))
    assert "unmet" == no(decide(compiled, case, move("fire", ANA, "repay", sum=0))).code


def test_a_transition_without_target_enters_nothing(compiled: Compiled) -> None:
    case = planned(compiled)
    later = START + timedelta(days=1)
    decision = yes(decide(compiled, case, move("fire", ANA, "remark", at=later)))

    assert (case.states, case.marks, case.dues) == (decision.states, decision.marks, decision.dues)
    assert [False] == [step.entered for step in decision.steps]
    assert () == decision.arm


def test_a_deadline_runs_on_between_its_states_and_restarts_on_a_state_entered_anew(compiled: Compiled) -> None:
    case = opened(compiled)
    first = case.dues["decide"]
    later = START + timedelta(days=1)
    case = after(case, yes(decide(compiled, case, move("fire", ANA, "plan", at=later, plan="x"))))
    again = yes(decide(compiled, case, move("fire", ANA, "again", at=later + timedelta(days=1))))

    assert first == case.dues["decide"] == START + timedelta(days=10)
    assert START + timedelta(days=12) == again.dues["decide"]
    assert {"decide", "plan_due"} == {name for name, _ in again.arm}


def test_leaving_the_states_of_a_deadline_drops_it(compiled: Compiled) -> None:
    case = planned(compiled, amount=5)
    decision = yes(decide(compiled, case, move("fire", BO, "grant")))

    assert {} == decision.dues
    assert {"decide", "plan_due"} == set(decision.disarm)


def test_a_deadline_fires_its_trigger_as_the_system(compiled: Compiled) -> None:
    case = planned(compiled)
    system = Actor("system")
    decision = yes(decide(compiled, case, move("timer", system, "again", at=START + timedelta(days=3))))

    assert ["again"] == [step.trigger for step in decision.steps]
    assert "" == decision.refused


def test_a_deadline_whose_trigger_is_refused_is_recorded_all_the_same(compiled: Compiled) -> None:
    case = opened(compiled)
    decision = yes(decide(compiled, case, move("timer", Actor("system"), "again", at=START + timedelta(days=3))))

    assert "wrong-state" == decision.refused
    assert case.states == decision.states


def test_automatic_steps_follow_in_the_same_decision(compiled: Compiled) -> None:
    case = planned(compiled, amount=5)
    case = after(case, yes(decide(compiled, case, move("fire", BO, "grant"))))
    decision = yes(decide(compiled, case, move("fire", ANA, "repay", sum=5)))

    assert [("loan", False), ("watch", True)] == [(step.workflow, step.automatic) for step in decision.steps]
    assert START == decision.closed_at


def test_time_alone_arms_a_look_at_automatic_steps(compiled: Compiled) -> None:
    case = opened(compiled)
    blank = attrs.evolve(case, states={}, marks={}, dues={}, revision=0)
    decision = yes(decide(compiled, blank, move("open", ANA)))
    looked = yes(decide(compiled, case, move("recheck", Actor("system"), at=START + timedelta(days=30))))

    assert START + timedelta(days=30) in {due for name, due in decision.arm if name.startswith("~")}
    assert "paid" == looked.states["loan"]


def test_an_invariant_that_would_break_refuses(compiled: Compiled) -> None:
    refusal = no(decide(compiled, opened(compiled, amount=1), move("amend", ANA, amount=0)))

    assert ("invariant-broken", "no_gifts") == (refusal.code, refusal.unmet[0].source)
    assert "nothing is given away" in refusal.sentence("en")


def test_deciding_changes_nothing_that_it_was_given(compiled: Compiled) -> None:
    case = planned(compiled, amount=5)
    kept = attrs.asdict(case)
    for kind, who, trigger, form in (
        ("fire", BO, "grant", {}),
        ("amend", ANA, "", {"plan": "other"}),
        ("fire", ANA, "plan", {"plan": "x"}),
    ):
        decide(compiled, case, move(kind, who, trigger, **form))

    assert kept == attrs.asdict(case)


def test_deciding_twice_decides_the_same(compiled: Compiled) -> None:
    case = planned(compiled, amount=5)
    one, other = (yes(decide(compiled, case, move("fire", BO, "grant"))) for _ in range(2))

    assert attrs.asdict(one) == attrs.asdict(other)

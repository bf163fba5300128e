"""Claims that are proven pass; one that is refuted fails, and tells the way there."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from errands import offering
from exploring.compositions import COMPOSITIONS, HOST, PERMIT, Composition

from casework import (
    Actor,
    Assign,
    BreakGlass,
    CaseType,
    Casework,
    Field,
    InvalidValue,
    Role,
    State,
    Transition,
    View,
    Workflow,
    guard,
)
from casework.exploring import Accepted, Proving
from casework.testing import (
    assert_can,
    assert_cannot,
    assert_needs_two_persons,
    assert_never_sees,
    assert_proven,
    captured,
)

STUCK = next(each for each in COMPOSITIONS if each.code == "CW609" and len(each.plugins) == 2)
SIGNED = attrs.evolve(
    HOST,
    chain=[
        attrs.evolve(
            PERMIT,
            transitions=[
                attrs.evolve(step, four_eyes="check") if step.trigger == "grant" else step
                for step in PERMIT.transitions
            ],
        )
    ],
)
ILL = attrs.evolve(
    HOST,
    data=[*HOST.data, Field("illness", field_class="health"), Field("home", field_class="whereabouts")],
    readers={"health": "chief"},
)


@guard("permit.by_python")
def by_python(view: View) -> bool:
    """the day is right"""
    return view.now.day == 1


def _app(case_type: CaseType, **more: Any) -> Casework:
    return Casework(case_types=[case_type], proving=Proving(limit=0), **more)


def _composed(composition: Composition) -> Casework:
    each = composition.plugins
    plugins = [offering(p.name, attachments=p.attachments, requirements=p.requirements) for p in each]
    return _app(composition.host, plugins=plugins)


def _stuck() -> Casework:
    return _composed(STUCK)


def test_what_fits_passes_and_gives_the_proofs() -> None:
    (proof,) = assert_proven(_app(HOST), "permit")

    assert ("permit", "proven", True) == (proof.case_type, proof.answer, proof.complete)


def test_what_does_not_fit_fails_with_the_way_there() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_proven(_stuck())

    told = str(caught.value)
    assert re.match(r"'permit' is refuted \(\d+ configurations were looked at\)\n  refuted CW609 ", told)
    assert "    1. clerk opens a case" in told and "docs/reference/findings.md#cw609" in told


def test_what_somebody_takes_upon_themselves_does_not_fail() -> None:
    codes = {verdict.code for verdict in _stuck().proofs.prove("permit").refuted}
    accepted = [Accepted(case_type="permit", code=code, because="a pilot", by="wen") for code in codes]

    assert "refuted" == assert_proven(_stuck(), accepted=accepted)[0].answer
    with pytest.raises(AssertionError, match="is refuted"):
        assert_proven(_stuck(), accepted=[attrs.evolve(each, case_type="other") for each in accepted])


def test_what_python_decides_fails_until_somebody_accepts_it() -> None:
    grant = [attrs.evolve(step, guards="permit.by_python") for step in PERMIT.transitions if step.trigger == "grant"]
    steps = [step for step in PERMIT.transitions if step.trigger not in ("grant", "withdraw")]
    states = [state for state in PERMIT.states if state.name != "withdrawn"]
    app = _app(
        attrs.evolve(HOST, chain=[attrs.evolve(PERMIT, states=states, transitions=[*steps, *grant])]), parts=[by_python]
    )

    with pytest.raises(AssertionError, match=r"not proven CW602 (.|\n)*what would settle it: no way to an ending"):
        assert_proven(app)
    assert_proven(app, accepted=[Accepted(case_type="permit", code="CW602", because="the first comes", by="wen")])


def test_a_limit_that_is_too_low_fails() -> None:
    with pytest.raises(AssertionError, match="not proven"):
        assert_proven(_app(HOST), limit=1)


def test_a_warning_fails_where_warnings_are_asked_for() -> None:
    app = _composed(next(each for each in COMPOSITIONS if each.code == "CW614"))

    assert_proven(app)
    with pytest.raises(AssertionError, match="warning CW614"):
        assert_proven(app, warnings=True)


def test_who_can_bring_a_case_somewhere_is_held_both_ways() -> None:
    app = _app(HOST)

    assert (
        "granted" == assert_can(app, "permit", roles={"clerk", "chief"}, reach="granted").path[-1].step.states["permit"]
    )
    assert_cannot(app, "permit", roles={"chief"}, reach="granted")
    with pytest.raises(AssertionError, match=r"chief alone can never reach 'granted' \(proven\)"):
        assert_can(app, "permit", roles={"chief"}, reach="granted")
    with pytest.raises(
        AssertionError, match=r"(?s)can reach 'granted' \(proven\)\n    1\. clerk opens a case.* 3\. chief fires"
    ):
        assert_cannot(app, "permit", roles={"clerk", "chief"}, reach="granted")


def test_four_eyes_are_held_to_on_every_way() -> None:
    assert_needs_two_persons(_app(SIGNED), "permit", "grant")
    assert_needs_two_persons(_app(SIGNED), "permit", "granted")
    with pytest.raises(AssertionError, match=r"one person alone fires 'grant' \(proven\)\n    1\. "):
        assert_needs_two_persons(_app(HOST), "permit", "grant")


def test_who_never_sees_a_class_sees_neither_fields_nor_files_of_it() -> None:
    app = _app(ILL)

    assert_never_sees(app, "permit", role="clerk", field_class="health")
    assert_never_sees(app, "permit", role="chief", field_class="whereabouts")
    with pytest.raises(AssertionError, match=r"chief sees illness \(proven\)\n    1\. "):
        assert_never_sees(app, "permit", role="chief", field_class="health")
    with pytest.raises(AssertionError, match=r"chief sees files of class health"):
        assert_never_sees(
            _app(attrs.evolve(HOST, readers={"health": "chief"})), "permit", role="chief", field_class="health"
        )


def test_a_glass_that_may_be_broken_shows_what_lies_behind_it() -> None:
    glass = BreakGlass(classes="health", channel="pager", to="duty")
    grants = {"view": ("clerk", "chief"), "break_glass": "clerk", "review": "chief"}
    app = _app(attrs.evolve(ILL, break_glass=glass, grants=grants), parts=[captured("pager")[0]])

    assert_never_sees(app, "permit", role="clerk", field_class="whereabouts")
    with pytest.raises(AssertionError, match="clerk sees illness by breaking the glass"):
        assert_never_sees(app, "permit", role="clerk", field_class="health")


OWNED = CaseType(
    "visit",
    roles=["worker", "boss", Role("owner", local=True)],
    opens="boss",
    grants={"view": ("worker", "boss", "owner"), "edit": "worker"},
    readers={"health": "owner"},
    data=[Field("illness", field_class="health")],
    chain=[
        Workflow(
            "visit",
            initial="new",
            states=[State("new"), State("done", final=True)],
            transitions=[
                Transition("take", "new", roles="boss"),
                Transition("finish", "new", "done", roles="owner"),
            ],
        )
    ],
)


def test_a_local_role_that_somebody_can_claim_counts() -> None:
    app = _app(OWNED)
    app.create_tables()
    case = app.desk(Actor("bo", {"boss"})).open("visit", illness="flu")
    worker = app.desk(Actor("wen", {"worker"}))
    claimed = worker.claim(case.id, "owner")

    with pytest.raises(AssertionError, match="worker alone can reach 'done', having taken on the case as owner"):
        assert_cannot(app, "visit", roles={"worker"}, reach="done")
    with pytest.raises(AssertionError, match="worker sees illness, having taken on the case as owner"):
        assert_never_sees(app, "visit", role="worker", field_class="health")
    assert ("flu", "done") == (worker.get(case.id).data["illness"], worker.fire(claimed, "finish").state)
    assert_cannot(app, "visit", roles={"boss"}, reach="done")
    assert_never_sees(app, "visit", role="boss", field_class="health")


def test_a_local_role_that_a_step_assigns_counts() -> None:
    steps = [attrs.evolve(s, effects=Assign("owner")) if s.trigger == "take" else s for s in OWNED.main.transitions]
    app = _app(attrs.evolve(OWNED, chain=[attrs.evolve(OWNED.main, transitions=steps)]))

    with pytest.raises(AssertionError, match="boss alone can reach 'done'"):
        assert_cannot(app, "visit", roles={"boss"}, reach="done")
    with pytest.raises(AssertionError, match="boss sees illness"):
        assert_never_sees(app, "visit", role="boss", field_class="health")
    assert_can(app, "visit", roles={"owner"}, reach="done")


def test_a_local_role_that_others_assign_does_not_count() -> None:
    steps = [attrs.evolve(s, effects=Assign("owner")) if s.trigger == "take" else s for s in OWNED.main.transitions]
    grants = {"view": ("worker", "boss", "owner"), "assign": "boss"}
    app = _app(attrs.evolve(OWNED, grants=grants, chain=[attrs.evolve(OWNED.main, transitions=steps)]))

    assert_cannot(app, "visit", roles={"worker"}, reach="done")
    assert_never_sees(app, "visit", role="worker", field_class="health")


def test_a_name_that_is_not_there_is_no_claim() -> None:
    app = _app(HOST)

    for wrong in ({"roles": {"stranger"}, "reach": "granted"}, {"roles": {"chief"}, "reach": "nowhere"}):
        with pytest.raises(InvalidValue):
            assert_cannot(app, "permit", **wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue):
        assert_proven(app, "nosuch")

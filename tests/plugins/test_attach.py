"""Attaching: a workflow that names slots is bound by its host, and everything of its own carries its name."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from errands import ANA, Bench, act, errand, offering, refused

from casework import (
    Actor,
    Attachment,
    Deadline,
    Field,
    Post,
    Run,
    Set,
    Settle,
    Slot,
    State,
    Transition,
    UnsoundDefinition,
    View,
    Workflow,
    attach,
    effect,
    field,
    guard,
    hours,
    keep,
    optional,
    slot,
    state,
)
from casework.rescue import rescue

CLOSED = state("errand") == "done"
REFERRAL = Workflow(
    "referral",
    initial="idle",
    states=[State("idle"), State("asked", grants={"note": "doctor"}), State("over", final=True)],
    transitions=[
        Transition("end", ("idle", "asked"), "over", automatic=True, condition=slot("closed")),
        Transition(
            "request",
            "idle",
            "asked",
            roles="sender",
            condition=(field("urgency") >= 1) & slot("allowed"),
            form=[Field("ward", required=True)],
            effects=[keep("ward"), Post("outside", "stock", 1, "kept"), Run("referral.sign")],
        ),
        Transition("accept", "asked", "over", roles="doctor", four_eyes="request", effects=Settle("kept")),
    ],
    deadlines=[Deadline("answer", "asked", hours(2))],
    fields=[Field("ward"), Field("signature")],
    slots=[
        Slot("patient", "subject"),
        Slot("sender", "role"),
        Slot("doctor", "role"),
        Slot("urgency", "field", "integer"),
        Slot("closed"),
        Slot("allowed"),
    ],
)
SIGN = effect("referral.sign", reads="ward", writes="signature")(
    lambda view: [Set("signature", f"{view.person}:{view.data['ward']}")]
)
BOUND: dict[str, Any] = {
    "patient": "person",
    "sender": "clerk",
    "doctor": ("chief",),
    "urgency": "count",
    "closed": CLOSED,
    "allowed": field("ready").in_(True),
}
PLUGIN = offering("wards", attachments=[attach(REFERRAL, "errand", **BOUND)], parts=[SIGN])
EVE = Actor("eve", roles={"chief", "clerk"}, unit="north")


def test_slots_are_bound_and_names_carry_the_workflows(bench: Bench) -> None:
    desk = bench.app(errand(), plugins=[PLUGIN]).desk(ANA)
    case = desk.open("errand", count=3, ready=True)
    case = desk.fire(case, "referral.request", ward="7")

    assert {"errand": "new", "referral": "asked"} == dict(case.states)
    assert ("7", "ana:7") == (case.data["referral.ward"], case.data["referral.signature"])
    assert ["referral.answer"] == list(case.dues)
    assert [("referral.kept",)] == bench.ask("select hold from casework_posting")


def test_the_hosts_field_and_condition_decide_through_the_slots(bench: Bench) -> None:
    desk = bench.app(errand(), plugins=[PLUGIN]).desk(ANA)

    assert "unmet" == refused(desk.fire, desk.open("errand", count=0, ready=True), "referral.request", ward="7").code
    assert "unmet" == refused(desk.fire, desk.open("errand", count=3), "referral.request", ward="7").code


def test_four_eyes_and_roles_speak_of_the_attached_trigger(bench: Bench) -> None:
    app = bench.app(errand(), plugins=[PLUGIN])
    desk = app.desk(ANA)
    case = desk.fire(desk.open("errand", count=3, ready=True), "referral.request", ward="7")

    assert "unmet" == refused(desk.fire, case, "referral.accept").code
    assert "over" == app.desk(EVE).fire(case, "referral.accept").states["referral"]
    assert [("settled",)] == bench.ask("select state from casework_posting")


def test_bare_names_of_the_host_go_on_working_beside_equal_ones(bench: Bench) -> None:
    def serve(app: Any) -> list[str]:
        desk = app.desk(ANA)
        case = desk.fire(desk.open("errand", remark="host"), "request", remark="still")
        return [case.state, case.data["remark"], desk.fire(desk.fire(case, "start"), "finish").state]

    # The host has a trigger and a form field of the names that the plugin uses, too.
    host = errand(act(keep("remark"), trigger="request", form=[Field("remark")]))

    assert serve(bench.app(host)) == serve(bench.app(host, plugins=[PLUGIN]))


def test_the_attached_workflow_leaves_when_the_case_closes(bench: Bench) -> None:
    desk = bench.app(errand(), plugins=[PLUGIN]).desk(ANA)
    case = desk.fire(desk.fire(desk.open("errand"), "start"), "finish")

    assert (True, "over") == (case.closed, case.states["referral"])


def test_two_workflows_hold_under_one_name_without_touching_each_other(bench: Bench) -> None:
    own = [
        act(Post("outside", "stock", 2, "kept"), trigger="reserve"),
        act(Settle("kept"), trigger="settle"),
    ]
    desk = bench.app(errand(*own), plugins=[PLUGIN]).desk(ANA)
    case = desk.fire(desk.open("errand", count=3, ready=True), "reserve")
    desk.fire(desk.fire(case, "referral.request", ward="7"), "settle")

    assert [("kept", "settled"), ("referral.kept", "pending")] == sorted(
        bench.ask("select hold, state from casework_posting")
    )


def test_a_guard_of_an_attached_workflow_reads_its_fields_by_bare_names(bench: Bench) -> None:
    seen: list[View] = []

    def look(view: View) -> bool:
        seen.append(view)
        return True

    judged = attrs.evolve(REFERRAL.transitions[2], guards="referral.look")
    workflow = attrs.evolve(REFERRAL, transitions=(*REFERRAL.transitions[:2], judged))
    parts = [SIGN, guard("referral.look", reads="ward")(look)]
    app = bench.app(errand(), parts=parts, attachments=[attach(workflow, "errand", **BOUND)])
    desk = app.desk(ANA)
    case = desk.fire(desk.open("errand", count=3, ready=True), "referral.request", ward="7")
    app.desk(EVE).fire(case, "referral.accept")

    assert [{"ward": "7"}] * len(seen) == [dict(view.data) for view in seen]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"patient": "nobody"}, "CW503"),
    ({"urgency": "no_such_field"}, "CW106"),
    ({"urgency": "remark"}, "CW30"),
    ({"doctor": "stranger"}, "CW115"),
    ({"closed": "done"}, "CW503"),
    ({"sender": CLOSED}, "CW503"),
    ({"unheard_of": "clerk"}, "CW503"),
]


@pytest.mark.parametrize(("bindings", "code"), WRONG)
def test_a_wrong_binding_is_found_when_the_app_is_built(bench: Bench, bindings: dict[str, Any], code: str) -> None:
    with pytest.raises(UnsoundDefinition, match=code):
        bench.app(errand(), parts=[SIGN], attachments=[attach(REFERRAL, "errand", **{**BOUND, **bindings})])


@pytest.mark.parametrize("name", BOUND)
def test_a_slot_that_is_not_bound_is_found(bench: Bench, name: str) -> None:
    bound = {slot: value for slot, value in BOUND.items() if slot != name}
    with pytest.raises(UnsoundDefinition, match="CW502"):
        bench.app(errand(), parts=[SIGN], attachments=[Attachment(REFERRAL, "errand", bound)])


@pytest.mark.parametrize("installed", [True, False])
def test_an_optional_condition_asks_only_where_its_workflow_is_attached(bench: Bench, installed: bool) -> None:
    careful = Transition(
        "close", "new", "done", roles="clerk", condition=optional("referral", state("referral") == "over")
    )
    app = bench.app(errand(careful), plugins=[PLUGIN] if installed else ())
    desk = app.desk(ANA)

    assert installed == (desk.why_not(desk.open("errand"), "close") is not None)


def on_rescue() -> Attachment:
    return attach(
        REFERRAL,
        "rescue",
        patient="person",
        sender=("caseworker", "owner"),
        doctor="nurse",
        urgency="age",
        closed=~state("rescue").in_("found", "assessed", "hospitalized", "identity_traced"),
        allowed=field("urgent").known,
    )


LI = Actor("li", roles={"caseworker"}, unit="anlu")


def test_it_is_attached_to_rescue_as_to_any_host(bench: Bench) -> None:
    plain = attrs.evolve(REFERRAL.transitions[1], effects=keep("ward"))
    simple = attrs.evolve(
        REFERRAL,
        # Rescue knows what a workflow called "referral" is, should there be one.
        name="sending",
        transitions=(REFERRAL.transitions[0], plain, attrs.evolve(REFERRAL.transitions[2], effects=())),
    )
    bound = attrs.evolve(on_rescue(), workflow=simple)
    desk = bench.app(rescue, attachments=[bound]).desk(LI)
    case = desk.open("rescue", found_at="Jiefang Road", found_by="street patrol", age=70)
    case = desk.fire(case, "assess", urgent=False, can_state_identity=False)
    case = desk.fire(case, "sending.request", ward="7")

    assert ("7", "asked") == (case.data["sending.ward"], case.states["sending"])
    assert [("7",)] == bench.ask("select sending__ward from case_rescue")
    assert "hospitalized" == desk.fire(case, "admit", hospital="First", diagnosis="flu").state


def test_an_account_that_the_host_does_not_have_is_found(bench: Bench) -> None:
    with pytest.raises(UnsoundDefinition, match="CW109"):
        bench.app(rescue, attachments=[on_rescue()], parts=[SIGN])

"""The plugin without rescue, beside another plugin, and gone for a while; the core stays as it is."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import Any

import attrs
import casework_hospital
import casework_hospital.rescue as hospital_binding
import casework_police
import casework_police.rescue as binding
import pytest

import casework.rescue as rescue_plugin
from casework import (
    Actor,
    CaseType,
    Casework,
    Conflict,
    Field,
    State,
    Transition,
    UnsoundDefinition,
    Workflow,
    attach,
    hookimpl,
    state,
)
from casework.rescue import rescue, station

VISITOR = CaseType(
    "visitor",
    subjects="guest",
    roles=("host", "guard"),
    data=[Field("room")],
    opens="host",
    grants={"view": "host", "note": "host"},
    chain=[
        Workflow(
            "visitor",
            initial="inside",
            states=[State("inside"), State("gone", final=True)],
            transitions=[Transition("leave", "inside", "gone", roles="host")],
        ),
        Workflow(
            "papers",
            initial="unseen",
            states=[State("unseen"), State("seen"), State("over", final=True)],
            transitions=[
                Transition("end", ("unseen", "seen"), "over", automatic=True, condition=state("visitor") == "gone"),
                Transition("see", "unseen", "seen", roles="host"),
            ],
        ),
    ],
)


def on_visitor() -> Any:
    return attach(
        casework_police.police,
        "visitor",
        person="guest",
        asker="host",
        tracer="guard",
        officer="guard",
        identified=state("papers").in_("seen", "over"),
        over=state("visitor") == "gone",
    )


def test_it_works_in_an_app_that_has_no_rescue_cases(town: Any) -> None:
    app = town.start((casework_police,), case_types=[VISITOR], attachments=[on_visitor()])
    host = app.desk(Actor("ana", roles={"host"}, unit="gate"))
    case = host.fire(host.open("visitor", room="7"), "police.request", **town.sharing)
    guard = app.desk(Actor("ben", roles={"guard"}, unit="gate"))
    case = guard.fire(case, "police.refuse", reason="nobody is missed here")

    assert {"missing_person", "police_handover", "police_request", "visitor"} == set(app.manifests)
    assert "refused" == case.states["police"]
    assert "closed" == host.fire(case.id, "leave").states["police"]


def test_importing_it_imports_no_rescue() -> None:
    code = "import sys, casework_police; sys.exit('casework.rescue' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_its_own_case_types_work_alone(town: Any) -> None:
    town.start((casework_police,))
    handover = town.desk("chen").open("police_handover", unit="anlu", **town.form)
    town.fire("chen", handover, "sign", signed_by="Chen")

    assert "received" == town.fire("li", handover, "countersign", countersigned_by="Li", belongings_agree=True).state
    assert "answered" == town.fire("chen", town.request("identity_query"), "answer", answer="no", result="no_hit").state
    assert "searching" == town.report().state


def test_the_workflow_without_the_case_type_that_it_opens_says_so(town: Any) -> None:
    with pytest.raises(UnsoundDefinition, match="CW120"):
        Casework(town.url, case_types=[VISITOR], attachments=[on_visitor()])


def test_the_binding_without_rescue_says_so(town: Any) -> None:
    with pytest.raises(UnsoundDefinition, match="CW505"):
        Casework(town.url, plugins=(casework_police, binding))


def test_f98_f99_cases_are_readable_without_the_plugin_and_go_on_when_it_is_back(town: Any) -> None:
    case, report = town.confirmed()
    with_plugin = town.desk("wang").get(case.id)
    entries = [entry.hash for entry in town.desk("wang").history(case)]
    town.start((rescue_plugin,))
    alone = town.desk("wang").get(case.id)

    assert attrs.asdict(with_plugin) == attrs.asdict(alone)
    assert "part-absent" == town.no("zhao", report, "undo", reason="wrong", **town.proof).code
    assert "Zhang San" == town.desk("wang").get(report.id).data["name"]
    assert town.app.verify().whole
    town.start((rescue_plugin, casework_police, binding))
    back = town.desk("wang").get(case.id)
    assert (with_plugin.manifest, entries) == (
        back.manifest,
        [entry.hash for entry in town.desk("wang").history(case)],
    )
    assert "searching" == town.fire("zhao", case, "police.undo", reason="wrong", **town.proof).states["police"]


def test_f98_new_cases_do_without_an_absent_plugin(town: Any) -> None:
    town.start((rescue_plugin,))

    assert {"rescue", "care", "tracing"} == set(town.rescue().states)


def test_a_case_from_before_the_plugin_can_be_adopted_and_then_asks_the_police(town: Any) -> None:
    town.start((rescue_plugin,))
    case = town.rescue()
    town.start((rescue_plugin, casework_police, binding))

    assert "not-found" == town.no("li", case, "police.request", **town.sharing).code
    case = town.desk("director").adopt(case.id)
    assert "not_asked" == case.states["police"]
    assert "requested" == town.fire("li", case, "police.request", **town.sharing).states["police"]


def test_installing_it_changes_nothing_of_the_hosts_own_definition(town: Any) -> None:
    composed = town.composed("rescue")

    assert rescue.chain == composed.chain[: len(rescue.chain)]
    assert (rescue.data, rescue.grants, rescue.readers, rescue.opens) == (
        composed.data,
        composed.grants,
        composed.readers,
        composed.opens,
    )
    assert station == town.composed("station")


def test_it_stands_beside_the_hospital_plugin(town: Any) -> None:
    town.start((rescue_plugin, casework_police, binding, casework_hospital, hospital_binding))
    case = town.searching()

    assert {"rescue", "care", "tracing", "police", "referral"} <= set(case.states)
    assert {"police.to_answer"} <= {item.name for item in town.composed("rescue").worklists}
    assert "withdrawn" == town.fire("li", case, "police.withdraw", reason="found").states["police"]


def test_f100_another_workflow_called_police_is_a_conflict_that_names_both(town: Any) -> None:
    other = ModuleType("other_police")
    bound = attach(casework_police.police, "rescue", **dict(binding.on_rescue.bindings))
    other.casework_attachments = hookimpl(lambda: [bound])  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match="other_police") as raised:
        Casework(town.url, plugins=(rescue_plugin, casework_police, binding, other))

    assert "casework_police.rescue" in str(raised.value)

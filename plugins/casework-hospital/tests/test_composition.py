"""The plugin comes, goes and comes back; it stands alone, in rescue, and beside the other plugin."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from importlib.metadata import entry_points
from typing import Any

import attrs
import casework_hospital
import casework_hospital.rescue as binding
import pytest

import casework.rescue as rescue_plugin
from casework import Casework, Conflict, State, Transition, Workflow, attach, hookimpl, installed, state


def test_the_installed_plugin_is_found_with_its_binding() -> None:
    names = {point.name: point.value for point in entry_points(group="casework")}

    assert ("casework_hospital", "casework_hospital.rescue") == (names["hospital"], names["hospital-rescue"])
    assert {casework_hospital, binding} <= set(installed())


def test_everything_that_is_installed_fits_together() -> None:
    app = Casework(plugins=installed())

    assert "referral" in [workflow.name for workflow in app.manifests["rescue"].case_type.chain]
    assert [] == [str(finding) for finding in app.warnings if "referral" in str(finding) or "ward" in str(finding)]


def test_the_binding_alone_brings_what_a_referral_needs_to_come_to_a_bed(empty_town: Any) -> None:
    town = empty_town
    town.start((rescue_plugin, binding))
    town.beds(1)

    assert "admitted" == town.admitted().states["referral"]
    assert {"ward_office", "ward_message"} <= set(town.app.manifests)


def test_without_rescue_the_plugin_needs_nothing_of_it() -> None:
    script = (
        "import sys, casework_hospital, casework_hospital.fhir\n"
        "from casework import Casework\n"
        "Casework(plugins=[casework_hospital])\n"
        "print([m for m in sys.modules if m.startswith(('casework.rescue', 'fhir', 'click'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)

    assert "[]\n" == done.stdout


def test_the_core_is_the_same_with_and_without_the_plugin() -> None:
    without, with_it = Casework(plugins=[rescue_plugin]), Casework(plugins=[rescue_plugin, casework_hospital, binding])
    own = [workflow.name for workflow in without.manifests["rescue"].case_type.chain]
    chain = with_it.manifests["rescue"].case_type.chain

    assert (*own, "referral") == tuple(workflow.name for workflow in chain)
    assert without.manifests["rescue"].case_type.chain == chain[:-1]
    assert without.manifests["station"] == with_it.manifests["station"]


def test_beside_the_police_a_person_is_treated_and_traced_and_comes_home(empty_town: Any) -> None:
    police = pytest.importorskip("casework_police")
    police_binding = pytest.importorskip("casework_police.rescue")
    town = empty_town
    for plugins in ((*town.plugins, police, police_binding), (police_binding, police, *reversed(town.plugins))):
        town.start(plugins)
        assert [] == [str(one) for one in town.app.warnings if "referral" in str(one)]
    town.beds(1)
    case = town.admitted()
    town.fire("sun", case, "referral.discharge", **town.paper)
    case = town.fire("li", case, "discharge", discharge_certificate="C-17", fit_to_travel=True)

    assert {"police", "referral"} <= set(case.states)
    assert ("assessed", "discharged", 1) == (case.state, case.states["referral"], town.free())


def test_f98_without_the_plugin_its_cases_read_on_and_their_weeks_wait(town: Any) -> None:
    case = town.admitted()
    town.start((rescue_plugin,))
    town.clock.advance(timedelta(days=15))
    ran = town.app.run_due()
    left = town.desk("li").get(case.id)

    assert ("admitted", "occupied") == (left.states["referral"], left.data["referral.bed"])
    assert 6 == len(town.desk("li").history(case.id)) - ran.fired
    assert 1 == ran.stuck
    refusal = town.no("li", case, "referral.visit", **town.visit)
    assert ("part-absent", "referral.count_visit") == (refusal.code, refusal.part)


def test_f98_a_case_that_closes_without_the_plugin_frees_its_bed_all_the_same(town: Any) -> None:
    case = town.admitted()
    town.start((rescue_plugin,))
    case = town.fire("li", case, "lose_contact", closing_note="gone", police_told=True)
    town.start()

    assert ("ended", 2) == (case.states["referral"], town.free())


def test_f99_when_the_plugin_is_back_the_weeks_that_were_missed_are_counted(town: Any) -> None:
    case = town.admitted()
    before = town.app.manifests["rescue"].hash
    town.start((rescue_plugin,))
    town.clock.advance(timedelta(days=15))
    town.app.run_due()
    town.start()
    town.app.run_due()

    assert before == town.app.manifests["rescue"].hash == town.desk("li").get(case.id).manifest
    assert 2 == town.desk("li").get(case.id).data["referral.visits_missed"]
    assert "admitted" == town.fire("wu", case, "referral.visit", **town.visit).states["referral"]


def test_f99_cases_of_the_time_without_the_plugin_go_on_as_they_were(empty_town: Any) -> None:
    town = empty_town
    town.start((rescue_plugin,))
    case = town.person()
    town.start()

    assert {"rescue", "care", "tracing"} == set(town.states(case))
    assert "not-found" == town.no("li", case, "referral.request", **town.ask).code
    assert "hospitalized" == town.fire("li", case, "admit", hospital="First Hospital", diagnosis="a fall").state


def test_f99_a_case_of_that_time_is_adopted_and_can_then_be_referred(empty_town: Any) -> None:
    town = empty_town
    town.start((rescue_plugin,))
    case = town.person()
    town.start()
    town.desk("he").adopt(case.id)

    assert "requested" == town.fire("li", case, "referral.request", **town.ask).states["referral"]


class Other:
    """A plugin that claims what is ours."""

    def __init__(self, **hooks: Any) -> None:
        for name, items in hooks.items():
            setattr(self, f"casework_{name}", hookimpl(lambda items=items: list(items)))


def _other_referral() -> Any:
    other = Workflow(
        "referral",
        initial="on",
        states=[State("on"), State("off", final=True)],
        transitions=[Transition("end", "on", "off", automatic=True, condition=state("rescue").in_("left"))],
    )
    return attach(other, "rescue")


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ({"attachments": [_other_referral()]}, "workflow"),
        ({"case_types": [attrs.evolve(casework_hospital.office, version=2)]}, "case type"),
        ({"parts": [attrs.evolve(casework_hospital.PARTS[0], reads=())]}, "part"),
    ],
)
def test_f100_who_claims_a_name_of_ours_is_named_with_us_and_nothing_is_loaded(claims: Any, kind: str) -> None:
    with pytest.raises(Conflict) as caught:
        Casework(plugins=[rescue_plugin, casework_hospital, binding, Other(**claims)])

    assert kind == caught.value.kind
    assert any("casework_hospital" in who for who in (caught.value.first, caught.value.second))
    assert "Other" in f"{caught.value.first} {caught.value.second}"


def test_f100_an_account_of_other_terms_is_a_conflict() -> None:
    lax = attrs.evolve(casework_hospital.office.accounts[0], minimum=None)
    mine = attrs.evolve(
        casework_hospital.office, name="my_wards", accounts=(lax, *casework_hospital.office.accounts[1:])
    )
    with pytest.raises(Conflict, match="ward_beds"):
        Casework(case_types=[mine], plugins=[casework_hospital])

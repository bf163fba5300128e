"""The referral on rescue cases: neither side contradicts the other, and the station's own steps wait for the ward."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest


def identified(town: Any, case: Any) -> None:
    """Bring the case as far as it can come before going home."""
    town.fire("wu", case, "propose_candidate", candidate_name="Zhang San", identified_by="interview")
    town.fire("he", case, "confirm_candidate", home="Yunmeng")
    town.fire("li", case, "sign_handover", handed_over_by="Li")
    town.fire("fang", case, "countersign_handover", received_by="a son", receiver_is="son")


def test_the_set_is_sound_without_a_warning(town: Any) -> None:
    assert () == town.app.warnings
    assert {"rescue", "station", "ward_office", "ward_message"} == set(town.app.manifests)


def test_the_person_is_brought_to_hospital_before_the_ward_takes_them_in(town: Any) -> None:
    refusal = town.no("sun", town.accepted(), "referral.admit")

    assert ("unmet", ["admit"]) == (refusal.code, [step.trigger for step in refusal.help])


def test_the_ward_discharges_before_the_station_does(town: Any) -> None:
    case = town.admitted()
    refusal = town.no("li", case, "discharge", discharge_certificate="C-17", fit_to_travel=True)
    town.fire("sun", case, "referral.discharge", **town.paper)
    case = town.fire("li", case, "discharge", discharge_certificate="C-17", fit_to_travel=True)

    assert ("unmet", "casework_hospital.rescue") == (refusal.code, refusal.unmet[0].source)
    assert ("assessed", "discharged") == (case.state, case.states["care"])


def test_an_emergency_needs_no_referral(town: Any) -> None:
    case = town.fire("li", town.requested(), "admit", hospital="Second Hospital", diagnosis="a fall")

    assert ("hospitalized", "requested") == (case.state, case.states["referral"])


@pytest.mark.parametrize("reach", ["accepted", "admitted"])
def test_nobody_goes_home_while_a_ward_keeps_a_bed(town: Any, reach: str) -> None:
    case = getattr(town, reach)()
    identified(town, case)
    unmet = {clause.source for clause in town.no("li", case, "reunite").unmet}

    assert "casework_hospital.rescue" in unmet
    assert "casework_hospital.rescue" in {c.source for c in town.no("li", case, "transfer", to_unit="xiaogan").unmet}


def test_nobody_is_kept_from_leaving(town: Any) -> None:
    case = town.admitted()
    town.fire("li", case, "screen", minor=False, needs_escort=False)
    case = town.fire("li", case, "walk_out", closing_note="gone at night")

    assert ("left", "ended", 2) == (case.state, case.states["referral"], town.free())


def test_after_the_discharge_the_way_home_is_free(town: Any) -> None:
    case = town.admitted()
    town.fire("sun", case, "referral.discharge", **town.paper)
    town.fire("li", case, "discharge", discharge_certificate="C-17", fit_to_travel=True)
    identified(town, case)

    assert "reunited" == town.fire("li", case, "reunite").state


def test_rescue_cases_without_a_referral_run_as_ever(town: Any) -> None:
    case = town.person()
    case = town.fire("li", case, "admit", hospital="First Hospital", diagnosis="a fall")
    town.clock.advance(timedelta(days=8))
    town.app.run_due()
    due = [found.id for found in town.desk("li").worklist("rescue", "visits_due").cases]
    case = town.fire("li", case, "discharge", discharge_certificate="C-1", fit_to_travel=True)

    assert [case.id] == due
    assert ("assessed", "not_requested") == (case.state, case.states["referral"])


def test_a_visit_to_the_ward_is_recorded_once_and_in_the_right_place(town: Any) -> None:
    case = town.admitted()
    refusal = town.no("li", case, "visit")
    town.clock.advance(timedelta(days=6))
    town.fire("wu", case, "referral.visit", **town.visit)
    town.clock.advance(timedelta(days=2))
    town.app.run_due()

    assert "referral.visit" in refusal.unmet[0].because.en
    assert () == town.desk("li").worklist("rescue", "visits_due").cases
    assert () == town.desk("li").worklist("rescue", "referral.visits_missed").cases

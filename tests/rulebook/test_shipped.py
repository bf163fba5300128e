"""The rulebooks that ship: every rule says who says so, and the statutory deadlines of both domains come from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import stores

from casework import Actor, CaseType, Casework, FrozenClock
from casework.rescue import rescue, station
from casework.rescue.rules import RULES as RESCUE
from casework.rulebook import Rulebook
from casework.volunteering.rulebook import RULES as VOLUNTEERING
from casework.volunteering.service import service

NURSE = Actor("he", roles={"caseworker", "nurse", "tracer"}, unit="anlu")
BOSS = Actor("wu", roles={"director"}, unit="anlu")


@pytest.mark.parametrize("book", [RESCUE, VOLUNTEERING], ids=lambda book: book.name)
def test_every_rule_has_title_authority_and_source_in_words_that_people_read(book: Rulebook) -> None:
    assert [] == [rule.id for rule in book.rules if not (rule.title.en and rule.title.zh and rule.authority)]
    assert [] == [rule.id for rule in book.rules if not rule.source or rule.confidence == "M"]
    assert () == book.left_out
    assert [] == [(one.id, other.id) for one, other in pairwise(book.rules) if one.version == other.version]


def ruled(case_type: CaseType) -> dict[str, str]:
    return {item.name: item.rule for workflow in case_type.chain for item in workflow.deadlines if item.rule}


def test_the_statutory_deadlines_of_both_domains_come_from_their_rulebooks() -> None:
    assert {
        "notice": "rescue.notice",
        "dna_request": "rescue.dna_request",
        "dna_sample": "rescue.dna_sampled",
        "stranded": "rescue.stranded",
        "stay": "rescue.max_stay",
        "settlement": "rescue.settlement",
    } == ruled(rescue)
    assert {"recording": "vol.record_deadline"} == ruled(service())


@pytest.mark.usefixtures("on_each_database")
def test_a_person_in_hospital_keeps_their_days_in_the_station_and_no_other_clock_stops() -> None:
    clock = FrozenClock(datetime(2026, 9, 28, 2, tzinfo=UTC))
    app = Casework(stores.quick(), case_types=[rescue, station], clock=clock)
    app.create_tables()
    desk = app.desk(NURSE)
    case = desk.open("rescue", found_at="Jiefang Road", found_by="street patrol")
    case = desk.fire(case, "assess", urgent=True, can_state_identity=False)
    clock.advance(timedelta(days=1))
    ill = desk.fire(case, "admit", hospital="the First", diagnosis="pneumonia")
    clock.advance(timedelta(days=5))
    well = desk.fire(ill, "discharge", discharge_certificate="A-17", fit_to_travel=True)
    longer = app.deadlines(BOSS).extend(well, "stay", by=10, because="no kin found yet", authority="filed, letter 7")

    assert "stay" not in ill.dues
    assert case.dues["stay"] + timedelta(days=5) == well.dues["stay"]
    assert case.dues["dna_request"] == well.dues["dna_request"] == datetime(2026, 10, 13, 16, tzinfo=UTC)
    assert datetime(2026, 12, 28, 16, tzinfo=UTC) == well.dues["settlement"]
    assert well.dues["stay"] + timedelta(days=10) == longer.dues["stay"]
    steps = [step.text.zh for step in app.deadlines(NURSE).derivation(longer, "stay").steps]
    assert "2026-09-29 10:00+0800至2026-10-04 10:00+0800中止，5夜不计入" in steps
    assert () == app.verify().faults
    app.dispose()

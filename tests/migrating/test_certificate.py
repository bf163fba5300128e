"""The certificate of a migration, and the check of its rules: told from the definitions alone."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from migrating.versions import NEW, OLD, STEPS_NEW, STEPS_OLD, URGENT_FIRST, visit

from casework import (
    CaseType,
    Choice,
    Deadline,
    DocumentError,
    Field,
    Invariant,
    State,
    Transition,
    Workflow,
    field,
    hours,
    state,
)
from casework.compiled import Compiled
from casework.loader.migration import dump_migration, load_migration
from casework.manifest import compose
from casework.migrating import Begin, DeadlineMap, FieldMap, MarkMap, Migration, StateMap
from casework.migrating.certificate import Certificate, certify
from casework.migrating.checking import check_rules, findings_of
from casework.migrating.reaching import reached
from casework.migrating.rules import Rules
from casework.migrating.skeleton import skeleton, skeleton_python, skeleton_yaml

NOTHING = Migration(name="nothing", case_type="visit")
JUDGED = Migration(
    name="judged", case_type="visit", states=[StateMap(workflow="visit", source="assessed", target="judged")]
)
ASSESSING = visit(1, ["new", "assessed", "done"], STEPS_OLD)


def judging(**more: Any) -> CaseType:
    """The newer version without its fields."""
    return visit(2, ["new", "judged", "waiting", "done"], STEPS_NEW, **more)


def compiled(case_type: CaseType) -> Compiled:
    """A case type made ready, without parts."""
    return Compiled(compose(case_type, (), ())[0], {})


def between(old: CaseType, new: CaseType, migration: Migration) -> Rules:
    """The rules between two versions."""
    return Rules(compiled(old), compiled(new), migration)


def kinds(certificate: Certificate) -> dict[str, str]:
    """The kind of each configuration, by its main state."""
    return {dict(fate.states)["visit"]: fate.kind for fate in certificate.fates}


def test_what_has_a_rule_is_mapped_and_what_keeps_its_name_is_safe() -> None:
    certificate = certify(between(ASSESSING, judging(), JUDGED))

    assert {"new": "safe", "assessed": "mapped"} == kinds(certificate)
    assert certificate.proven
    assert [(("visit", "judged"),)] == [fate.becomes[0] for fate in certificate.fates if fate.kind == "mapped"]


def test_a_state_without_a_rule_is_impossible_and_stands_in_the_skeleton_with_an_empty_end() -> None:
    rules = between(ASSESSING, judging(), NOTHING)
    certificate = certify(rules)
    made = skeleton(rules, certificate)

    assert {"new": "safe", "assessed": "impossible"} == kinds(certificate)
    assert not certificate.proven
    assert made is not None
    assert (StateMap(workflow="visit", source="assessed", target=""),) == made.states
    assert "# states of visit: new, judged, waiting\n" in skeleton_yaml(rules, made)
    assert made == load_migration(skeleton_yaml(rules, made))
    assert "StateMap(workflow='visit', source='assessed', target='')" in skeleton_python(rules, made)
    assert ["CW901"] == [item.code for item in check_rules(between(ASSESSING, judging(), made))]
    assert ["CW903"] == [item.code for item in findings_of(certificate)]


def test_a_migration_that_lacks_nothing_has_no_skeleton() -> None:
    rules = between(ASSESSING, judging(), JUDGED)

    assert skeleton(rules, certify(rules)) is None


def test_what_a_missing_fact_decides_is_not_proven() -> None:
    certificate = certify(between(OLD, NEW, URGENT_FIRST))
    (fate,) = [fate for fate in certificate.fates if fate.kind == "depends"]

    assert {"new": "safe", "assessed": "depends"} == kinds(certificate)
    assert "urgent" in fate.because[0].en
    assert [(("visit", "judged"),), (("visit", "waiting"),)] == sorted(fate.becomes)
    assert ["CW913"] == [item.code for item in findings_of(certificate)]


def test_a_split_that_asks_whether_the_fact_is_known_is_proven() -> None:
    asked = field("urgent").known & field("urgent").in_(True)
    first, second = URGENT_FIRST.states
    split = attrs.evolve(URGENT_FIRST, states=[attrs.evolve(first, when=asked), second])

    assert {"new": "safe", "assessed": "mapped"} == kinds(certify(between(OLD, NEW, split)))


def test_an_invariant_that_must_break_makes_it_impossible_and_one_that_may_makes_it_depend() -> None:
    never = Invariant("never", state("visit") != "judged")
    sometimes = Invariant("sometimes", ~((state("visit") == "judged") & field("urgent").in_(True)))
    data = [Field("urgent", "boolean")]
    broken = certify(between(ASSESSING, judging(invariants=[never]), JUDGED))
    maybe = certify(between(ASSESSING, judging(data=data, invariants=[sometimes]), JUDGED))

    assert {"new": "safe", "assessed": "impossible"} == kinds(broken)
    assert ["CW911"] == [item.code for item in findings_of(broken)]
    assert "depends" == kinds(maybe)["assessed"]


def test_an_automatic_step_of_the_new_version_is_followed() -> None:
    hurry = Transition("hurry", "judged", "waiting", automatic=True, condition=state("visit") == "judged")
    new = visit(2, ["new", "judged", "waiting", "done"], [hurry, *STEPS_NEW])
    never = Invariant("never", state("visit") != "waiting")
    (fate,) = [fate for fate in certify(between(ASSESSING, new, JUDGED)).fates if fate.kind == "mapped"]

    assert ((("visit", "waiting"),),) == fate.becomes
    assert "impossible" == kinds(certify(between(ASSESSING, attrs.evolve(new, invariants=[never]), JUDGED)))["assessed"]


def test_a_workflow_that_has_not_ended_keeps_a_case_from_closing() -> None:
    side = Workflow(
        "side",
        initial="on",
        states=[State("on"), State("off", final=True)],
        transitions=[Transition("side_off", "on", "off", roles="clerk")],
    )
    close = Transition("close", "judged", "done", automatic=True, condition=state("side") == "on")
    new = visit(2, ["new", "judged", "waiting", "done"], [close, *STEPS_NEW], beside=[side])
    (fate,) = [fate for fate in certify(between(ASSESSING, new, JUDGED)).fates if dict(fate.states)["visit"] != "new"]

    assert "impossible" == fate.kind
    assert "side has not ended there" in [reason.en for reason in fate.because]


def test_a_new_workflow_that_begins_by_a_condition_has_both_beginnings() -> None:
    side = Workflow(
        "side",
        initial="on",
        states=[State("on"), State("busy"), State("off", final=True)],
        transitions=[
            Transition("work", "on", "busy", roles="clerk"),
            Transition("side_off", ["on", "busy"], "off", automatic=True, condition=state("visit") == "done"),
        ],
    )
    begun = attrs.evolve(JUDGED, begins=[Begin(workflow="side", state="busy", when=state("visit") == "assessed")])
    certificate = certify(between(ASSESSING, judging(beside=[side]), begun))

    assert {("judged", "busy"), ("new", "on")} == {
        (dict(there)["visit"], dict(there)["side"]) for fate in certificate.fates for there in fate.becomes
    }


def test_what_was_not_looked_through_is_not_proven() -> None:
    rules = between(ASSESSING, judging(), JUDGED)
    certificate = certify(rules, reached(rules.left, limit=1))

    assert (False, False) == (certificate.complete, certificate.proven)
    assert {"new": "safe"} == kinds(certificate)


def test_configurations_may_come_from_another_explorer() -> None:
    class Explored:
        complete = True

        def __iter__(self) -> Any:
            return iter([{"visit": "assessed"}])

    assert {"assessed": "mapped"} == kinds(certify(between(ASSESSING, judging(), JUDGED), Explored()))


def test_what_cases_may_hold_is_an_obstacle_until_it_is_mapped() -> None:
    found = {item.path for item in certify(between(OLD, NEW, JUDGED)).obstacles}

    assert {"fields.street", "fields.fax", "fields.diagnosis", "fields.level", "fields.count"} == found
    assert () == certify(between(OLD, NEW, URGENT_FIRST)).obstacles


SIDE = Workflow(
    "side",
    initial="on",
    states=[State("on"), State("off", final=True)],
    transitions=[Transition("side_off", "on", "off", roles="clerk")],
)
STAYS = StateMap(workflow="visit", source="assessed", target="judged")
WIDE = [Field("word", field_class="health"), Field("level", "choice", choices=(Choice("lo"),))]
MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "a state that was not": ("CW901", {"states": [StateMap(workflow="visit", source="gone", target="judged")]}),
    "a state that is not": ("CW901", {"states": [StateMap(workflow="visit", source="assessed", target="gone")]}),
    "no state": ("CW901", {"states": [StateMap(workflow="visit", source="assessed")]}),
    "a workflow that was not": ("CW902", {"states": [StateMap(workflow="other", source="x", target="y")]}),
    "a state of what is gone": ("CW902", {"states": [STAYS, StateMap(workflow="side", source="on", target="on")]}),
    "a beginning that is not": ("CW902", {"begins": [Begin(workflow="other", state="x")]}),
    "a beginning of what runs": ("CW902", {"begins": [Begin(workflow="visit", state="new")]}),
    "two rules": ("CW904", {"states": [STAYS, STAYS]}),
    "two sources": ("CW904", {"fields": [FieldMap(source="word", target="note"), FieldMap(source="word")]}),
    "a field that was not": ("CW905", {"fields": [FieldMap(source="gone", target="note")]}),
    "a field that is not": ("CW905", {"fields": [FieldMap(source="word", target="gone")]}),
    "no field": ("CW905", {"fields": [FieldMap()]}),
    "another type": ("CW906", {"fields": [FieldMap(source="level", target="size")]}),
    "no such choice": ("CW906", {"fields": [FieldMap(source="level", target="grade", values={"lo": "nowhere"})]}),
    "a default of another type": ("CW906", {"fields": [FieldMap(target="size", default="large")]}),
    "told to others": ("CW907", {"fields": [FieldMap(source="word", target="note")]}),
    "a deadline that was not": ("CW908", {"deadlines": [DeadlineMap(source="gone", target="stay")]}),
    "a deadline that is not": ("CW908", {"deadlines": [DeadlineMap(source="stay", target="gone")]}),
    "no clock to keep": ("CW908", {"deadlines": [DeadlineMap(target="stay")]}),
    "a mark that was not": ("CW908", {"marks": [MarkMap(source="visit.gone", target="visit.judged")]}),
    "an ending": ("CW909", {"states": [StateMap(workflow="visit", source="assessed", target="done")]}),
    "another case type": ("CW910", {"case_type": "errand"}),
    "a condition about nothing": ("CW106", {"states": [attrs.evolve(STAYS, when=field("gone").known)]}),
}


@pytest.mark.parametrize(("code", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_rule_that_cannot_be_meant_is_a_finding(code: str, told: dict[str, Any]) -> None:
    stay = Deadline("stay", ("new",), hours(1))
    old = visit(1, ["new", "assessed", "done"], STEPS_OLD, data=WIDE, deadlines=[stay], beside=[SIDE])
    data = [Field("note"), Field("size", "integer"), Field("grade", "choice", choices=(Choice("low"),))]
    found = check_rules(between(old, judging(data=data, deadlines=[stay]), attrs.evolve(JUDGED, **told)))

    assert code in [item.code for item in found if item.level == "error"]
    assert [] == [item for item in found if not item.path or not item.message]


def test_a_sound_migration_has_no_finding() -> None:
    assert [] == check_rules(between(OLD, NEW, URGENT_FIRST))


def test_a_migration_is_read_as_it_is_written() -> None:
    assert URGENT_FIRST == load_migration(dump_migration(URGENT_FIRST))


def test_a_mistake_in_the_document_names_its_line() -> None:
    text = "migration: x\ncase_type: visit\nstates:\n  - {workflow: visit, from: new, into: judged}\n"

    with pytest.raises(DocumentError, match=r"CW010 line 4: states\[0\].into"):
        load_migration(text)

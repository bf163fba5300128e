"""What a migration makes of one case: its states, values, clocks and history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from migrating.versions import ANA, NEW, NOW, OLD, STAY, STEPS_NEW, STEPS_OLD, URGENT_FIRST, Town, town, visit
from oracle import refused

from casework import (
    Actor,
    CaseType,
    Condition,
    Deadline,
    Field,
    Invariant,
    Set,
    State,
    Transition,
    UnsoundDefinition,
    Workflow,
    attach,
    elapsed_since,
    field,
    hours,
    keep,
    state,
)
from casework.migrating import Begin, DeadlineMap, FieldMap, MarkMap, Migration, StateMap, digest_of

JUDGED = Migration(
    name="judged", case_type="visit", states=[StateMap(workflow="visit", source="assessed", target="judged")]
)


@pytest.fixture
def place() -> Iterator[Town]:
    """A store of one test, whole in the end."""
    with town() as made:
        yield made


def judging(**more: object) -> CaseType:
    """The newer version without its fields."""
    return visit(2, ["new", "judged", "waiting", "done"], STEPS_NEW, **more)  # type: ignore[arg-type]


def assessing(**more: object) -> CaseType:
    """The older version without its fields."""
    return visit(1, ["new", "assessed", "done"], STEPS_OLD, **more)  # type: ignore[arg-type]


def test_states_values_and_clocks_are_told_in_the_words_of_the_new_version(place: Town) -> None:
    desk = place.app(OLD).desk(ANA)
    known = {"street": "Jiefang Road", "fax": "1", "diagnosis": "flu", "level": "lo", "count": 3}
    case = desk.fire(desk.open("visit", urgent=False, **known), "assess")
    place.clock.advance(hours(1))
    moved = place.app(NEW).desk(ANA).migrate(case, URGENT_FIRST)

    assert "waiting" == moved.state
    told = {"urgent": False, "address": "Jiefang Road", "condition_found": "flu", "grade": "low", "ward": "A"}
    assert {**told, "amount": Decimal(3)} == dict(moved.data)
    assert {"visit_stay": NOW + hours(5)} == dict(moved.dues)
    assert 3 == moved.revision


def test_one_state_becomes_two_by_what_the_case_knows_and_unknown_is_not_passed_over(place: Town) -> None:
    desk = place.app(OLD).desk(ANA)
    cases = [desk.fire(desk.open("visit", **known), "assess") for known in ({"urgent": True}, {"urgent": False}, {})]
    app = place.app(NEW)
    desk = app.desk(ANA)

    assert ["judged", "waiting"] == [desk.migrate(case, URGENT_FIRST).state for case in cases[:2]]
    no = refused(app, lambda: desk.migrate(cases[2], URGENT_FIRST))
    assert ("not-adoptable", ["states.visit"]) == (no.code, [item.field for item in no.problems])
    assert "urgent" in no.problems[0].text.en
    assert "assessed" == desk.get(cases[2].id).state


def test_the_entry_says_who_moved_the_case_by_which_migration(place: Town) -> None:
    case = place.app(OLD).desk(ANA).open("visit", street="Jiefang Road")
    app = place.app(NEW)
    app.desk(ANA).migrate(case, URGENT_FIRST)
    entry = app.desk(ANA).history(case.id)[-1]

    assert ("migrate", "ana", NOW) == (entry.kind, entry.actor, entry.at)
    assert ("urgent_first", digest_of(URGENT_FIRST)) == entry.migration
    assert app.manifests["visit"].hash == entry.adopted


def test_f101_history_stays_readable_under_the_names_of_its_own_time(place: Town) -> None:
    desk = place.app(OLD).desk(ANA)
    case = desk.amend(desk.open("visit", street="Jiefang Road", fax="1"), fax="2")
    app = place.app(NEW)
    app.desk(ANA).migrate(case, URGENT_FIRST)
    told = [dict(entry.changes) for entry in app.desk(ANA).history(case.id)]

    assert [{"street": "Jiefang Road", "fax": "1"}, {"fax": "2"}, {"ward": "A"}] == told


def test_an_older_value_is_not_shown_to_whom_its_new_field_is_closed(place: Town) -> None:
    old_field = Field("word", field_class="health")
    case = place.app(assessing(data=[old_field], roles=["clerk", "nurse"], readers={"health": ["clerk", "nurse"]}))
    nurse = Actor("bo", roles={"nurse", "clerk"}, unit="anlu")
    opened = case.desk(ANA).open("visit", word="flu")
    narrowed = judging(
        data=[Field("remark", field_class="health")], roles=["clerk", "nurse"], readers={"health": "nurse"}
    )
    renamed = attrs.evolve(JUDGED, fields=[FieldMap(source="word", target="remark")])
    app = place.app(narrowed)
    app.desk(nurse).migrate(opened, renamed)

    assert "flu" == app.desk(nurse).history(opened.id)[0].changes["word"]
    assert {} == dict(app.desk(ANA).history(opened.id)[0].changes)
    assert ("word",) == app.desk(ANA).history(opened.id)[0].hidden


def test_a_value_never_comes_to_be_read_by_others(place: Town) -> None:
    case = place.app(assessing(data=[Field("word", field_class="health")])).desk(ANA).open("visit", word="flu")
    desk = place.app(judging(data=[Field("remark")])).desk(ANA)
    laid_open = attrs.evolve(JUDGED, fields=[FieldMap(source="word", target="remark")])

    with pytest.raises(UnsoundDefinition, match="CW907"):
        desk.migrate(case, laid_open)


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        (DeadlineMap(source="stay", target="longer"), hours(5)),
        (DeadlineMap(source="stay", target="longer", clock="restart"), hours(12)),
        (DeadlineMap(source="stay"), hours(11)),
    ],
    ids=["kept", "restarted", "dropped"],
)
def test_a_clock_is_kept_started_anew_or_counts_from_its_states(place: Town, clock: DeadlineMap, due: object) -> None:
    """Assessed at once; two hours later started anew; without a rule two hours after it was assessed at one."""
    desk = place.app(assessing(deadlines=[attrs.evolve(STAY, during=("new", "assessed"))])).desk(ANA)
    case = desk.open("visit")
    place.clock.advance(hours(1))
    case = desk.fire(case, "assess")
    place.clock.advance(hours(1))
    longer = judging(deadlines=[Deadline("longer", "judged", hours(10))])
    moved = place.app(longer).desk(ANA).migrate(case, attrs.evolve(JUDGED, deadlines=[clock]))

    assert isinstance(due, timedelta)
    assert {"longer": NOW + due} == dict(moved.dues)


def test_timers_are_armed_anew_by_the_new_definition(place: Town) -> None:
    ringing = Deadline("stay", "assessed", hours(5), trigger="finish")
    desk = place.app(assessing(deadlines=[ringing])).desk(ANA)
    case = desk.fire(desk.open("visit"), "assess")
    later = judging(deadlines=[Deadline("longer", "judged", hours(9), trigger="finish")])
    app = place.app(later)
    app.desk(ANA).migrate(case, attrs.evolve(JUDGED, deadlines=[DeadlineMap(source="stay", target="longer")]))
    place.clock.advance(hours(4))
    assert 0 == app.run_due().fired
    place.clock.advance(hours(1))

    assert 1 == app.run_due().fired
    assert "done" == app.desk(ANA).get(case.id).state


def test_a_deadline_that_has_rung_does_not_ring_again_under_another_name(place: Town) -> None:
    app = place.app(assessing(deadlines=[STAY]))
    case = app.desk(ANA).fire(app.desk(ANA).open("visit"), "assess")
    place.clock.advance(hours(6))
    assert 1 == app.run_due().fired
    app = place.app(judging(deadlines=[Deadline("longer", "judged", hours(9))]))
    app.desk(ANA).migrate(case.id, attrs.evolve(JUDGED, deadlines=[DeadlineMap(source="stay", target="longer")]))

    assert {"longer": NOW + hours(5)} == dict(app.desk(ANA).get(case.id).dues)
    assert 0 == app.run_due().fired


def test_time_goes_on_counting_from_when_the_state_was_entered_by_its_old_name(place: Town) -> None:
    desk = place.app(assessing()).desk(ANA)
    case = desk.fire(desk.open("visit"), "assess")
    place.clock.advance(hours(1))
    late = Transition("late", "judged", "waiting", automatic=True, condition=elapsed_since("judged") >= hours(3))
    app = place.app(visit(2, ["new", "judged", "waiting", "done"], [late, *STEPS_NEW]))
    app.desk(ANA).migrate(case, JUDGED)
    place.clock.advance(hours(2))

    assert 1 == app.run_due().fired
    assert "waiting" == app.desk(ANA).get(case.id).state


def test_a_mark_may_count_as_that_of_another_state(place: Town) -> None:
    desk = place.app(assessing()).desk(ANA)
    case = desk.open("visit")
    place.clock.advance(hours(1))
    case = desk.fire(case, "assess")
    late = Transition("late", "judged", "waiting", automatic=True, condition=elapsed_since("waiting") >= hours(3))
    app = place.app(visit(2, ["new", "judged", "waiting", "done"], [late, *STEPS_NEW]))
    marked = attrs.evolve(JUDGED, marks=[MarkMap(source="visit.new", target="visit.waiting")])
    app.desk(ANA).migrate(case, marked)
    place.clock.advance(hours(2))

    assert 1 == app.run_due().fired


BILL = Workflow(
    "bill",
    initial="unpaid",
    states=[State("unpaid"), State("sent"), State("paid", final=True)],
    transitions=[
        Transition("send_bill", "unpaid", "sent", roles="clerk"),
        Transition("settle_bill", ["unpaid", "sent"], "paid", automatic=True, condition=state("visit") == "done"),
    ],
)


def test_a_workflow_that_is_new_begins_where_the_migration_says(place: Town) -> None:
    desk = place.app(assessing()).desk(ANA)
    fresh_one, assessed = desk.open("visit"), desk.fire(desk.open("visit"), "assess")
    begun = attrs.evolve(JUDGED, begins=[Begin(workflow="bill", state="sent", when=state("visit") == "assessed")])
    desk = place.app(judging(beside=[BILL])).desk(ANA)

    assert {"visit": "new", "bill": "unpaid"} == dict(desk.migrate(fresh_one, begun).states)
    assert {"visit": "judged", "bill": "sent"} == dict(desk.migrate(assessed, begun).states)


def test_a_workflow_that_goes_is_given_up_only_where_the_migration_says(place: Town) -> None:
    desk = place.app(assessing(beside=[BILL])).desk(ANA)
    case = desk.fire(desk.open("visit"), "send_bill")
    app = place.app(judging())
    given_up = attrs.evolve(JUDGED, states=[*JUDGED.states, StateMap(workflow="bill", source="sent")])

    assert "not-adoptable" == refused(app, lambda: app.desk(ANA).migrate(case, JUDGED)).code
    assert {"visit": "new"} == dict(app.desk(ANA).migrate(case, given_up).states)


def asked(step: Transition, asking: Mapping[str, Condition]) -> Transition:
    """The step with what is asked of its trigger."""
    return attrs.evolve(step, condition=asking[step.trigger]) if step.trigger in asking else step


def test_automatic_steps_of_the_new_definition_follow_in_the_same_entry(place: Town) -> None:
    desk = place.app(assessing()).desk(ANA)
    case = desk.fire(desk.open("visit"), "assess")
    hurry = Transition(
        "hurry", "judged", "waiting", automatic=True, condition=field("ward").known, effects=Set("ward", "B")
    )
    app = place.app(
        visit(2, ["new", "judged", "waiting", "done"], [hurry, *STEPS_NEW], data=[Field("ward", managed=True)])
    )
    moved = app.desk(ANA).migrate(case, attrs.evolve(JUDGED, fields=[FieldMap(target="ward", default="A")]))

    assert ("waiting", "B", 3) == (moved.state, moved.data["ward"], moved.revision)


def test_what_breaks_an_invariant_stays(place: Town) -> None:
    desk = place.app(assessing(beside=[BILL])).desk(ANA)
    case = desk.fire(desk.fire(desk.open("visit"), "assess"), "send_bill")
    never = Invariant("never", ~((state("visit") == "judged") & (state("bill") == "sent")))
    asking = {"assess": state("bill") != "sent", "call": state("bill") != "sent", "send_bill": state("visit") == "new"}
    bill = attrs.evolve(BILL, transitions=[asked(step, asking) for step in BILL.transitions])
    around = [Transition("wait", "new", "waiting", roles="clerk"), Transition("drop", "waiting", "done", roles="clerk")]
    steps = [*around, *(asked(step, asking) for step in STEPS_NEW)]
    app = place.app(visit(2, ["new", "judged", "waiting", "done"], steps, beside=[bill], invariants=[never]))

    assert "invariant-broken" == refused(app, lambda: app.desk(ANA).migrate(case, JUDGED)).code


def test_whoever_may_not_adopt_may_not_migrate(place: Town) -> None:
    case = place.app(assessing()).desk(ANA).open("visit")
    app = place.app(judging(grants={"view": "clerk"}))

    assert "not-permitted" == refused(app, lambda: app.desk(ANA).migrate(case, JUDGED)).code


def test_a_request_moves_a_case_once_and_a_closed_case_stays(place: Town) -> None:
    desk = place.app(assessing()).desk(ANA)
    first = desk.fire(desk.open("visit"), "assess")
    closed = desk.fire(desk.fire(desk.open("visit"), "assess"), "finish")
    app = place.app(judging())
    desk = app.desk(ANA)

    assert 3 == desk.migrate(first, JUDGED, request_id="once").revision
    assert 3 == desk.migrate(first, JUDGED, request_id="once").revision
    assert 3 == desk.migrate(first.id, JUDGED).revision
    assert "wrong-state" == refused(app, lambda: desk.migrate(closed, JUDGED)).code


def test_a_second_migration_follows_the_first_and_history_tells_all_three_versions(place: Town) -> None:
    desk = place.app(OLD).desk(ANA)
    case = desk.fire(desk.open("visit", street="Jiefang Road", urgent=True), "assess")
    place.app(NEW).desk(ANA).migrate(case, URGENT_FIRST)
    steps = [Transition("look", "new", "seen", roles="clerk"), Transition("end", "seen", "done", roles="clerk")]
    third = visit(3, ["new", "seen", "done"], steps, data=[Field("road")])
    again = Migration(
        name="again",
        case_type="visit",
        from_version=2,
        states=[StateMap(workflow="visit", source=name, target="seen") for name in ("judged", "waiting")],
        fields=[FieldMap(source="address", target="road"), *(FieldMap(source=name) for name in ("urgent", "ward"))],
    )
    app = place.app(third)
    moved = app.desk(ANA).migrate(case.id, again)

    assert ("seen", {"road": "Jiefang Road"}) == (moved.state, dict(moved.data))
    assert ["open", "fire", "migrate", "migrate"] == [entry.kind for entry in app.desk(ANA).history(case.id)]
    assert "Jiefang Road" == app.desk(ANA).history(case.id)[0].changes["street"]


def test_f101_history_is_readable_without_the_plugin_whose_workflow_was_given_up(place: Town) -> None:
    noting = attrs.evolve(
        BILL,
        fields=[Field("payer")],
        transitions=[
            attrs.evolve(step, form=[Field("payer")], effects=keep("payer")) if step.trigger == "send_bill" else step
            for step in BILL.transitions
        ],
    )
    desk = place.app(assessing(), attachments=[attach(noting, "visit")]).desk(ANA)
    case = desk.fire(desk.open("visit"), "bill.send_bill", payer="Li Na")
    app = place.app(judging())
    given_up = attrs.evolve(
        JUDGED,
        states=[*JUDGED.states, StateMap(workflow="bill", source="sent")],
        fields=[FieldMap(source="bill.payer")],
    )
    moved = app.desk(ANA).migrate(case, given_up)
    told = app.desk(ANA).history(case.id)[1]

    assert ({"visit": "new"}, {}) == (dict(moved.states), dict(moved.data))
    assert ("bill.send_bill", "sent", "Li Na") == (told.trigger, told.steps[0].target, told.changes["bill.payer"])

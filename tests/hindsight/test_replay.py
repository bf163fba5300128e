"""Recorded cases under a proposed definition: what is told of them, and what is not."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import attrs
import histories
import leave
import pytest
import shelter
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import fresh, quick

from casework import (
    Actor,
    CaseType,
    Casework,
    Field,
    FrozenClock,
    Given,
    Held,
    InvalidValue,
    Refused,
    Require,
    Run,
    Set,
    Text,
    UnsoundDefinition,
    balance,
    days,
    field,
    keep,
)
from casework.hindsight import Replay, Replayed
from casework.hindsight.proposal import proposed
from casework.keys import KeyMemory
from casework.manifest import manifest_of
from casework.model.migration import Migration, StateMap


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(leave.START)


@pytest.fixture
def app(clock: FrozenClock) -> Casework:
    return leave.opened(clock)


def replay(app: Casework, proposal: CaseType, *cases: str, asker: Actor = leave.EI, staff: bool = False) -> Replay:
    known = (leave.EI, leave.HO) if staff else ()
    return app.hindsight.replay(asker, cases, proposal=proposal, staff=known)


def one(app: Casework, proposal: CaseType, case: str, **more: object) -> Replayed:
    (found,) = replay(app, proposal, case, **more).cases  # type: ignore[arg-type]
    return found


@settings(max_examples=max(2, settings().max_examples // 5))
@given(st.integers(0, 10**6))
def test_nothing_differs_under_the_definition_that_was_in_force(seed: int) -> None:
    clock = FrozenClock(histories.START)
    with_keys = seed % 2 == 1
    app = Casework(
        quick(),
        case_types=[histories.VISIT, histories.TASK],
        parts=[histories.SMS],
        clock=clock,
        keys=KeyMemory() if with_keys else None,
    )
    app.create_tables()
    ids = histories.happen(app, clock, random.Random(seed), 40)
    asker = Actor("li", histories.STAFF)

    for name in ("visit", "task"):
        cases = ids if name == "visit" else [case.id for case in app.desk(asker).find("task").cases]
        found = app.hindsight.replay(asker, cases, proposal=app.manifests[name])
        assert ["same"] * len(cases) == [case.verdict for case in found.cases], [
            (case.stopped, case.untold, case.waited) for case in found.cases if case.verdict != "same"
        ]
        assert {} == found.access
    app.dispose()


@settings(max_examples=max(2, settings().max_examples // 3))
@given(st.lists(st.integers(0, 29), min_size=1, max_size=8), st.integers(0, 30))
def test_a_stricter_condition_stops_exactly_those_whom_it_concerns(wanted: list[int], most: int) -> None:
    app = Casework(
        quick(), case_types=[leave.LEAVE], parts=[leave.stamped, leave.marked], clock=FrozenClock(leave.START)
    )
    app.create_tables()
    desk = app.desk(leave.EI)
    ids = {leave.granted(desk, number).id: number for number in wanted}

    found = replay(app, leave.stricter(field("days") <= most), *ids)

    assert {case_id for case_id, number in ids.items() if number > most} == {
        case.case_id for case in found.cases if case.verdict == "stopped"
    }
    assert {case_id for case_id, number in ids.items() if number <= most} == {
        case.case_id for case in found.cases if case.verdict == "same"
    }
    app.dispose()


def test_who_is_stopped_is_told_where_and_why_in_both_languages(app: Casework) -> None:
    case = app.desk(leave.EI).fire(leave.granted(app.desk(leave.EI), 9), "end")

    found = one(app, leave.stricter(field("days") < 7), case.id)

    assert found.stopped is not None
    assert (2, "grant", "unmet") == (found.stopped.entry, found.stopped.what, found.stopped.refusal.code)
    assert found.stopped.sentence("en").startswith("still to be met: days < 7")
    assert found.stopped.sentence("zh").startswith("尚未满足的条件：days<7")
    assert (("leave", "over"),) == found.states and (("leave", "asked"),) == found.states_proposed


def test_nothing_is_written(app: Casework) -> None:
    case = leave.granted(app.desk(leave.EI))
    before = app.desk(leave.EI).history(case.id)

    replay(app, leave.stricter(field("days") < 1), case.id)

    assert before == app.desk(leave.EI).history(case.id)
    assert case == app.desk(leave.EI).get(case.id)


def test_a_longer_deadline_makes_a_breach_none(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(leave.EI)
    case = leave.granted(desk)
    clock.advance(days(12))
    desk.fire(case.id, "end")

    found = one(app, leave.waiting("stay", days(20)), case.id)

    (waited,) = found.waited
    assert "otherwise" == found.verdict
    assert ("stay", True, False, True) == (waited.deadline, waited.breached, waited.breached_proposed, waited.longer)
    assert leave.START + days(10) == waited.due and leave.START + days(20) == waited.due_proposed


def test_a_shorter_deadline_that_fires_changes_what_people_could_do(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(leave.EI)
    case = desk.open("leave", days=3)
    clock.advance(days(3))
    desk.fire(case.id, "grant")

    found = one(app, leave.waiting("answer", days(2)), case.id, staff=True)

    assert found.stopped is not None
    assert ("not-permitted", 2) == (found.stopped.refusal.code, found.stopped.entry)
    assert (("leave", "late"),) == found.states_proposed
    assert [(False, True)] == [(item.breached, item.breached_proposed) for item in found.waited]


def test_a_longer_deadline_does_not_fire_when_the_recorded_one_did(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(leave.EI)
    case = desk.open("leave", days=3)
    clock.advance(days(6))
    app.run_due()
    app.desk(leave.HO).fire(case.id, "grant")

    found = one(app, leave.waiting("answer", days(8)), case.id)

    assert found.stopped is None
    assert (("leave", "granted"),) == found.states_proposed
    assert [(True, False)] == [(item.breached, item.breached_proposed) for item in found.waited]


def test_a_role_that_loses_a_step_stops_whoever_had_no_other(app: Casework) -> None:
    by_clerk = leave.granted(app.desk(leave.EI)).id
    by_head = app.desk(leave.HO).fire(app.desk(leave.EI).open("leave", days=3), "grant").id
    proposal = leave.changed("grant", roles="head")

    known, unknown = (replay(app, proposal, by_clerk, by_head, staff=staff) for staff in (True, False))

    assert ["stopped", "same"] == [case.verdict for case in known.cases]
    assert [(True,), (False,)] == [tuple(change.concerned for change in case.access) for case in known.cases]
    assert {("grant", "clerk", "lost"): 2} == known.access
    assert ["untold", "untold"] == [case.verdict for case in unknown.cases]
    assert ["roles", "roles"] == [case.untold[0].cause for case in unknown.cases]


def test_a_role_that_gains_a_step_is_told_and_changes_nothing(app: Casework) -> None:
    case = app.desk(leave.EI).fire(leave.granted(app.desk(leave.EI)), "stamp")

    found = replay(app, leave.changed("stamp", roles=("clerk", "head")), case.id)

    assert {("stamp", "head", "gained"): 1} == found.access
    assert {"same": 1, "stopped": 0, "otherwise": 0, "untold": 0} == found.counts


def test_a_remark_that_may_not_be_written_any_more_is_told(app: Casework) -> None:
    case = leave.granted(app.desk(leave.EI))
    app.desk(leave.EI).note(case.id, "called")
    states = tuple(attrs.evolve(state, grants={**leave.VIEW, "note": ("head",)}) for state in leave.FLOW.states)
    proposal = attrs.evolve(leave.LEAVE, chain=[attrs.evolve(leave.FLOW, states=states)])

    found = one(app, proposal, case.id, staff=True)

    assert [("note", ("clerk",), ("head",), True)] == [
        (change.what, change.lost, change.gained, change.concerned) for change in found.access
    ]


def test_the_same_guard_before_the_same_facts_said_the_same(app: Casework) -> None:
    case = app.desk(leave.EI).fire(leave.granted(app.desk(leave.EI)), "stamp")

    assert "same" == one(app, leave.waiting("stay", days(10)), case.id).verdict


def test_a_guard_that_was_not_asked_then_cannot_be_told(app: Casework) -> None:
    case = leave.granted(app.desk(leave.EI))

    found = one(app, leave.changed("grant", guards="stamped"), case.id)

    assert ("untold", "opaque", "stamped", 2) == (
        found.verdict,
        found.untold[0].cause,
        found.untold[0].name,
        found.untold[0].entry,
    )


def test_a_balance_is_known_to_have_sufficed_where_it_was_asked_for_and_nowhere_else(app: Casework) -> None:
    desk = app.desk(leave.EI)
    case = desk.fire(desk.fire(leave.granted(desk), "fill", sum=4), "spend", sum=3)

    assert "same" == one(app, leave.waiting("stay", days(10)), case.id).verdict
    asked = one(app, leave.changed("spend", condition=balance("pot") >= 2), case.id)
    assert ("untold", "opaque", "pot") == (asked.verdict, asked.untold[0].cause, asked.untold[0].name)


def test_another_limit_of_an_account_cannot_be_told(app: Casework) -> None:
    desk = app.desk(leave.EI)
    case = desk.fire(desk.fire(leave.granted(desk), "fill", sum=4), "spend", sum=3)
    accounts = (attrs.evolve(leave.LEAVE.accounts[0], minimum=2), *leave.LEAVE.accounts[1:])

    found = one(app, attrs.evolve(leave.LEAVE, accounts=accounts), case.id)

    assert ("untold", "limit", "pot") == (found.verdict, found.untold[0].cause, found.untold[0].name)


def test_f82_a_proposal_is_no_way_to_ask_for_what_one_may_not_read(app: Casework) -> None:
    desk = app.desk(leave.EI)
    ill = desk.fire(desk.fire(desk.open("leave", days=3), "tell", illness="flu"), "grant").id
    well = leave.granted(desk).id
    open_to_all = attrs.evolve(leave.changed("grant", condition=field("illness").known), readers={"health": "staff"})

    stranger, reader = (replay(app, open_to_all, ill, well, asker=asker) for asker in (leave.STAFF, leave.EI))

    assert [("untold", ("withheld",))] * 2 == [
        (case.verdict, tuple(one.cause for one in case.untold)) for case in stranger.cases
    ]
    assert ["same", "stopped"] == [case.verdict for case in reader.cases]


def test_f82_what_one_reads_can_be_asked_though_one_does_not_read_all(app: Casework) -> None:
    desk = app.desk(leave.EI)
    ill = desk.fire(desk.fire(desk.open("leave", days=3), "tell", illness="flu"), "grant").id
    well = leave.granted(desk, 9).id

    found = replay(app, leave.stricter(field("days") < 5), ill, well, asker=leave.STAFF)

    assert ["same", "stopped"] == [case.verdict for case in found.cases]


@pytest.mark.parametrize(
    "smuggled",
    [
        leave.changed("tell", effects=[*keep("illness"), Set("mark", Given("illness"))]),
        leave.changed("tell", form=[Field("illness", "text", max_length=3)]),
        leave.changed("frame", effects=[Set("mark", Held("illness"))]),
        attrs.evolve(leave.LEAVE, data=[*leave.LEAVE.data[:1], Field("illness"), *leave.LEAVE.data[2:]]),
    ],
    ids=["written elsewhere", "refused by a form", "copied", "declared open"],
)
def test_f82_what_is_closed_is_not_smuggled_out_by_a_proposal(app: Casework, smuggled: CaseType) -> None:
    desk = app.desk(leave.EI)
    case = desk.fire(desk.fire(desk.open("leave", days=3), "tell", illness="flu"), "grant").id

    # As a manifest, for the check of a case type refuses most of these before anybody is told anything.
    (found,) = app.hindsight.replay(leave.STAFF, [case], proposal=manifest_of(smuggled, 1, ())).cases

    assert ("untold", "withheld", 1) == (found.verdict, found.untold[0].cause, found.untold[0].entry)


def test_f82_a_question_that_the_record_was_asked_has_its_answer(app: Casework, clock: FrozenClock) -> None:
    url = fresh()
    asking = leave.changed("grant", condition=(field("days") < 30) & ~field("illness").known)
    app = leave.opened(clock, url, asking)
    case = leave.granted(app.desk(leave.EI)).id

    same = one(app, leave.waiting_in(asking, "stay", days(11)), case, asker=leave.STAFF)
    other = one(app, leave.changed("grant", condition=field("illness").known), case, asker=leave.STAFF)

    assert ("otherwise", ()) == (same.verdict, same.untold)
    assert ("untold", "withheld") == (other.verdict, other.untold[0].cause)


def test_what_was_sealed_can_be_told_by_whoever_has_the_keys(clock: FrozenClock) -> None:
    app = leave.opened(clock, keys=KeyMemory())
    desk = app.desk(leave.EI)
    told = desk.fire(desk.fire(desk.open("leave", days=3), "tell", illness="flu"), "grant")
    untold = leave.granted(desk)
    proposal = leave.changed("grant", condition=field("illness").known)

    assert ["same", "stopped"] == [case.verdict for case in replay(app, proposal, told.id, untold.id).cases]


def test_a_case_that_one_may_not_view_is_not_there(app: Casework) -> None:
    case = leave.granted(app.desk(leave.EI))
    app.desk(leave.EI).assign(case.id, "owner", "gu")

    assert "same" == one(app, leave.LEAVE, case.id, asker=Actor("gu")).verdict
    with pytest.raises(Refused):
        one(app, leave.LEAVE, case.id, asker=Actor("nobody"))


def test_a_correction_is_told_again(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(leave.EI)
    case = leave.granted(desk)
    clock.advance(timedelta(hours=1))
    back = desk.correct(case, case.entry, because="a slip")
    desk.fire(back, "grant")

    assert "same" == one(app, leave.LEAVE, case.id).verdict
    assert "otherwise" == one(app, leave.waiting("stay", days(11)), case.id).verdict


def test_a_step_that_is_gone_stops_whoever_took_it(app: Casework) -> None:
    case = app.desk(leave.EI).fire(leave.granted(app.desk(leave.EI)), "stamp")
    steps = tuple(step for step in leave.FLOW.transitions if step.trigger != "stamp")
    proposal = attrs.evolve(leave.LEAVE, chain=[attrs.evolve(leave.FLOW, transitions=steps)])

    found = one(app, proposal, case.id)

    assert found.stopped is not None
    assert ("not-found", 3) == (found.stopped.refusal.code, found.stopped.entry)


def test_an_imported_case_goes_on_from_where_it_was_put(app: Casework) -> None:
    desk = app.desk(leave.EI)
    (record,) = desk.export([leave.granted(desk)])
    placed = desk.import_({**record, "id": "elsewhere"})
    assert placed.case is not None
    desk.fire(placed.case.id, "end")

    assert "same" == one(app, leave.LEAVE, placed.case.id).verdict
    assert "imported" == one(app, leave.waiting("stay", days(11)), placed.case.id).untold[0].cause


def test_a_proposal_about_something_else_is_an_error(app: Casework) -> None:
    case = leave.granted(app.desk(leave.EI))

    with pytest.raises(UnsoundDefinition):
        replay(app, leave.changed("grant", target="nowhere"), case.id)
    other = leave.opened(FrozenClock(leave.START), case_type=attrs.evolve(leave.LEAVE, name="other"))
    with pytest.raises(InvalidValue):
        proposed(app.manifests["leave"], other.manifests["other"])


def test_what_was_erased_cannot_be_told_and_what_was_not_can() -> None:
    app = shelter.shelter()
    gone, there = (shelter.left(app.desk(shelter.LI)) for _ in range(2))
    shelter.erased(app, gone.subjects["person"])
    steps = [
        attrs.evolve(step, condition=field("name") == "Xu Mei") if step.trigger == "leave" else step
        for step in shelter.stay().main.transitions
    ]
    proposal = attrs.evolve(shelter.stay(), chain=[attrs.evolve(shelter.stay().main, transitions=steps)])

    asked = app.hindsight.replay(shelter.LI, [gone.id, there.id], proposal=proposal)
    unasked = app.hindsight.replay(shelter.LI, [gone.id, there.id], proposal=shelter.stay())

    assert [("untold", ("erased",)), ("same", ())] == [
        (case.verdict, tuple(one.cause for one in case.untold)) for case in asked.cases
    ]
    assert "same" == unasked.cases[1].verdict


def test_a_case_that_was_migrated_is_told_from_there_on(clock: FrozenClock) -> None:
    url = fresh()
    before = leave.opened(clock, url)
    case = before.desk(leave.EI).open("leave", days=3)
    flow = leave.renamed(leave.FLOW, "asked", "wanted")
    app = leave.opened(clock, url, attrs.evolve(leave.LEAVE, version=2, chain=[flow]))
    migration = Migration(
        name="rename", case_type="leave", states=[StateMap(workflow="leave", source="asked", target="wanted")]
    )
    app.desk(leave.EI).migrate(case.id, migration)
    app.desk(leave.EI).fire(case.id, "grant")

    same, stopped = (
        app.hindsight.replay(leave.EI, [case.id], proposal=proposal).cases[0]
        for proposal in (
            app.manifests["leave"],
            attrs.evolve(app.case_types[0], chain=[leave.demanding(flow)]),
        )
    )

    assert ("same", ()) == (same.verdict, same.untold)
    assert stopped.stopped is not None and 3 == stopped.stopped.entry
    log = json.loads("".join(app.hindsight.ocel(leave.EI, [case.id])))
    assert () == app.hindsight.departures(log)


def test_what_a_part_wrote_is_known_and_what_it_would_write_is_not(app: Casework) -> None:
    desk = app.desk(leave.EI)
    short = desk.fire(desk.fire(leave.granted(desk, 2), "mark"), "frame").id
    proposal = leave.changed("frame", condition=field("mark") == "long")

    assert "same" == one(app, leave.waiting("stay", days(10)), short).verdict
    assert "stopped" == one(app, proposal, short).verdict
    unknown = one(app, leave.changed("grant", effects=[Run("marked")]), short)
    assert ("untold", "marked", 2) == (unknown.verdict, unknown.untold[0].name, unknown.untold[0].entry)


def test_another_set_of_plugins_is_tried_by_its_manifest(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(leave.EI)
    long, short = (leave.granted(desk, wanted).id for wanted in (9, 2))
    asks = Require("leave.grant", field("days") < 5, because=Text("too long for one", "时间过长"), source="unions")
    other = leave.opened(clock, requirements=[asks])

    found = app.hindsight.replay(leave.EI, [long, short], proposal=other.manifests["leave"])

    assert ["stopped", "same"] == [case.verdict for case in found.cases]
    stop = found.cases[0].stopped
    assert stop is not None and ("unions", "too long for one") == (
        stop.refusal.unmet[0].source,
        stop.refusal.unmet[0].because.en,
    )

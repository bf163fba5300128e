"""Export and import: a case as a line, as its reader may see it; taken in strictly, once, and placed where it stood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from errands import ANA, BEN, DATA, EVERYTHING, NOW, Bench, act, errand
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_inv, entries_of, refused, untouched
from sound import sound_case_types
from storage.adopting import whole
from storage.living import lived
from stores import quick

from casework import (
    Actor,
    Case,
    CaseType,
    Casework,
    Deadline,
    Desk,
    Doer,
    Field,
    FrozenClock,
    InvalidValue,
    Invariant,
    Post,
    Refused,
    Set,
    Transition,
    days,
    elapsed_since,
    field,
    hours,
    seeded_entropy,
    state,
)
from casework.desk.record import LINE_LIMIT, value_of
from casework.exploring import Proving

GRANTS = dict.fromkeys((*EVERYTHING, "import"), "clerk")
VOUCHING = {**GRANTS, "vouch": "chief"}
STAY = Deadline("stay", ("new", "doing"), days(2), trigger="start")
TAKE = act(Post("outside", "stock", 2), Set("stamp", Doer()), trigger="take", form=(), source=("new",), target="doing")
TAKE = attrs.evolve(TAKE, phase=None)
WITH = (
    *DATA,
    Field("stamp", managed=True),
    Field("weight", "decimal"),
    Field("score", "float"),
    Field("born", "date", field_class="personal"),
)
READERS = {"health": "chief", "personal": "clerk"}
FULL = {
    "count": 3,
    "remark": "甲",
    "ready": True,
    "size": "small",
    "diagnosis": "ill",
    "seen_at": datetime(2026, 1, 31, 8, tzinfo=UTC),
    "weight": Decimal("12.5"),
    "score": 0.5,
    "born": date(2000, 2, 29),
}


def kind(*transitions: Transition, **more: Any) -> CaseType:
    """The errand with a deadline, a managed field, and the grant to import."""
    made = errand(TAKE, *transitions, **{"grants": GRANTS, "data": WITH, "readers": READERS, **more})
    return attrs.evolve(made, chain=(attrs.evolve(made.chain[0], deadlines=(STAY,)), *made.chain[1:]))


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A store of one test, whole in the end."""
    with whole() as made:
        yield made


@pytest.fixture
def elsewhere(bench: Bench) -> Iterator[Bench]:
    """Another store, at the same time."""
    with whole() as made:
        made.clock = bench.clock
        yield made


def exported(desk: Desk, *cases: Case | str) -> list[dict[str, Any]]:
    """The records of cases, through JSON."""
    return [json.loads(json.dumps(record, ensure_ascii=False)) for record in desk.export(cases)]


def record(**more: Any) -> dict[str, Any]:
    """A record that is taken in."""
    return {"format": "casework-case-1", "id": "r-1", "case_type": "errand", **more}


def told(app: Casework, given: Any, who: Actor = ANA) -> dict[str, str]:
    """What is wrong with a record; taking it in has to leave nothing behind."""
    refusal = refused(app, lambda: app.desk(who).import_(given))
    assert "invalid-form" == refusal.code
    return {problem.field: problem.text.en for problem in refusal.problems}


def same(one: Case, other: Case) -> None:
    """Everything but what belongs to a store: ids and revisions."""
    apart = {"id": "", "revision": 0, "entry": 0, "parent": None, "manifest": ""}
    assert attrs.evolve(one, **apart) == attrs.evolve(other, **apart)


def test_an_exported_case_is_the_same_in_another_store(bench: Bench, elsewhere: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.assign(desk.fire(desk.open("errand", **FULL), "take"), "minder", "ben")
    bench.clock.advance(hours(3))
    app = elsewhere.app(kind())

    (given,) = exported(desk, case)
    (taken,) = [app.desk(ANA).import_(line) for line in (json.dumps(given),)]

    same(desk.get(case.id), taken.case)
    assert (False, 1, "doing", "ana") == (
        taken.already,
        taken.case.revision,
        taken.case.state,
        taken.case.data["stamp"],
    )
    assert {"stay": NOW + days(2)} == dict(taken.case.dues)
    assert app.desk(ANA).get(taken.case.id) == taken.case
    assert {**given, "id": taken.case.id} == exported(app.desk(ANA), taken.case)[0]


def test_a_closed_case_stays_closed_since_then(bench: Bench, elsewhere: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.fire(desk.fire(desk.open("errand"), "start"), "finish")
    bench.clock.advance(days(9))
    app = elsewhere.app(kind())
    taken = app.desk(ANA).import_(exported(desk, case)[0]).case

    assert (NOW, NOW, "done") == (taken.opened_at, taken.closed_at, taken.state)
    assert [] == elsewhere.ask("select * from casework_timer")


def test_the_entry_says_where_the_case_comes_from_and_stood(bench: Bench) -> None:
    app = bench.app(kind())
    given = record(states={"errand": "doing"}, source="list of 2019", opened_at="2026-03-01T08:00:00+08:00")
    case = app.desk(ANA).import_(given).case

    (entry,) = app.desk(ANA).history(case.id)
    (_, content) = entries_of(app, case.id)[0]

    assert ("open", NOW, "ana") == (entry.kind, entry.at, entry.actor)
    assert ("import", "list of 2019", "r-1") == (entry.cause.kind, entry.cause.name, entry.cause.case_id)  # type: ignore[union-attr]
    assert [("errand", "import", "", "doing")] == [(s.workflow, s.trigger, s.source, s.target) for s in entry.steps]
    assert {"errand": "doing"} == content["placed"]["states"]
    assert datetime(2026, 3, 1, tzinfo=UTC) == case.opened_at


def test_a_record_without_states_is_opened_by_whoever_opens(bench: Bench) -> None:
    app = bench.app(kind(grants=dict.fromkeys(EVERYTHING, "clerk")))
    case = app.desk(BEN).import_(record(data={"count": 3}, unit="north", subjects={"person": "p-1"})).case

    assert ("new", 3, "north", "p-1") == (case.state, case.data["count"], case.unit, case.subjects["person"])
    assert {"stay": NOW + days(2)} == dict(case.dues)
    chief = Actor("cy", roles={"chief"}, unit="north")
    assert "not-permitted" == refused(app, lambda: app.desk(chief).import_(record(id="r-2"))).code
    elsewhere = record(id="r-3", unit="south")
    assert "not-permitted" == refused(app, lambda: app.desk(BEN).import_(elsewhere)).code


@pytest.mark.parametrize(
    "more",
    [
        {"states": {"errand": "new"}},
        {"opened_at": "2026-01-01T00:00:00Z"},
        {"marks": {}},
        {"acts": {}},
        {"roles": {"minder": "ben"}},
        {"dues": {}},
        {"closed_at": None},
    ],
    ids=lambda more: next(iter(more)),
)
def test_saying_how_a_case_stands_is_for_those_who_may_import(bench: Bench, more: dict[str, Any]) -> None:
    app = bench.app(kind(grants={**GRANTS, "import": "chief"}))
    refusal = refused(app, lambda: app.desk(BEN).import_(record(**more)))

    assert ("not-permitted", ("chief",)) == (refusal.code, refusal.roles)
    assert "new" == app.desk(ANA).import_(record(**more)).case.state


def test_nobody_imports_where_nobody_was_granted_it(bench: Bench) -> None:
    app = bench.app(errand())

    assert "not-permitted" == refused(app, lambda: app.desk(ANA).import_(record(states={}))).code


def test_the_same_record_twice_opens_nothing_twice(bench: Bench) -> None:
    app = bench.app(kind())
    once = app.desk(ANA).import_(record(data={"count": 3}))

    with untouched(app):
        again = app.desk(ANA).import_(json.dumps({"data": {"count": 3}, **record()}))
    assert (True, once.case) == (again.already, again.case)
    assert "request-reused" == refused(app, lambda: app.desk(ANA).import_(record(data={"count": 4}))).code


def test_a_dry_run_says_what_would_become_of_it_and_writes_nothing(bench: Bench) -> None:
    app = bench.app(kind())

    with untouched(app):
        taken = app.desk(ANA).import_(record(states={"errand": "doing"}), dry_run=True)
    assert ("doing", False) == (taken.case.state, taken.already)
    assert [*told(app, record(data={"count": 999}))] == ["data.count"]


def test_what_a_reader_may_not_read_is_withheld_and_said_so(bench: Bench, elsewhere: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.open("errand", diagnosis="ill", remark="r")
    (given,) = exported(bench._apps[-1].desk(BEN), case)

    assert ({"remark": "r"}, ["diagnosis"]) == (given["data"], given["withheld"])
    assert "ill" not in repr(given)
    taken = elsewhere.app(kind()).desk(ANA).import_(given)
    assert "diagnosis" not in taken.case.data
    assert "diagnosis" in taken.notes[0].en and "diagnosis" in taken.notes[0].zh


def test_a_case_that_may_not_be_viewed_is_not_exported(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    stranger = bench._apps[-1].desk(Actor("st", roles={"nobody"}))

    with pytest.raises(Refused, match="not-found"):
        list(stranger.export([case.id]))
    with pytest.raises(TypeError, match="export takes several cases"):
        list(stranger.export(case))


def test_the_ledger_is_left_alone_and_said_to_be(bench: Bench) -> None:
    made = kind(grants=VOUCHING)
    steps = tuple(step for step in made.chain[0].transitions if step.trigger != "start")
    main = attrs.evolve(made.chain[0], transitions=steps, deadlines=())
    app = bench.app(attrs.evolve(made, chain=(main,)))
    taken = app.desk(ANA).import_(record(states={"errand": "doing"}))

    assert [] == bench.ask("select * from casework_posting")
    assert ["outside, stock"] == [note.en.rpartition(": ")[2] for note in taken.notes]
    assert () == app.desk(ANA).import_(record(id="r-2", states={"errand": "new"})).notes
    assert () == app.desk(ANA).import_(record(id="r-3", states={"errand": "done"})).notes


def test_a_state_that_can_be_reached_without_moving_anything_implies_nothing(bench: Bench) -> None:
    assert () == bench.app(kind()).desk(ANA).import_(record(states={"errand": "doing"})).notes


def test_automatic_steps_follow_a_placed_case(bench: Bench) -> None:
    over = Transition("over", "doing", "done", automatic=True, condition=elapsed_since("doing") >= hours(5))
    app = bench.app(kind(over))
    placed = record(states={"errand": "doing"}, marks={"errand.doing": "2026-03-02T07:00:00Z"})
    case = app.desk(ANA).import_(placed).case
    late = app.desk(ANA).import_({**placed, "id": "r-2", "marks": {"errand.doing": "2026-03-02T01:00:00Z"}}).case

    assert ("doing", "done") == (case.state, late.state)
    bench.clock.advance(hours(4))
    assert 1 == app.run_due().fired
    assert "done" == app.desk(ANA).get(case.id).state


def test_a_deadline_that_is_over_elsewhere_rings_here(bench: Bench) -> None:
    app = bench.app(kind())
    case = app.desk(ANA).import_(record(states={"errand": "new"}, dues={"stay": "2026-02-01T00:00:00Z"})).case

    assert 1 == app.run_due().fired
    assert "doing" == app.desk(ANA).get(case.id).state


def test_four_eyes_see_across_stores(bench: Bench) -> None:
    approve = act(trigger="approve", form=(), four_eyes="write")
    app = bench.app(kind(act(trigger="write", form=()), approve, grants=VOUCHING))
    case = app.desk(ANA).import_(record(states={"errand": "new"}, acts={"write": "ben"})).case

    assert "unmet" == refused(app, lambda: app.desk(BEN).fire(case, "approve")).code
    assert 2 == app.desk(ANA).fire(case, "approve").revision


def test_invariants_hold_for_what_is_imported(bench: Bench) -> None:
    app = bench.app(kind(invariants=[Invariant("counted", (state("errand") == "new") | field("count").known)]))

    refusal = refused(app, lambda: app.desk(ANA).import_(record(states={"errand": "doing"})))
    assert "invariant-broken" == refusal.code
    assert "doing" == app.desk(ANA).import_(record(states={"errand": "doing"}, data={"count": 1})).case.state


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"format": "casework-case-2"}, "format"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "x" * 257}, "id"),
        ({"case_type": None}, "case_type"),
        ({"unit": 7}, "unit"),
        ({"colour": "red"}, "colour"),
        ({"data": []}, "data"),
        ({"data": {"colour": 1}}, "data.colour"),
        ({"data": {"count": "3"}}, "data.count"),
        ({"data": {"count": True}}, "data.count"),
        ({"data": {"count": 3.0}}, "data.count"),
        ({"data": {"count": 2**70}}, "data.count"),
        ({"data": {"count": 101}}, "data.count"),
        ({"data": {"count": None}}, "data.count"),
        ({"data": {"ready": "false"}}, "data.ready"),
        ({"data": {"ready": 0}}, "data.ready"),
        ({"data": {"size": "huge"}}, "data.size"),
        ({"data": {"remark": "x" * 51}}, "data.remark"),
        ({"data": {"remark": ["x"]}}, "data.remark"),
        ({"data": {"remark": "\ud800"}}, "data.remark"),
        ({"data": {"stamp": "ana"}}, "data.stamp"),
        ({"data": {"seen_at": "2026-01-31T08:00"}}, "data.seen_at"),
        ({"data": {"seen_at": 1769846400}}, "data.seen_at"),
        ({"data": {"born": "31.1.2026"}}, "data.born"),
        ({"data": {"born": "2026-02-30"}}, "data.born"),
        ({"data": {"born": "20260131"}}, "data.born"),
        ({"data": {"weight": 12.5}}, "data.weight"),
        ({"data": {"weight": "1e5"}}, "data.weight"),
        ({"data": {"weight": "NaN"}}, "data.weight"),
        ({"data": {"score": 1}}, "data.score"),
        ({"subjects": {"stranger": "p"}}, "subjects.stranger"),
        ({"subjects": {"person": 7}}, "subjects.person"),
        ({"source": ""}, "source"),
        ({"withheld": "all"}, "withheld"),
        ({"states": {"errand": "lost"}}, "states.errand"),
        ({"states": {"other": "new"}}, "states.other"),
        ({"states": {"errand": 1}}, "states.errand"),
        ({"states": ["new"]}, "states"),
        ({"marks": {"errand.lost": "2026-01-31T08:00:00Z"}}, "marks.errand.lost"),
        ({"marks": {"errand.new": "2036-01-31T08:00:00Z"}}, "marks.errand.new"),
        ({"marks": {"errand.new": "yesterday"}}, "marks.errand.new"),
        ({"dues": {"other": "2026-01-31T08:00:00Z"}}, "dues.other"),
        ({"states": {"errand": "done"}, "dues": {"stay": "2026-01-31T08:00:00Z"}}, "dues.stay"),
        ({"acts": {"start": "ben"}}, "acts.start"),
        ({"roles": {"clerk": "ben"}}, "roles.clerk"),
        ({"opened_at": "2036-01-31T08:00:00Z"}, "opened_at"),
        ({"closed_at": "2026-01-31T08:00:00Z"}, "closed_at"),
        (
            {"states": {"errand": "done"}, "opened_at": "2026-02-01T00:00:00Z", "closed_at": "2026-01-01T00:00:00Z"},
            "closed_at",
        ),
    ],
    ids=str,
)
def test_f69_a_record_is_taken_strictly_and_each_mistake_has_its_place(
    bench: Bench, more: dict[str, Any], where: str
) -> None:
    app = bench.app(kind())

    assert [where] == [*told(app, record(**more))]


def test_every_mistake_is_told_at_once(bench: Bench) -> None:
    app = bench.app(kind())

    assert ["a", "id", "subjects.person"] == [*told(app, record(a=1, id="", subjects={"person": 1}))]
    assert ["data.count", "data.x"] == [*told(app, record(data={"count": "3", "x": 1}))]
    assert ["states.errand", "roles.r"] == [*told(app, record(states={"errand": "x"}, roles={"r": "p"}))]


LINE = json.dumps(record())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "not one JSON object"),
        ("[]", "not one JSON object"),
        (LINE + LINE, "not one JSON object"),
        (LINE[:-1], "not one JSON object"),
        (LINE[:-1] + ',"id":"r-2"}', "twice"),
        (LINE[:-1] + ',"data":{"count":1,"count":2}}', "twice"),
        (LINE[:-1] + ',"data":{"score":NaN}}', "NaN"),
        (LINE[:-1] + ',"data":{"score":-Infinity}}', "NaN"),
        (LINE[:-1] + ',"data":{"count":' + "9" * 5000 + "}}", "not one JSON object"),
        ("[" * 100_000, "not one JSON object"),
        (b"\xef\xbb\xbf" + LINE.encode(), "byte order mark"),
        (b"\xff\xfe", "not UTF-8"),
        ("\ud800", "not UTF-8"),
        (" " * LINE_LIMIT + LINE, "bytes"),
    ],
    ids=range(14),
)
def test_f69_a_line_that_two_readers_may_read_differently_is_refused(
    bench: Bench, line: str | bytes, says: str
) -> None:
    (problem,) = told(bench.app(kind()), line).values()

    assert says in problem


def test_a_case_type_that_is_not_there_is_named_with_those_that_are(bench: Bench) -> None:
    app = bench.app(kind())
    refusal = refused(app, lambda: app.desk(ANA).import_(record(case_type="other")))

    assert ("not-found", True) == (refusal.code, "errand" in refusal.sentence("en"))


def test_a_record_is_a_mapping_or_a_line(bench: Bench) -> None:
    app = bench.app(kind())

    with pytest.raises(TypeError, match="a mapping or a line of JSON"):
        app.desk(ANA).import_(7)  # type: ignore[arg-type]
    assert "invalid-form" == refused(app, lambda: app.desk(ANA).import_(record(data={"remark": {1, 2}}))).code


def test_good_records_of_one_transaction_stay_where_a_bad_one_is_refused(bench: Bench) -> None:
    app = bench.app(kind())

    def several(desk: Desk) -> list[str]:
        found = []
        for number, count in enumerate([1, 999, 3]):
            try:
                found.append(desk.import_(record(id=f"r-{number}", data={"count": count})).case.id)
            except Refused:
                found.append("-")
        return found

    done = app.atomically(ANA, several)
    assert [True, False, True] == [item != "-" for item in done]
    assert [(1,), (3,)] == bench.ask("select count from case_errand order by count")


def test_a_required_field_that_is_not_managed_has_to_be_there(bench: Bench) -> None:
    needed = (*WITH, Field("place", required=True), Field("seal", required=True, managed=True))
    app = bench.app(kind(data=needed))

    for more in ({}, {"states": {"errand": "doing"}}):
        refusal = refused(app, lambda more=more: app.desk(ANA).import_(record(**more)))
        assert ["place"] == [problem.field for problem in refusal.problems]
    assert "doing" == app.desk(ANA).import_(record(states={"errand": "doing"}, data={"place": "p"})).case.state


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(st.integers()))
def test_a_value_is_either_read_as_it_is_written_or_refused(given: Any) -> None:
    from casework.condition.literal import natural

    for item in WITH:
        try:
            value = value_of(item, given)
        except InvalidValue:
            continue
        assert value_of(item, natural(value)) == value


@given(st.data())
def test_what_is_exported_is_the_same_in_an_empty_store(data: st.DataObject) -> None:
    drawn = data.draw(sound_case_types())
    everybody = tuple(role.name for role in drawn.roles)
    readers = dict.fromkeys(("personal", "health", "whereabouts", "identity"), everybody)
    case_type = attrs.evolve(
        drawn, opens=everybody, readers=readers, grants=dict.fromkeys(("view", "edit", "import", "vouch"), everybody)
    )
    clock = FrozenClock(NOW)
    told = {"case_types": [case_type], "clock": clock, "proving": Proving(limit=0)}
    apps = [Casework(quick(), **told, entropy=seeded_entropy(seed)) for seed in (1, 2)]
    for app in apps:
        app.create_tables()
    cases = lived(data, apps[0], case_type, clock)
    here, there = (app.desk(Actor("all", roles=everybody, unit="u")) for app in apps)

    records = list(here.export(case.id for case in cases))
    taken = [there.import_(json.dumps(item)) for item in records]

    for case, new, item in zip(cases, taken, records, strict=True):
        same(here.get(case.id), there.get(new.case.id))
        assert {**item, "id": new.case.id} == next(there.export([new.case.id]))
        again = there.import_(item)
        assert (True, new.case.id) == (again.already, again.case.id)
    assert_inv(apps[1])
    for app in apps:
        app.dispose()

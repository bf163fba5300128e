"""Deadlines, marks, automatic steps and four eyes of a case that adopts another manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from errands import ANA, NOW, Bench, act
from oracle import refused
from storage.adopting import changed, kind, whole

from casework import (
    Actor,
    CaseType,
    Deadline,
    Set,
    Transition,
    days,
    elapsed_since,
    field,
    hours,
)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A store of one test, whole in the end."""
    with whole() as made:
        yield made


def test_automatic_steps_of_the_new_manifest_follow_in_the_same_entry(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand", ready=True)
    at_once = field("ready").in_(True)
    hurry = Transition("hurry", "new", "doing", automatic=True, condition=at_once, effects=Set("count", 1))
    app = bench.app(kind(hurry))
    adopted = app.desk(ANA).adopt(case)

    assert ("doing", 2, 1) == (adopted.state, adopted.revision, adopted.data["count"])
    assert ["hurry"] == [step.trigger for step in app.desk(ANA).history(case.id)[-1].steps]


STAY = Deadline("stay", ("new", "doing"), days(2))


def test_a_deadline_of_the_same_duration_runs_on(bench: Bench) -> None:
    case = bench.app(changed(deadlines=(STAY,))).desk(ANA).open("errand")
    bench.clock.advance(hours(3))
    adopted = bench.app(changed(deadlines=(STAY,), version=2)).desk(ANA).adopt(case)

    assert {"stay": NOW + days(2)} == dict(adopted.dues)


def test_a_changed_deadline_runs_from_when_its_states_were_entered(bench: Bench) -> None:
    desk = bench.app(changed(deadlines=(STAY,))).desk(ANA)
    case = desk.open("errand")
    bench.clock.advance(hours(3))
    case = desk.fire(case, "start")
    bench.clock.advance(hours(3))
    longer, fresh = attrs.evolve(STAY, after=days(4)), Deadline("doing", "doing", days(1))
    adopted = bench.app(changed(deadlines=(longer, fresh))).desk(ANA).adopt(case)

    assert {"stay": NOW + days(4), "doing": NOW + hours(27)} == dict(adopted.dues)
    assert [("doing",), ("stay",)] == bench.ask("select name from casework_timer order by name")


def test_a_deadline_that_is_no_more_drops_its_timer_and_one_that_is_over_rings_at_once(bench: Bench) -> None:
    case = bench.app(changed(deadlines=(STAY,))).desk(ANA).open("errand")
    bench.clock.advance(hours(3))
    short = Deadline("soon", "new", hours(1), trigger="start")
    app = bench.app(changed(deadlines=(short,)))
    app.desk(ANA).adopt(case)

    assert [("soon",)] == bench.ask("select name from casework_timer")
    assert 1 == app.run_due().fired
    assert "doing" == app.desk(ANA).get(case.id).state


def test_a_deadline_that_has_rung_rings_again_where_it_fires_something_now(bench: Bench) -> None:
    app = bench.app(changed(deadlines=(STAY,)))
    case = app.desk(ANA).open("errand")
    bench.clock.advance(days(3))
    assert 1 == app.run_due().fired
    app = bench.app(changed(deadlines=(attrs.evolve(STAY, trigger="start", during=("new",)),)))
    app.desk(ANA).adopt(case.id)

    assert 1 == app.run_due().fired
    assert "doing" == app.desk(ANA).get(case.id).state


def test_time_counts_from_the_marks_that_only_the_log_has(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    bench.clock.advance(hours(1))
    late = Transition("late", "new", "doing", automatic=True, condition=elapsed_since("new") >= hours(3))
    app = bench.app(kind(late))
    app.desk(ANA).adopt(case)
    bench.clock.advance(hours(2))

    assert 1 == app.run_due().fired
    assert "doing" == app.desk(ANA).get(case.id).state


def approving(**more: Any) -> CaseType:
    approve = act(trigger="approve", form=(), four_eyes="write")
    return kind(act(Set("remark", "w"), trigger="write", form=()), approve, **more)


def test_four_eyes_of_the_new_manifest_know_who_did_it_before(bench: Bench) -> None:
    desk = bench.app(kind(act(Set("remark", "w"), trigger="write", form=()))).desk(ANA)
    case, other = (desk.fire(desk.open("errand"), "write") for _ in range(2))
    desk.amend(other, remark="another")
    app = bench.app(approving())
    ana, ben = app.desk(ANA), app.desk(Actor("ben", roles={"clerk"}))
    ana.adopt(case.id)
    changed = ana.adopt(other.id)

    assert "unmet" == refused(app, lambda: ana.fire(case.id, "approve")).code
    assert refused(app, lambda: ben.fire(changed, "approve")).unmet[0].unknown
    assert 4 == ben.fire(case.id, "approve").revision

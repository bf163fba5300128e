"""Somebody from the station comes each week; a week in which nobody came is counted, and stays visible."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

WEEK = timedelta(days=7)


def counters(town: Any, case: Any) -> tuple[Any, ...]:
    data = town.desk("li").get(case.id).data
    return tuple(data[f"referral.{name}"] for name in ("visits_made", "visits_missed", "missed_in_a_row"))


def listed(town: Any, name: str) -> list[str]:
    return [case.id for case in town.desk("wu").worklist("rescue", f"referral.{name}").cases]


def later(town: Any, by: timedelta) -> None:
    town.clock.advance(by)
    town.app.run_due()


def test_a_visit_is_due_before_the_week_is_over(town: Any) -> None:
    case = town.admitted()
    assert [] == listed(town, "visits_due")

    later(town, timedelta(days=5))

    assert ([case.id], []) == (listed(town, "visits_due"), listed(town, "visits_missed"))


def test_each_week_that_nobody_came_is_one_entry_and_counts(town: Any) -> None:
    case = town.admitted()
    for _ in range(3):
        later(town, WEEK)

    missed = [entry for entry in town.desk("li").history(case.id) if entry.trigger == "referral.miss_visit"]
    assert ((0, 3, 3), 3) == (counters(town, case), len(missed))
    assert {"system"} == {entry.actor for entry in missed}
    assert [case.id] == listed(town, "visits_missed")


def test_a_visit_begins_a_new_week_and_takes_the_case_off_the_list(town: Any) -> None:
    case = town.admitted()
    later(town, WEEK)
    town.clock.advance(timedelta(days=2))
    case = town.fire("wu", case, "referral.visit", **town.visit)

    assert ((1, 1, 0), []) == (counters(town, case), listed(town, "visits_missed"))
    assert town.clock.now() + WEEK == case.dues["referral.visit"]


def test_weeks_in_which_no_timer_ran_are_counted_all_the_same(town: Any) -> None:
    case = town.admitted()
    later(town, 3 * WEEK + timedelta(days=1))

    assert (0, 3, 3) == counters(town, case)


def test_the_plan_of_discharge_does_not_excuse_a_visit(town: Any) -> None:
    case = town.admitted()
    town.clock.advance(timedelta(days=6))
    town.fire("sun", case, "referral.plan_discharge", **town.plan)
    later(town, timedelta(days=1))

    assert (0, 1, 1) == counters(town, case)


def test_nobody_fires_a_missed_visit_by_hand(town: Any) -> None:
    assert "not-permitted" == town.no("he", town.admitted(), "referral.miss_visit").code


def test_after_the_discharge_no_visit_is_missed(town: Any) -> None:
    case = town.admitted()
    town.fire("sun", case, "referral.discharge", **town.paper)
    later(town, 2 * WEEK)

    assert (0, 0, 0) == counters(town, case)


def test_what_is_heard_at_the_bedside_reaches_whoever_traces(town: Any) -> None:
    case = town.admitted()
    town.fire("li", case, "referral.visit", **town.visit, clue="speaks as they do in Yunmeng")
    heard = town.desk("wu").get(case.id).data["clue"]
    town.fire("li", case, "referral.visit", **town.visit)
    kept = town.desk("wu").get(case.id).data["clue"]
    town.fire("sun", case, "referral.tell_clue", clue="calls a child Xiaoming")

    assert "speaks as they do in Yunmeng" == heard == kept
    assert "calls a child Xiaoming" == town.desk("wu").get(case.id).data["clue"]
    assert "unidentified" == town.states(case)["tracing"]


def test_the_nurse_of_the_ward_does_not_visit_for_the_station(town: Any) -> None:
    assert "not-permitted" == town.no("sun", town.admitted(), "referral.visit", **town.visit).code

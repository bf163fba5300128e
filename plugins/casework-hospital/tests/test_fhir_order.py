"""Messages that arrive in another order than they were written do not make what is newer undone."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from casework_hospital.fhir import Meaning, Outcome, apply, retry

from casework import Actor

DAY = date(2026, 3, 20)
STOPPED = "aspirin stopped, warfarin"


def plan(case: Any, version: int, medication: str, source: str = "Task/1") -> Meaning:
    """The ward's plan, as a version of one of its messages tells it."""
    form = {"planned_for": DAY, "needs": "a stick", "medication": medication}
    return Meaning(case=case.id, round=1, trigger="plan_discharge", source=source, version=version, form=form)


def answer(case: Any, version: int, trigger: str, source: str = "Task/1", **form: str) -> Meaning:
    return Meaning(case=case.id, round=1, trigger=trigger, source=source, version=version, form=form)


def told(outcome: Outcome) -> tuple[str, str]:
    return outcome.result, outcome.code


def medication(town: Any, case: Any) -> object:
    return town.desk("he").get(case.id).data.get("referral.medication")


@pytest.mark.parametrize("second", ["gateway", "sun"])
def test_an_older_version_does_not_replace_a_newer_plan(town: Any, second: str) -> None:
    case = town.admitted()
    newer = apply(town.desk("gateway"), plan(case, 2, STOPPED))
    older = apply(town.desk(second), plan(case, 1, "aspirin"))

    assert [("done", ""), ("parked", "outdated")] == [told(newer), told(older)]
    assert STOPPED == medication(town, case)
    assert "aspirin" in town.desk("liaison").get(older.parked).data["form"]


@pytest.mark.parametrize("second", ["gateway", "sun"])
@pytest.mark.parametrize("version", [1, 2])
def test_a_plan_that_was_cancelled_is_not_planned_anew_by_what_was_heard_before(
    town: Any, second: str, version: int
) -> None:
    case = town.admitted()
    apply(town.desk("gateway"), plan(case, 1, "aspirin"))
    apply(town.desk("gateway"), plan(case, 2, "warfarin"))
    town.fire("sun", case, "referral.cancel_plan")
    again = apply(town.desk(second), plan(case, version, {1: "aspirin", 2: "warfarin"}[version]))

    assert again.result in ("already", "parked")
    assert ("admitted", None) == (town.states(case)["referral"], medication(town, case))


def test_a_newer_version_changes_the_plan_and_plans_anew_what_was_cancelled(town: Any) -> None:
    case, desk = town.admitted(), town.desk("gateway")
    results = [apply(desk, plan(case, version, f"dose {version}")).result for version in (1, 3)]
    town.fire("sun", case, "referral.cancel_plan")
    results.append(apply(town.desk("sun"), plan(case, 4, "dose 4")).result)

    assert (["done"] * 3, "dose 4") == (results, medication(town, case))


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_in_whatever_order_three_versions_arrive_the_newest_stands(town: Any, order: tuple[int, ...]) -> None:
    """The third says the same as the first; the second, in between, is older than it all the same."""
    case, says = town.admitted(), {1: "aspirin", 2: "nothing", 3: "aspirin"}
    for turn, version in enumerate(order):
        apply(town.desk(("gateway", "sun", "liaison")[turn]), plan(case, version, says[version]))

    assert "aspirin" == medication(town, case)


def test_which_of_two_messages_is_newer_nobody_guesses(town: Any) -> None:
    """Versions are counted by each message for itself."""
    case = town.admitted()
    apply(town.desk("gateway"), plan(case, 2, STOPPED))
    other = apply(town.desk("sun"), plan(case, 9, "aspirin", source="Task/of-another-system"))

    assert (("parked", "order-unknown"), STOPPED) == (told(other), medication(town, case))


def test_what_a_nurse_entered_by_hand_is_changed_by_no_message(town: Any) -> None:
    case = town.admitted()
    apply(town.desk("gateway"), plan(case, 1, "aspirin"))
    town.fire("sun", case, "referral.plan_discharge", planned_for=DAY, needs="a stick", medication=STOPPED)
    late = apply(town.desk("gateway"), plan(case, 2, "aspirin, more of it"))

    assert (("parked", "order-unknown"), STOPPED) == (told(late), medication(town, case))


def test_a_nurse_who_enters_a_message_by_hand_says_which_and_the_next_follows_it(town: Any) -> None:
    case = town.admitted()
    form = dict(plan(case, 2, STOPPED).form)
    town.fire("sun", case, "referral.plan_discharge", **form, told_by="Task/1", told_version=2)
    older, newer = (apply(town.desk("gateway"), plan(case, n, f"dose {n}")) for n in (1, 3))

    assert [("parked", "outdated"), ("done", "")] == [told(older), told(newer)]
    assert "dose 3" == medication(town, case)


def test_a_plan_by_hand_makes_nobody_forget_what_was_heard_before(town: Any) -> None:
    case = town.admitted()
    apply(town.desk("gateway"), plan(case, 1, "aspirin"))
    town.fire("sun", case, "referral.plan_discharge", **town.plan)
    town.fire("sun", case, "referral.cancel_plan")
    again = apply(town.desk("liaison"), plan(case, 1, "aspirin"))

    assert (("parked", "outdated"), "admitted") == (told(again), town.states(case)["referral"])


def test_a_plan_that_comes_after_the_discharge_is_parked(town: Any) -> None:
    case = town.admitted()
    town.fire("sun", case, "referral.discharge", **town.paper)
    late = apply(town.desk("gateway"), plan(case, 4, "warfarin for life"))

    assert ("parked", "not-found") == told(late)


def test_an_older_rejection_does_not_take_a_newer_acceptance_back(town: Any) -> None:
    case, desk = town.requested(), town.desk("gateway")
    told_in_turn = [told(apply(desk, answer(case, 3, "accept")))]
    told_in_turn.append(told(apply(town.desk("sun"), answer(case, 9, "accept"))))
    told_in_turn.append(told(apply(desk, answer(case, 2, "reject", rejection="no_bed"))))
    told_in_turn.append(told(apply(desk, answer(case, 5, "reject", rejection="no_bed"))))

    assert [("done", ""), ("done", ""), ("parked", "outdated"), ("parked", "outdated")] == told_in_turn
    assert ("accepted", 1) == (town.states(case)["referral"], town.free())


def test_a_newer_rejection_takes_the_acceptance_back(town: Any) -> None:
    case = town.requested()
    apply(town.desk("gateway"), answer(case, 2, "accept"))
    taken = apply(town.desk("sun"), answer(case, 3, "reject", rejection="no_bed"))

    assert (("done", ""), "rejected", 2) == (told(taken), town.states(case)["referral"], town.free())


def test_a_rejection_by_message_does_not_take_back_what_a_nurse_accepted(town: Any) -> None:
    case = town.accepted()
    late = apply(town.desk("gateway"), answer(case, 1, "reject", rejection="no_bed"))

    assert (("parked", "order-unknown"), "accepted") == (told(late), town.states(case)["referral"])


def test_nobody_accepts_twice_by_hand(town: Any) -> None:
    assert "unmet" == town.no("sun", town.accepted(), "referral.accept").code


def test_what_was_heard_of_one_request_says_nothing_of_the_next(town: Any) -> None:
    case = town.requested()
    apply(town.desk("gateway"), answer(case, 9, "reject", rejection="no_bed"))
    town.fire("li", case, "referral.request", **town.ask)
    anew = Meaning(case=case.id, round=2, trigger="accept", source="Task/1", version=1)

    assert "done" == apply(town.desk("gateway"), anew).result


def test_text_written_in_two_ways_is_one_text(town: Any) -> None:
    case = town.admitted()
    apply(town.desk("gateway"), plan(case, 1, "caf\u00e9"))

    assert "already" == apply(town.desk("sun"), plan(case, 1, "cafe\u0301")).result


def test_a_parked_message_that_is_outdated_stays_so(town: Any) -> None:
    case = town.admitted()
    apply(town.desk("gateway"), plan(case, 2, STOPPED))
    older = apply(town.desk("gateway"), plan(case, 1, "aspirin"))
    refusal = town.refused(lambda: retry(town.desk("liaison"), older.parked))

    assert ("unmet", STOPPED) == (refusal.code, medication(town, case))


def test_the_message_that_told_the_plan_is_open_and_tells_nothing_of_it(town: Any) -> None:
    case = town.admitted()
    apply(town.desk("gateway"), plan(case, 2, STOPPED))
    seen = town.app.desk(Actor("auditor", roles={"auditor"})).get(case.id).data

    assert ("Task/1", 2, False) == tuple(seen[f"referral.plan_{name}"] for name in ("source", "version", "by_hand"))

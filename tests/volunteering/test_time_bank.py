"""The time bank: nothing appears or vanishes, nothing is posted without two words, nobody spends what is not there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from volunteering.community import ANN, BEN, CLARA, UNIT, Community, code

from casework import Case
from casework.testing import assert_inv
from casework.volunteering import Rules, sign_up
from casework.volunteering.yearly import every

_MINUTES = st.integers(0, 120)
_WEEK = timedelta(days=7)


def totals(community: Community) -> Counter[str]:
    """What each account of the time bank holds, told from the postings of every case; holds are not posted yet."""
    found: Counter[str] = Counter()
    for kind in ("service", "volunteer"):
        for case in every(community.coordinator, kind):
            for entry in community.coordinator.history(case):
                for debit, credit, commodity, amount in entry.postings:
                    if commodity == "minute":
                        found[debit.rstrip("|")] -= amount
                        found[credit.rstrip("|")] += amount
    return found


def ask(community: Community, number: str, minutes: int, need: str = "ordinary") -> Case:
    """A verified request for help of the person with that number."""
    case = community.coordinator.open(
        "help_request", unit=UNIT, subjects={"volunteer": number}, what="陪同就医", minutes=minutes, asker_is=number
    )
    return community.coordinator.fire(case, "verify", need=need)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    said=st.lists(st.tuples(_MINUTES, _MINUTES, st.none() | st.integers(0, 150)), min_size=1, max_size=4),
    cap=st.integers(1, 300),
)
def test_what_is_posted_is_what_was_agreed_and_decided(said: list[tuple[int, int, int | None]], cap: int) -> None:
    community = Community(rules=Rules(cap=cap))
    file = community.file(ANN)
    task = community.task(len(said), planned_minutes=120)
    expected = 0
    for certified, confirmed, granted in said:
        case = community.done(file, task)
        case = community.settled(case, certified, confirmed)
        agreed = min(certified, confirmed)
        contested = max(certified, confirmed) - agreed
        expected += agreed
        if contested > 15 and granted is not None:
            form = {"granted_minutes": granted, "decision": "核对"}
            refused = code(lambda c=case, f=form: community.arbiter.fire(c.id, "decide", f))  # type: ignore[misc]
            assert ("" if granted <= contested else "unmet") == refused
            expected += granted if granted <= contested else 0
    found = totals(community)

    assert 0 == sum(found.values())
    assert expected == -found["issued"]
    assert {f"time_bank|{ANN}": min(cap, expected), "donated": max(0, expected - cap)} == {
        name: found[name] for name in (f"time_bank|{ANN}", "donated")
    }
    assert_inv(community.app)
    community.app.dispose()


def test_what_lies_above_the_cap_goes_to_the_donated_minutes_to_the_minute() -> None:
    community = Community(rules=Rules(cap=100))
    file = community.file(ANN)
    community.earned(file, 70)
    community.earned(file, 70)

    assert {"issued": -140, f"time_bank|{ANN}": 100, "donated": 40} == dict(totals(community))


def test_minutes_are_one_account_in_every_case_about_that_person() -> None:
    community = Community()
    community.earned(community.file(ANN), 60)
    desk = community.coordinator

    assert "limit-reached" == code(lambda: desk.fire(ask(community, ANN, 61), "match", helper_is=BEN))
    assert "limit-reached" == code(lambda: desk.fire(ask(community, CLARA, 1), "match", helper_is=BEN))
    assert "" == code(lambda: desk.fire(ask(community, ANN, 60), "match", helper_is=BEN))
    assert "limit-reached" == code(lambda: desk.fire(ask(community, ANN, 1), "match", helper_is=BEN))


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        (["begin", "report", "accept"], 0),
        (["begin", "report", "clock"], 0),
        (["begin", "report", "deny"], 60),
        (["release"], 60),
        (["withdraw"], 60),
    ],
)
def test_reserved_minutes_are_paid_or_given_back(steps: list[str], left: int) -> None:
    community = Community()
    community.earned(community.file(ANN), 60)
    case = community.coordinator.fire(ask(community, ANN, 60), "match", helper_is=BEN)
    who = {"accept": ANN, "deny": ANN, "withdraw": ANN}
    for step in steps:
        if step == "clock":
            community.wait(_WEEK)
            continue
        form = {"reason": "约定有变"} if step in ("deny", "release", "withdraw") else {}
        community.person(who.get(step, BEN)).fire(case.id, step, form)
    asked = ask(community, ANN, left + 1)

    assert "limit-reached" == code(lambda: community.coordinator.fire(asked, "match", helper_is=BEN))
    if left:
        again = ask(community, ANN, left)
        assert "" == code(lambda: community.coordinator.fire(again, "match", helper_is=BEN))
    assert_inv(community.app)


def test_who_helped_does_not_accept_for_who_was_helped() -> None:
    community = Community()
    case = community.coordinator.fire(ask(community, ANN, 30, "urgent"), "match_in_need", helper_is=BEN)
    for step in ("begin", "report"):
        community.person(BEN).fire(case.id, step)

    assert "not-permitted" == code(lambda: community.person(BEN).fire(case.id, "accept"))
    assert "helped" == community.person(ANN).fire(case.id, "accept").state


def test_nobody_serves_or_asks_on_the_account_of_another() -> None:
    community = Community()
    file, task = community.file(ANN), community.task()
    desk = community.coordinator
    for_ben = {"what": "代购", "minutes": 30, "asker_is": BEN}
    request = desk.open("help_request", for_ben, unit=UNIT, subjects={"volunteer": ANN})
    service = sign_up(desk, task, file)
    forged = {name: service.data[name] for name in service.data} | {"volunteer": BEN}
    service = desk.open("service", forged, unit=UNIT, subjects=dict(service.subjects))

    assert "unmet" == code(lambda: desk.fire(request.id, "verify", need="urgent"))
    assert "unmet" == code(lambda: desk.fire(service.id, "place"))


def test_minutes_are_given_away_by_their_owner_alone() -> None:
    community = Community()
    file = community.file(ANN)
    community.earned(file, 60)

    assert "not-permitted" == code(lambda: community.coordinator.fire(file.id, "donate", minutes=10))
    assert "limit-reached" == code(lambda: community.person(ANN).fire(file.id, "donate", minutes=61))
    community.person(ANN).fire(file.id, "donate", minutes=60)
    asked = ask(community, CLARA, 60)
    assert "" == code(lambda: community.coordinator.fire(asked, "match_from_donated", helper_is=BEN))

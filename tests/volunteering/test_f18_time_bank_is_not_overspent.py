"""F18: five hundred requests at once spend a hundred minutes: a hundred are matched, and nothing is left."""

from __future__ import annotations

from collections import Counter

from faults.town import at_once, insistent
from oracle import balances
from stores import fresh
from volunteering.community import ANN, BEN, COORDINATOR, UNIT, Community

from casework import Desk
from casework.testing import assert_inv

THREADS, EACH = 20, 25


def _asked(desk: Desk) -> list[str]:
    found = []
    for _ in range(THREADS * EACH):
        told = {"what": "代购", "minutes": 1, "asker_is": ANN}
        case = desk.open("help_request", unit=UNIT, subjects={"volunteer": ANN}, **told)
        found.append(desk.fire(case, "verify", need="ordinary").id)
    return found


def test_f18_of_five_hundred_requests_for_a_hundred_minutes_a_hundred_are_matched() -> None:
    community = Community(fresh())
    community.earned(community.file(ANN), 100)
    cases = community.app.atomically(COORDINATOR, _asked)

    def spend(share: list[str]) -> Counter[str]:
        desk = community.app.desk(COORDINATOR)
        return Counter(insistent(lambda c=case: desk.fire(c, "match", helper_is=BEN)) for case in share)  # type: ignore[misc]

    told = sum(
        at_once([lambda n=n: spend(cases[n::THREADS]) for n in range(THREADS)]),  # type: ignore[misc]
        Counter[str](),
    )

    assert Counter({"": 100, "limit-reached": 400}) == told
    assert 0 == balances(community.app)[f"time_bank|{ANN}|"]
    assert_inv(community.app)
    community.app.dispose()

"""F18: five hundred people at once spend a balance of a hundred: a hundred succeed."""

from __future__ import annotations

from collections import Counter

from faults.town import CLERK, at_once, code, founded
from oracle import assert_inv, balances
from stores import fresh


def test_of_five_hundred_spends_of_a_hundred_a_hundred_succeed() -> None:
    app = founded(fresh(), beds=100)
    desk = app.desk(CLERK)
    purses = app.atomically(CLERK, lambda inner: [inner.open("house").id for _ in range(20)])

    def spend(n: int) -> Counter[str]:
        return Counter(code(lambda: desk.fire(purses[n], "spend")) for _ in range(25))

    told: Counter[str] = sum(at_once([lambda n=n: spend(n) for n in range(20)]), Counter())  # type: ignore[misc]

    assert Counter({"": 100, "limit-reached": 400}) == told
    assert {"free|anlu|": 0, "taken|anlu|": 100} == balances(app)
    assert_inv(app)
    app.dispose()

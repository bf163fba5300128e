"""F12: transactions that take the same cases in opposite order deadlock now and then; nobody gets to see it."""

from __future__ import annotations

from collections import Counter

from faults.town import CLERK, at_once, code, founded, guests
from oracle import assert_inv

from casework import Case, Casework

WRITERS = 6


def test_f12_two_cases_in_opposite_order_are_both_moved_every_time(long: bool) -> None:
    """Whoever was in the way goes again as a whole, and takes its locks in order then."""
    rounds = 1_000 if long else 3
    app = founded(beds=5)
    one, other = guests(app, 2)
    ways = [(one, other), (other, one)] * (WRITERS // 2)

    told = at_once([lambda way=way: _ticked(app, way, rounds) for way in ways])  # type: ignore[misc]

    assert Counter({"": WRITERS * rounds}) == sum(told, Counter())
    for case in (one, other):
        assert 1 + WRITERS * rounds == app.desk(CLERK).get(case.id).revision
    assert_inv(app)
    app.dispose()


def _ticked(app: Casework, way: tuple[Case, Case], rounds: int) -> Counter[str]:

    def both() -> None:
        app.atomically(CLERK, lambda inside: [inside.fire(case.id, "tick") for case in way])

    return Counter(code(both) for _ in range(rounds))

"""F16: whoever fires on what somebody else has changed meanwhile is refused; no change is lost."""

from __future__ import annotations

from collections import Counter

import pytest
from faults.town import CLERK, founded, guests, in_processes, ticks
from oracle import assert_inv
from stores import fresh

WAL = pytest.param(True, id="write-ahead log", marks=pytest.mark.sqlite("PostgreSQL always writes ahead"))


@pytest.mark.parametrize("wal", [pytest.param(False, id="by default"), WAL])
def test_of_conflicting_firings_as_many_succeed_as_there_are_revisions(wal: bool, long: bool) -> None:
    url, attempts = fresh(), 10_000 if long else 768
    app = founded(url, wal=wal)
    case = guests(app, 1)[0]

    told: Counter[str] = sum(in_processes(ticks, [(url, case.id, 8, attempts // 16, wal)] * 2), Counter())

    assert attempts == told.total()
    assert {"", "stale"} == set(told), "conflicts happened, and nothing else did"
    assert app.desk(CLERK).get(case.id).revision == 1 + told[""]
    assert_inv(app)
    app.dispose()

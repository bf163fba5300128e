"""F16: whoever fires on what somebody else has changed meanwhile is refused; no change is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from faults.town import CLERK, founded, guests, in_processes, ticks
from oracle import assert_inv


@pytest.mark.parametrize("wal", [False, True], ids=["rollback journal", "write-ahead log"])
def test_of_conflicting_firings_as_many_succeed_as_there_are_revisions(tmp_path: Path, wal: bool, long: bool) -> None:
    url, attempts = f"sqlite:///{tmp_path / 'town.db'}", 10_000 if long else 768
    app = founded(url, wal=wal)
    case = guests(app, 1)[0]

    told: Counter[str] = sum(in_processes(ticks, [(url, case.id, 8, attempts // 16, wal)] * 2), Counter())

    assert attempts == told.total()
    assert {"", "stale"} == set(told), "conflicts happened, and nothing else did"
    assert app.desk(CLERK).get(case.id).revision == 1 + told[""]
    assert_inv(app)
    app.dispose()

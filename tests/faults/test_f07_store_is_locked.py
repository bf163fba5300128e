"""F7: many processes write one file. Nothing is lost, and who waits too long gets an answer that can be retried."""

from __future__ import annotations

from collections import Counter

import pytest
from faults.town import CLERK, code, fires, founded, guests, in_processes
from oracle import assert_inv
from sqlalchemy import create_engine, text
from stores import fresh, on_sqlite

WAL = pytest.param(True, id="write-ahead log", marks=pytest.mark.sqlite("PostgreSQL always writes ahead"))


@pytest.mark.parametrize("wal", [pytest.param(False, id="by default"), WAL])
def test_eight_processes_on_one_file_lose_nothing(wal: bool, long: bool) -> None:
    url, each = fresh(), 300 if long else 40
    app = founded(url, wal=wal)

    told = in_processes(fires, [(url, f"process {n}", each, wal) for n in range(8)])

    receipts = [place for places, _ in told for place in places]
    refusals = sum((counts for _, counts in told), Counter())
    assert Counter({"": 8 * each}) == refusals
    assert 8 * (each + 1) == len(receipts)
    assert_inv(app, receipts, all_of_it=True)
    app.dispose()


def test_who_waits_in_vain_is_told_to_try_again() -> None:
    """A stranger keeps the write lock for longer than anybody waits."""
    url = fresh()
    app = founded(url, wal=True)
    case, house = guests(app, 1)[0], app.desk(CLERK).open("house")
    stranger = create_engine(url, connect_args={"isolation_level": None} if on_sqlite() else {})

    with stranger.connect() as connection:
        if on_sqlite():
            connection.execute(text("BEGIN IMMEDIATE"))
        else:
            connection.execute(text("LOCK TABLE casework_case IN EXCLUSIVE MODE"))
        said = code(lambda: app.desk(CLERK).fire(case, "tick"))
        assert 1 == app.desk(CLERK).get(house.id).revision, "reading goes on"
        shown = code(lambda: app.desk(CLERK).get(case.id))
        connection.execute(text("ROLLBACK"))

    assert "store-unavailable" == said
    assert ("store-unavailable" if on_sqlite() else "") == shown, "what is personal is shown once that is written down"
    assert 2 == app.desk(CLERK).fire(case, "tick").revision
    assert_inv(app)
    stranger.dispose()
    app.dispose()

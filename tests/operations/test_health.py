"""Whether people can be sent here: asked often, answered soon, and never by an exception."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from shelter import LI, START, shelter, told
from sqlalchemy import text
from stores import fresh

from casework import Casework, FrozenClock

pytestmark = pytest.mark.both


def test_a_store_that_answers_and_fits_is_ready() -> None:
    app = shelter()
    found = app.health()

    assert (True, True, ()) == (found.ready, found.alive, found.codes)
    assert 0 < found.seconds < 5
    app.dispose()


def test_a_store_of_another_version_is_not_ready() -> None:
    app = shelter()
    with app._engine.store.engine.begin() as connection:
        connection.execute(text("UPDATE casework_version SET version_num = '9999'"))
    found = app.health()

    assert (False, True, ("store-mismatch",)) == (found.ready, found.alive, found.codes)
    app.dispose()


def test_a_store_without_tables_is_not_ready() -> None:
    app = Casework(fresh())

    assert (False, ("store-mismatch",)) == (app.health().ready, app.health().codes)
    app.dispose()


def test_workers_that_are_away_are_told_and_people_are_served_all_the_same() -> None:
    clock = FrozenClock(START)
    app = shelter(clock=clock)
    told(app.desk(LI))
    clock.advance(timedelta(hours=24, minutes=40))
    found = app.health()

    assert (True, ("worker-late",), timedelta(minutes=40)) == (found.ready, found.codes, found.late)
    assert "40" in found.why[0].en and "40" in found.why[0].zh
    app.run_due()
    assert () == app.health().codes
    app.dispose()


@pytest.mark.postgres
def test_a_server_that_is_away_is_told_within_its_bound() -> None:
    app = Casework("postgresql://nobody@127.0.0.1:1/nowhere")
    found = app.health()

    assert (False, True, ("store-unavailable",)) == (found.ready, found.alive, found.codes)
    assert found.seconds < 6
    app.dispose()


@pytest.mark.sqlite("a file can be away")
def test_a_file_that_is_away_is_told(tmp_path: Path) -> None:
    app = Casework(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")

    assert (False, True, ("store-unavailable",)) == (app.health().ready, app.health().alive, app.health().codes)

"""What has lost its counterpart is found: each kind is planted past the application, and counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from effects.parcel import ANA, Sink, app_on, clock_of, post
from effects.parcel import told as parcels
from outside import outside
from shelter import LI, erased, left, shelter
from stores import fresh

from casework import Casework
from casework.cli.checks import checks_of
from casework.jobs.procrastinate import Procrastinate
from casework.keys import KeyMemory
from casework.storage.diagnosis import Stray


def strays(app: Casework) -> Stray:
    """What was found."""
    return app.diagnose().stray


def names(app: Casework) -> list[tuple[str, str]]:
    """The checks that tell of it, each in both languages."""
    checks = [check for check in checks_of(app.diagnose(), app._engine.clock.now()) if check.text.en and check.text.zh]
    return [(check.name, check.level) for check in checks if check.name in ("keys", "tombstones", "jobs")]


@pytest.fixture
def url() -> str:
    """A store."""
    return fresh()


@pytest.fixture
def sealed(url: str) -> Iterator[Casework]:
    """A shelter with keys: one person is erased, one has left, and one meets another."""
    app = shelter(url, keys=KeyMemory())
    gone, _ = left(app.desk(LI)), left(app.desk(LI))
    app.desk(LI).open("meeting", {"about": "rent"}, subjects={"host": "p1", "visitor": "p2"})
    erased(app, gone.subjects["person"])
    yield app
    app.dispose()


@pytest.mark.both
def test_a_store_that_lives_has_nothing_stray(sealed: Casework) -> None:
    assert (Stray(), []) == (strays(sealed), names(sealed))


@pytest.mark.both
def test_a_key_of_nobody_is_found(sealed: Casework, url: str) -> None:
    with outside(url) as store:
        key = "INSERT INTO casework_key (tenant, subject, made_at) VALUES (?, ?, 1)"
        for subject in ("somebody", "p2", "case:1", "store:"):
            if not store.ask("SELECT 1 FROM casework_key WHERE tenant = ? AND subject = ?", "main", subject):
                store.do(key, "main", subject)
        store.do(key, "elsewhere", "p2")

    assert (2, [("keys", "note")]) == (strays(sealed).unowned, names(sealed))


@pytest.mark.both
def test_a_key_that_outlived_an_erasure_is_a_problem(sealed: Casework, url: str) -> None:
    with outside(url) as store:
        assert 1 == store.do("UPDATE casework_key SET destroyed_at = NULL WHERE destroyed_at IS NOT NULL")

    assert (1, 0) == (strays(sealed).living, strays(sealed).unmarked)
    assert [("tombstones", "problem")] == names(sealed)


@pytest.mark.both
def test_an_erasure_without_a_tombstone_is_noted(sealed: Casework, url: str) -> None:
    with outside(url) as store:
        assert 1 == store.do("DELETE FROM casework_key WHERE destroyed_at IS NOT NULL")

    assert (0, 1) == (strays(sealed).living, strays(sealed).unmarked)
    assert [("tombstones", "note")] == names(sealed)


@pytest.mark.both
def test_where_nobody_has_keys_no_tombstone_is_missed(url: str) -> None:
    app = shelter(url)
    erased(app, left(app.desk(LI)).subjects["person"])

    assert (Stray(), []) == (strays(app), names(app))
    app.dispose()


@pytest.mark.both
def test_where_a_definition_cannot_be_read_nobody_is_called_unowned(sealed: Casework, url: str) -> None:
    with outside(url) as store:
        store.do("UPDATE casework_manifest SET document = '{}' WHERE case_type = 'meeting'")
    again = shelter(url, keys=KeyMemory(), case_types=[], parts=[])

    assert strays(again).unowned is None
    again.dispose()


@pytest.mark.postgres
def test_work_without_a_job_and_jobs_without_work_are_found(url: str) -> None:
    app = app_on(post(Sink()), url=url, runner=Procrastinate())
    without = app_on(post(Sink()), url=url, clock=clock_of(app))
    first, second, _ = parcels(app, 3)
    app.desk(ANA).open("parcel")
    assert Stray() == strays(app)

    clock_of(app).advance(timedelta(minutes=5))
    assert Stray() == strays(app), "they are late, and they have their jobs"
    with outside(url) as store:
        store.do("DELETE FROM procrastinate_jobs WHERE args ->> 'case_id' = ?", first.id)
        store.do("UPDATE casework_message SET state = 'dead' WHERE case_id = ?", second.id)
    assert (Stray(unwoken=1, idle=1), Stray(idle=1)) == (strays(app), strays(without))
    assert [("jobs", "note")] * 2 == names(app)

    clock_of(app).advance(timedelta(hours=1))
    assert 1 + 4 == strays(app).unwoken, "timers too"
    app.tend()
    assert 0 == strays(app).unwoken
    app.dispose()
    without.dispose()

"""F33, F48: machines whose clocks differ go by the clock of the database, for due times, leases and the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest
from effects.parcel import ANA, HOUR, Sink, app_on, post, told
from oracle import assert_inv
from sqlalchemy import create_engine
from stores import fresh

from casework import Casework, FrozenClock, Message, SystemClock

pytestmark = pytest.mark.postgres
BEHIND, AHEAD = timedelta(minutes=-10), timedelta(minutes=10)
Machine = Callable[..., Casework]


class Wrong:
    """The clock of a machine that nobody has set right."""

    def __init__(self, by: timedelta) -> None:
        self.by = by

    def now(self) -> datetime:
        return SystemClock().now() + self.by


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """An app as it would be on a machine whose clock is wrong by so much."""

    def made(url: str, clock: Wrong, deliver: Callable[[Message, str], None] | None = None, **more: object) -> Casework:
        with monkeypatch.context() as patch:
            patch.setattr("casework.app.SystemClock", lambda: clock)
            return app_on(post(deliver or Sink(), **more), url=url, clock=None)

    return made


def server_says(url: str) -> datetime:
    with psycopg.connect(url, autocommit=True) as connection:
        ((now,),) = connection.execute("SELECT clock_timestamp()").fetchall()
    assert isinstance(now, datetime)
    return now


def test_f48_whoever_fires_writes_the_time_of_the_database(machine: Machine) -> None:
    """An hour later too, when the machine's clock has jumped."""
    url = fresh()
    for by in (BEHIND, AHEAD):
        clock = Wrong(by)
        app = machine(url, clock)
        desk, before = app.desk(ANA), server_says(url)
        case = desk.open("parcel")
        clock.by += timedelta(days=400)
        desk.fire(case, "lend")
        doubt = app.diagnose().uncertainty
        after = server_says(url)

        assert doubt is not None and doubt < timedelta(seconds=1)
        written = [entry.at for entry in desk.history(case.id)]
        assert before - doubt <= written[0] <= written[1] <= after + doubt
        app.dispose()


def test_f48_a_host_that_lends_its_connection_goes_by_the_database_too(machine: Machine) -> None:
    url = fresh()
    machine(url, Wrong(BEHIND)).dispose()
    app, host = machine(url, Wrong(AHEAD)), create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    app.dispose()
    with host.begin() as connection, app.begin(ANA, connection=connection) as desk:
        opened = desk.open("parcel").opened_at

    assert abs(opened - server_says(url)) < timedelta(seconds=5)
    host.dispose()
    app.dispose()


def test_f48_a_due_time_fires_once_and_not_before_it_has_come(machine: Machine) -> None:
    url = fresh()
    ahead, behind = machine(url, Wrong(AHEAD)), machine(url, Wrong(BEHIND))
    past = app_on(post(Sink()), url=url, clock=FrozenClock(server_says(url) - HOUR + timedelta(seconds=2)))
    case = past.desk(ANA).open("parcel")
    early = [app.run_due().fired for app in (ahead, behind)]
    time.sleep(max(0.0, (case.dues["pick_up"] - server_says(url)).total_seconds()) + 0.1)

    assert [[0, 0], 1, 0] == [early, behind.run_due().fired, ahead.run_due().fired]
    fired = behind.desk(ANA).history(case.id)[1].at
    assert case.dues["pick_up"] <= fired <= server_says(url) + timedelta(seconds=0.5)
    assert_inv(behind)
    for app in (past, ahead, behind):
        app.dispose()


def test_f33_a_lease_is_not_over_early_for_a_machine_that_is_ahead(machine: Machine) -> None:
    """The one that has it is ten minutes behind, and cannot be heard of while it delivers."""
    url, arrived = fresh(), Sink()
    begun, go_on = threading.Event(), threading.Event()

    def slowly(message: Message, key: str) -> None:
        begun.set()
        assert go_on.wait(30)
        arrived(message, key)

    behind, ahead = machine(url, Wrong(BEHIND), slowly), machine(url, Wrong(AHEAD), arrived)
    told(behind, 1)
    sent: list[int] = []
    thread = threading.Thread(target=lambda: sent.append(behind.send_waiting().sent))
    thread.start()
    assert begun.wait(30)
    meanwhile = ahead.send_waiting()
    go_on.set()
    thread.join()

    assert (0, 0) == (meanwhile.sent, meanwhile.failed)
    assert [1] == sent
    assert 1 == len(arrived.keys)
    assert [("sent", 1)] == [(row.state, row.attempts) for row in ahead.effects()]
    behind.dispose()
    ahead.dispose()


def test_f33_a_lease_of_a_machine_that_is_ahead_is_over_in_time_for_the_others(machine: Machine) -> None:
    """It vanishes while it delivers; nobody waits for its ten minutes."""
    url, gone, arrived = fresh(), Sink(KeyboardInterrupt), Sink()
    second = timedelta(seconds=1)
    ahead = machine(url, Wrong(AHEAD), gone, lease=second, pauses=[second / 10])
    behind = machine(url, Wrong(BEHIND), arrived, lease=second, pauses=[second / 10])
    (case,) = told(ahead, 1)
    gone.failing.add(case.id)
    with pytest.raises(KeyboardInterrupt):
        ahead.send_waiting()
    early = behind.send_waiting().sent
    time.sleep(1.2)

    assert [0, 1] == [early, behind.send_waiting().sent]
    assert 1 == len(arrived.keys)
    ahead.dispose()
    behind.dispose()


def test_f48_doctor_tells_how_exactly_the_time_is_known_and_that_the_machine_is_wrong(machine: Machine) -> None:
    app = machine(fresh(), Wrong(AHEAD))
    found = app.diagnose()
    (note,) = [item for item in found.amiss if item.code == "clock"]

    assert found.uncertainty is not None and found.uncertainty < timedelta(seconds=1)
    assert "note" == note.level
    assert "600 s" in note.text.en and "600" in note.text.zh
    app.dispose()

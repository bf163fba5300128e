"""F35, F37: whenever a worker is killed, every message arrives, under a key of its own, and none without an entry."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from effects.hand import LEASE, PAUSES, Crew, crew
from effects.parcel import ANA, FileSink, app_on, post
from oracle import assert_inv
from stores import fresh

from casework import Case, Casework, Desk, SystemClock
from casework.jobs.procrastinate import Procrastinate
from casework.storage.messages import MessageState

PATIENCE = 90.0
WAITING: MessageState = "waiting"


def owner(url: str, runner: str) -> Casework:
    """The app that fires; who delivers are other processes."""
    told = Procrastinate() if runner == "procrastinate" else None
    channel = post(lambda message, key: None, lease=LEASE, pauses=PAUSES)
    return app_on(channel, url=url, clock=SystemClock(), runner=told)


def until(true: Callable[[], bool], workers: Crew) -> None:
    """Wait, while whoever dies is replaced."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it takes too long"
        workers.replace()
        time.sleep(0.1)


class Load:
    """Somebody who goes on firing; every second firing or so is taken back."""

    def __init__(self, app: Casework, seed: int) -> None:
        self._desk, self._app, self._chance = app.desk(ANA), app, random.Random(seed)
        self.cases: list[Case] = [self._desk.open("parcel") for _ in range(5)]
        self.fired = 0
        self.resting, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Fire no more."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.01):
            with self.resting:
                self._fire(self._chance.randrange(len(self.cases)))

    def _fire(self, place: int) -> None:
        if self._chance.random() < 0.4:
            with pytest.raises(LookupError):
                self._app.atomically(ANA, lambda desk: self._taken_back(desk, self.cases[place]))
        else:
            self.cases[place] = self._desk.fire(self.cases[place], "tell")
            self.fired += 1

    @staticmethod
    def _taken_back(desk: Desk, case: Case) -> None:
        desk.fire(case, "tell")
        raise LookupError


def killed_under_load(tmp_path: Path, runner: str, kills: int) -> None:
    url, sink = fresh(), FileSink(tmp_path / "sink")
    app, chance = owner(url, runner), random.Random(7)
    with crew(url, sink.path, runner) as workers, Load(app, 7) as load:
        until(lambda: len(sink.keys) > 0, workers)
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 0.6))
            workers.kill(chance.randrange(len(workers.hands)))
            workers.replace()
            with load.resting:
                assert_inv(app)
        load.end()
        until(lambda: not app.effects(WAITING, limit=1), workers)

    made = {str(row.key) for row in app.effects(limit=1_000_000)}
    assert load.fired == len(made)
    assert {"sent"} == {row.state for row in app.effects(limit=1_000_000)}
    assert made == set(sink.keys), "none is lost, and none is without an entry"
    assert_inv(app)
    app.dispose()


@pytest.mark.both
def test_f35_f37_workers_are_killed_and_nothing_is_lost(tmp_path: Path, long: bool) -> None:
    killed_under_load(tmp_path, "", 300 if long else 5)


@pytest.mark.postgres
def test_f35_f37_workers_of_procrastinate_are_killed_and_nothing_is_lost(tmp_path: Path, long: bool) -> None:
    killed_under_load(tmp_path, "procrastinate", 300 if long else 5)


def poisoned(tmp_path: Path, runner: str, count: int) -> None:
    url, sink = fresh(), FileSink(tmp_path / "sink")
    app = owner(url, runner)
    desk = app.desk(ANA)
    poison = desk.open("parcel")
    Path(f"{sink.path}.poison").write_text(poison.id)
    desk.fire(poison, "tell")
    others = [desk.fire(desk.open("parcel"), "tell") for _ in range(count)]

    with crew(url, sink.path, runner) as workers:
        until(lambda: not app.effects(WAITING, limit=1), workers)

    assert [(poison.id, len(PAUSES) + 1)] == [(row.key.case_id, row.attempts) for row in app.effects("dead")]
    assert {other.id for other in others} == {key.split("/")[1] for key in sink.keys}
    assert workers.deaths >= len(PAUSES), "each attempt has ended a worker"
    app.dispose()


@pytest.mark.both
def test_f14_a_message_that_kills_its_workers_is_dead_and_the_others_arrive(tmp_path: Path, long: bool) -> None:
    poisoned(tmp_path, "", 1_000 if long else 50)


@pytest.mark.postgres
def test_f14_on_procrastinate_too(tmp_path: Path, long: bool) -> None:
    poisoned(tmp_path, "procrastinate", 1_000 if long else 50)

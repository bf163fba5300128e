"""F103: a migration is killed at any instant, resumed, and run twice at once; each case moves once, never half."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count as numbered
from multiprocessing.connection import Connection
from typing import Any

import pytest
from migrating.versions import ANA, NEW, NOW, OLD, QUICK, URGENT_FIRST
from outside import outside
from processes import forking
from stores import fresh

from casework import Casework, FrozenClock
from casework.desk import Desk


def application(url: str, *case_types: object) -> Casework:
    """An application of one version on the store."""
    return Casework(url, case_types=case_types, clock=FrozenClock(NOW), options=QUICK)  # type: ignore[arg-type]


def go_on(url: str, chunk: int, told: Connection, chunks: int) -> None:
    """Move what is left, and say after each chunk that it is done; in a process of its own.

    After so many *chunks* it waits to be killed: whoever does that may be late.
    """
    done = numbered(1)

    def progress(moved: int) -> None:
        told.send(moved)
        if next(done) == chunks:
            time.sleep(600)

    app = application(url, NEW)
    app.desk(ANA).migrate_all(URGENT_FIRST, chunk=chunk, progress=progress)
    app.dispose()


def behind(url: str, count: int) -> None:
    """Open *count* cases under the older version, two of three of them assessed."""
    app = application(url, OLD)
    app.create_tables()

    def opened(desk: Desk, numbers: range) -> None:
        for number in numbers:
            case = desk.open("visit", street=f"House {number}", urgent=number % 2 == 0, diagnosis="flu", level="lo")
            if number % 3:
                desk.fire(case, "assess")

    for start in range(0, count, 500):
        numbers = range(start, min(count, start + 500))
        app.atomically(ANA, lambda desk, numbers=numbers: opened(desk, numbers))  # type: ignore[misc]
    app.dispose()
    newer = application(url, NEW)
    newer.create_tables()
    newer.dispose()


@contextmanager
def mover(url: str, chunk: int, chunks: int = 0) -> Iterator[tuple[Any, Connection]]:
    """A process that moves what is left, and what it says."""
    ours, theirs = forking().Pipe(duplex=False)
    process = forking().Process(target=go_on, args=(url, chunk, theirs, chunks))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        ours.close()


def kill_after(url: str, chunk: int, chunks: int, pause: float) -> None:
    """Kill a mover *pause* seconds after it has told of that many chunks."""
    with mover(url, chunk, chunks + 3) as (process, told):
        for _ in range(chunks):
            told.recv()
        process.join(pause)


def by_revision(url: str) -> dict[tuple[int, int], int]:
    """How many cases have a revision and a number of entries."""
    with outside(url) as store:
        rows = store.ask(
            "select revision, entries, count(*) from"
            " (select c.revision, count(e.number) as entries from casework_case c"
            " join casework_entry e on e.tenant = c.tenant and e.case_id = c.id"
            " group by c.tenant, c.id, c.revision) as told group by revision, entries"
        )
    return {(revision, entries): count for revision, entries, count in rows}


def each_moved_once(url: str, count: int) -> None:
    """Every case is under the new version by one entry of its own, and the store is whole."""
    app = application(url, NEW)
    told = {item.manifest: (item.open, item.closed) for item in app.versions("visit")}
    fresh_ones = len(range(0, count, 3))

    assert {(0, 0), (count, 0)} == set(told.values())
    assert (count, 0) == told[app.manifests["visit"].hash]
    assert {(2, 2): fresh_ones, (3, 3): count - fresh_ones} == by_revision(url)
    assert () == app.verify().faults
    assert (0, ()) == (app.desk(ANA).migrate_all(URGENT_FIRST).moved, app.desk(ANA).migrate_all(URGENT_FIRST).refused)
    app.dispose()


def killed_and_resumed(count: int, kills: int, chunk: int, most: int) -> None:
    """Move *count* cases, killed *kills* times after at most *most* chunks."""
    url, chance = fresh(), random.Random(103)
    behind(url, count)
    for _ in range(kills):
        kill_after(url, chunk, chance.randint(1, most), chance.random() / 20)
    app = application(url, NEW)
    moved = app.desk(ANA).migrate_all(URGENT_FIRST, chunk=500).moved
    app.dispose()

    assert 0 < moved < count, "some were moved before the last run, and some by it"
    each_moved_once(url, count)


def test_a_migration_that_is_killed_and_resumed_moves_each_case_once() -> None:
    killed_and_resumed(200, kills=3, chunk=8, most=4)


@pytest.mark.long
def test_a_hundred_thousand_cases_killed_at_twenty_points_move_once() -> None:
    killed_and_resumed(100_000, kills=20, chunk=100, most=60)


def test_two_processes_at_once_move_each_case_once(long: bool) -> None:
    url, count = fresh(), 2_000 if long else 120
    behind(url, count)
    with mover(url, 7) as (first, _), mover(url, 11) as (second, _):
        first.join(120)
        second.join(120)

        assert (0, 0) == (first.exitcode, second.exitcode)

    each_moved_once(url, count)

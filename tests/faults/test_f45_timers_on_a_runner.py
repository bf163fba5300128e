"""F45, F46: worker processes of a runner fire each timer once, and none of a stay that has ended."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from effects.hand import crew
from effects.parcel import ANA, HOUR, FileSink, app_on, post
from faults.town import code
from oracle import assert_inv
from outside import outside
from stores import fresh

from casework import FrozenClock, SystemClock
from casework.jobs.procrastinate import Procrastinate

pytestmark = pytest.mark.postgres
PATIENCE = 300.0


def test_f45_f46_four_processes_fire_ten_thousand_timers_once(tmp_path: Path, long: bool) -> None:
    """Some leave while the workers are at it, and stay away; for others it was too late."""
    url, sink, count = fresh(), FileSink(tmp_path / "sink"), 10_000 if long else 200
    past = FrozenClock(SystemClock().now() - HOUR + timedelta(seconds=3))
    app = app_on(post(lambda message, key: None), url=url, clock=past, runner=Procrastinate())
    desk, chance = app.desk(ANA), random.Random(1)
    opened = [
        case.id
        for start in range(0, count, 500)
        for case in app.atomically(
            ANA, lambda desk, start=start: [desk.open("parcel") for _ in range(start, min(start + 500, count))]
        )
    ]
    with crew(url, sink.path, "procrastinate", size=4), outside(url) as sql:
        asked = chance.sample(opened, count // 10)
        lent = [case for case in asked if not code(lambda case=case: desk.fire(case, "lend"))]  # type: ignore[misc]
        end = time.monotonic() + (4 if long else 1) * PATIENCE
        while len(sink.keys) < count - len(lent) and time.monotonic() < end:
            # A server does so by itself every minute; else it takes a second to find the next of so many jobs.
            sql.do("ANALYZE procrastinate_jobs")
            time.sleep(0.5)
        time.sleep(1.5)

    print(f"\n{count:,} timers: {len(lent):,} cases left in time, {len(sink.keys):,} timers fired")
    kept = set(lent)
    assert [] == [case for case in lent if desk.get(case).state != "away"]
    assert {("open", "timer")} == {
        tuple(entry.kind for entry in desk.history(case)) for case in opened[:300] if case not in kept
    }
    assert sorted(set(opened) - kept) == sorted(key.split("/")[1] for key in sink.keys), "each once"
    assert_inv(app)
    app.dispose()

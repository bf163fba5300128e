"""F45, F46: worker processes of a runner fire each timer once, and none of a stay that has ended."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from effects.hand import crew
from effects.parcel import ANA, HOUR, FileSink, app_on, post
from oracle import assert_inv
from stores import fresh

from casework import FrozenClock, SystemClock
from casework.jobs.procrastinate import Procrastinate

pytestmark = pytest.mark.postgres
PATIENCE = 300.0


def test_f45_f46_three_processes_fire_ten_thousand_timers_once(tmp_path: Path, long: bool) -> None:
    """Some leave in time while the workers are at it; they stay."""
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
    with crew(url, sink.path, "procrastinate", size=3):
        lent = chance.sample(opened, count // 10)
        for case in lent:
            desk.fire(case, "lend")
        end = time.monotonic() + PATIENCE
        while len(sink.keys) < count - len(lent) and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(1.5)

    kept = set(lent)
    assert {"away"} == {desk.get(case).state for case in lent}
    assert {("open", "timer")} == {
        tuple(entry.kind for entry in desk.history(case)) for case in opened[:300] if case not in kept
    }
    assert sorted(set(opened) - kept) == sorted(key.split("/")[1] for key in sink.keys), "each once"
    assert_inv(app)
    app.dispose()

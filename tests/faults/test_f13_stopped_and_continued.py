"""F13, F39: a worker that is stopped in the middle of a delivery and goes on later has nothing more to say."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from effects.hand import LEASE, PAUSES, crew
from effects.parcel import ANA, FileSink, app_on, post
from stores import fresh

from casework import Casework, SystemClock

PATIENCE = 60.0


def row(app: Casework) -> tuple[str, int]:
    (found,) = app.effects()
    return found.state, found.attempts


@pytest.mark.both
def test_f13_f39_who_was_stopped_past_the_lease_reports_in_vain(tmp_path: Path) -> None:
    url, sink = fresh(), FileSink(tmp_path / "sink")
    app = app_on(post(sink, lease=LEASE, pauses=PAUSES), url=url, clock=SystemClock())
    desk = app.desk(ANA)
    case = desk.open("parcel")
    slow = Path(f"{sink.path}.slow")
    slow.write_text(case.id)
    with crew(url, sink.path, "", size=1) as workers:
        desk.fire(case, "tell")
        end = time.monotonic() + PATIENCE
        while ("waiting", 1) != row(app) and time.monotonic() < end:
            time.sleep(0.05)
        os.kill(workers.hands[0].pid, signal.SIGSTOP)
        slow.unlink()
        time.sleep(LEASE.total_seconds() + 0.2)

        assert 1 == app.send_waiting().sent
        told = app.effects()
        os.kill(workers.hands[0].pid, signal.SIGCONT)
        while len(sink.keys) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)

    assert told == app.effects(), "what the second reported stands"
    assert ("sent", 2) == row(app)
    assert 1 == len(set(sink.keys)), "a receiver that looks at keys has one message"
    app.dispose()

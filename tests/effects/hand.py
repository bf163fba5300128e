"""A worker as a process of its own, to be killed: ``python hand.py URL SINK RUNNER``.

What it delivers goes into the file SINK. A case whose id stands in SINK.poison ends the process while its message is
delivered; one whose id stands in SINK.slow keeps it busy for a while.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__)
LEASE = timedelta(seconds=1)
PAUSES = [timedelta(milliseconds=100)] * 3


def work(url: str, sink: str, runner: str) -> None:
    """Deliver until killed."""
    from effects.parcel import FileSink, parcel, post

    from casework import Casework, Message
    from casework.jobs.procrastinate import Procrastinate
    from casework.jobs.procrastinate import work as work_through
    from casework.jobs.procrastinate.worker import Pace

    deliver = FileSink(Path(sink))

    def delivered(message: Message, key: str) -> None:
        case = key.split("/")[1]
        if case in _named(f"{sink}.poison"):
            os._exit(1)
        if case in _named(f"{sink}.slow"):
            time.sleep(3)
        deliver(message, key)

    channel = post(delivered, lease=LEASE, pauses=PAUSES)
    told = Procrastinate() if runner == "procrastinate" else None
    app = Casework(url, case_types=[parcel("post")], parts=[channel], runner=told)
    if told is not None:
        pace = Pace(tend="* * * * * *", poll=0.2, heartbeat=0.3, silent=1.0, hung=60.0, again=0.2)
        work_through(app, url, concurrency=2, pace=pace)
        return
    while True:
        app.run_due(force=True)
        app.send_waiting()
        time.sleep(0.05)


def _named(path: str) -> str:
    file = Path(path)
    return file.read_text() if file.exists() else ""


class Crew:
    """Workers that are started again when they die."""

    def __init__(self, url: str, sink: Path, runner: str, size: int) -> None:
        self._words = (sys.executable, str(HERE), url, str(sink), runner)
        self._env = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
        self.hands = [self._start() for _ in range(size)]
        self.deaths = 0

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._words, env=self._env, stderr=subprocess.DEVNULL)

    def replace(self) -> None:
        """Start another one for each that has died."""
        for place, hand in enumerate(self.hands):
            if hand.poll() is not None:
                self.deaths += 1
                self.hands[place] = self._start()

    def kill(self, place: int) -> None:
        """Kill one, at whatever it is just now."""
        self.hands[place].kill()
        self.hands[place].wait()

    def end(self) -> None:
        """Kill all of them."""
        for place in range(len(self.hands)):
            self.kill(place)


@contextmanager
def crew(url: str, sink: Path, runner: str, size: int = 2) -> Iterator[Crew]:
    """So many workers, until left."""
    workers = Crew(url, sink, runner, size)
    try:
        yield workers
    finally:
        workers.end()


if __name__ == "__main__":
    work(*sys.argv[1:4])

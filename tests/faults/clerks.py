"""Clerks who go on working whatever is killed, and carriers who deliver what the clerks cause: processes to be killed.

A clerk fires, notes down what was acknowledged, and asks again under the same request id. A carrier hands messages to
a receiver that outlives everybody, and that writes down key and content of whatever arrives.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import attrs
from effects.parcel import parcel
from faults.town import CLERK, TYPES
from processes import forking

from casework import Case, Casework, Channel, Desk, Message, Refused, StoreUnavailable
from casework.jobs.procrastinate import Procrastinate, work
from casework.jobs.procrastinate.worker import Pace

# Tending more often than that is all that a worker does where the machine is slow.
PACE = Pace(tend="* * * * * */5", poll=0.2, heartbeat=0.3, silent=1.0, hung=60.0, again=0.2)
LEASE, PAUSES = timedelta(seconds=1), [timedelta(milliseconds=100)] * 30
PATIENCE = 180.0  # seconds, on a machine on which others work too
AGAIN = ("store-unavailable", "outcome-unknown")
STEPS = ("open", "tell", "admit", "tell", "tell", "step_out", "tell", "tell")
PAUSE = 0.05  # seconds between two firings: what there is has to be looked at after every kill


@attrs.frozen
class Receiver:
    """Writes a line for each message that arrives: its key, and what it says."""

    path: Path

    def __call__(self, message: Message, key: str) -> None:
        out = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(out, f"{key} {hashlib.sha256(repr(message).encode()).hexdigest()}\n".encode())
        finally:
            os.close(out)

    @property
    def arrived(self) -> list[tuple[str, str]]:
        """Key and content of everything that came in so far."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [(key, content) for key, content in (line.split(" ") for line in lines)]


def office(url: str, runner: str, folder: Path) -> Casework:
    """An app on the store, with a channel to the receiver; *runner* is ``procrastinate`` or nothing."""
    deliver = Receiver(folder / "arrived")
    post = Channel("post", deliver, delivery="at_least_once", lease=LEASE, pauses=PAUSES)
    told = Procrastinate() if runner else None
    return Casework(url, case_types=[*TYPES, parcel("post")], parts=[post], runner=told)


def works(url: str, runner: str, folder: Path, name: str) -> None:
    """Fire on cases of one's own until told to stop; each receipt is noted down once it was acknowledged."""
    app = office(url, runner, folder)
    guest = _insisted(app, f"{name} guest", Desk.open, "guest").id
    notes, told = os.open(folder / f"{name}.notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT), notes_of(folder, name)
    while not (folder / "stop").exists():
        step = len(told) % len(STEPS)
        on = told[len(told) - step][0] if STEPS[step] == "tell" else guest
        ask, named = (Desk.open, ("parcel",)) if step == 0 else (Desk.fire, (on, STEPS[step]))
        case = _insisted(app, f"{name} {len(told)}", ask, *named)
        os.write(notes, f"{case.id} {case.entry}\n".encode())
        told.append((case.id, case.entry))
        time.sleep(PAUSE)
    app.dispose()


def _insisted(app: Casework, request_id: str, ask: Callable[..., Case], *told: str) -> Case:
    """What became of one request, asked for with the same id until the store says so."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ask(app.desk(CLERK), *told, request_id=request_id)
        except (Refused, StoreUnavailable) as no:
            if _code(no) not in AGAIN or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _code(no: Refused | StoreUnavailable) -> str:
    return no.refusal.code if isinstance(no, Refused) else no.code


def carries(url: str, runner: str, folder: Path, _: str) -> None:
    """Deliver until killed, as ``casework work`` does; a store that cannot be used just now is tried again."""
    app = office(url, runner, folder)
    if runner:
        work(app, url, concurrency=2, pace=PACE)
        return
    while True:
        try:
            app.send_waiting()
        except StoreUnavailable:
            logging.warning("the store cannot be used; trying again")
        time.sleep(0.05)


def notes_of(folder: Path, name: str) -> list[tuple[str, int]]:
    """Case and entry of everything that was acknowledged to a clerk."""
    file = folder / f"{name}.notes"
    lines = file.read_text().splitlines() if file.exists() else []
    return [(case_id, int(entry)) for case_id, entry in (line.split(" ") for line in lines)]


@attrs.define(eq=False)
class Staff:
    """One process that does *work*, which can be killed and comes back; what it says goes to ``<name>.said``."""

    work: Callable[[str, str, Path, str], None]
    url: str
    runner: str
    folder: Path
    name: str
    _process: BaseProcess | None = None

    def comes(self) -> None:
        """Start, from where the notes end."""
        told = (self.work, self.url, self.runner, self.folder, self.name)
        self._process = forking().Process(target=_listened_to, args=told)
        self._process.start()

    def is_killed(self) -> None:
        """SIGKILL by its id, and come back at once."""
        assert self._process is not None
        assert self._process.is_alive(), f"{self.name} has ended by itself, see {self.name}.said"
        self.is_sent_away()
        self.comes()

    def goes(self) -> int | None:
        """Wait until it has stopped; its exit code."""
        assert self._process is not None
        self._process.join(90)
        return self._process.exitcode

    def is_sent_away(self) -> None:
        """SIGKILL, where it still is there."""
        if self._process is not None:
            self._process.kill()
            self._process.join()


def _listened_to(work: Callable[..., None], url: str, runner: str, folder: Path, name: str) -> None:
    said = os.open(folder / f"{name}.said", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(said, 2)
    work(url, runner, folder, name)

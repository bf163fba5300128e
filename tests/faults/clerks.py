"""Clerks who go on working whatever is killed: processes that fire, note down what was acknowledged, and ask again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import attrs
from faults.town import CLERK, town

from casework import Desk, Refused

TESTS = Path(__file__).parents[1]
CODE = """import sys; sys.path.insert(0, sys.argv[1])
from pathlib import Path
from faults.clerks import works
works(sys.argv[2], sys.argv[3], Path(sys.argv[4]))"""
AGAIN = ("store-unavailable", "outcome-unknown")


def works(url: str, name: str, folder: Path) -> None:
    """Fire on a case of one's own until told to stop; each receipt is noted down once it was acknowledged."""
    app = town(url)
    desk = app.desk(CLERK)
    case_id = insisted(desk, None, f"{name} open").split(" ")[0]
    notes = os.open(folder / f"{name}.notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    done = len((folder / f"{name}.notes").read_text().splitlines())
    while not (folder / "stop").exists():
        told = insisted(desk, case_id, f"{name} {done}")
        os.write(notes, f"{told}\n".encode())
        done += 1
    app.dispose()


def insisted(desk: Desk, case_id: str | None, request_id: str) -> str:
    """Case and entry of one request, asked for with the same id until the store says what became of it."""
    until = time.monotonic() + 60
    while True:
        try:
            if case_id is None:
                case = desk.open("guest", name="x", request_id=request_id)
            else:
                case = desk.fire(case_id, "tick", request_id=request_id)
        except Refused as no:
            if no.refusal.code not in AGAIN or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return f"{case.id} {case.entry}"


@attrs.define(eq=False)
class Clerk:
    """One such process, which can be killed and comes back."""

    url: str
    name: str
    folder: Path
    _process: subprocess.Popen[bytes] | None = None

    def comes(self) -> None:
        """Start, from where the notes end."""
        told = [str(TESTS), self.url, self.name, str(self.folder)]
        self._process = subprocess.Popen([sys.executable, "-c", CODE, *told])

    def is_killed(self) -> None:
        """SIGKILL, and come back at once."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.comes()

    def goes(self) -> int:
        """Wait until it has stopped; its exit code."""
        assert self._process is not None
        return self._process.wait(90)

    def is_sent_away(self) -> None:
        """SIGKILL, where it still is there."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def notes(self) -> list[str]:
        """Case and entry of everything that was acknowledged to it."""
        file = self.folder / f"{self.name}.notes"
        return file.read_text().splitlines() if file.exists() else []

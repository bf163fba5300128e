"""F1: a process that is killed at any instant of a firing leaves all of it or nothing.

With strace (Linux) the process is killed at its n-th write, sync, truncation or removal of a file of the
database; where there is none it ends itself before its n-th statement. The long form tries every n, the
short one some, spread over all. A kill does not take away what the operating system has yet to write (F3).
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from faults.town import CLERK, START, founded, guests, town
from oracle import assert_inv, entries_of

from casework import FrozenClock

pytestmark = pytest.mark.sqlite("sweeps over what SQLite does to its file")

TESTS = Path(__file__).parents[1]
CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink")
SAMPLE = 6
CODE = """import sys; sys.path.insert(0, sys.argv[1])
from faults.town import victim
victim(sys.argv[2], sys.argv[3], sys.argv[4] == "wal", int(sys.argv[5]))"""


@attrs.frozen
class Point:
    """Where to die: at the n-th call of that name, or before the n-th statement."""

    call: str
    number: int


@functools.cache
def traces() -> bool:
    """Whether strace is here and may trace (in some containers it may not)."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return tried.returncode == 0


@attrs.frozen
class Scene:
    """A database as it is before the firing, to be copied for each attempt."""

    folder: Path
    case_id: str
    before: tuple[tuple[str, int], ...]
    wal: bool

    def attempt(self, point: Point) -> tuple[Path, int, list[tuple[str, int]]]:
        """The database after dying at *point*, how the process ended, and what it had acknowledged."""
        folder = self.folder / f"{point.call}-{point.number}"
        shutil.copytree(self.folder / "template", folder)
        file = folder / "town.db"
        statement = point.number if point.call == "statement" else 0
        arguments = [str(TESTS), f"sqlite:///{file}", self.case_id, "wal" if self.wal else "journal", str(statement)]
        command = [sys.executable, "-c", CODE, *arguments]
        if point.call != "statement":
            command = [
                *_strace(file),
                "-o",
                "/dev/null",
                "-e",
                f"inject={point.call}:signal=SIGKILL:when={point.number}",
                *command,
            ]
        ended = subprocess.run(command, capture_output=True, check=False, timeout=60)
        told = [line.split() for line in ended.stdout.decode().splitlines()]
        return file, ended.returncode, [(case_id, int(entry)) for case_id, entry in told]

    def points(self) -> list[Point]:
        """Everywhere that a process can die, from one that does not."""
        if not traces():
            return [*self._statements()]
        folder = self.folder / "counting"
        shutil.copytree(self.folder / "template", folder)
        log, file = folder / "log", folder / "town.db"
        arguments = [str(TESTS), f"sqlite:///{file}", self.case_id, "wal" if self.wal else "journal", "0"]
        subprocess.run(
            [*_strace(file), "-o", str(log), sys.executable, "-c", CODE, *arguments], check=True, capture_output=True
        )
        lines = log.read_text(errors="replace").splitlines()
        counts = {call: sum(f" {call}(" in line for line in lines) for call in CALLS}
        return [Point(call, n) for call, count in counts.items() for n in range(1, count + 1)]

    def _statements(self) -> Iterator[Point]:
        number = 1
        while self.attempt(Point("statement", number))[1] != 0:
            shutil.rmtree(self.folder / f"statement-{number}")
            yield Point("statement", number)
            number += 1
        shutil.rmtree(self.folder / f"statement-{number}")


def _strace(file: Path) -> list[str]:
    """Trace what is done to the files of one database. (With --seccomp-bpf nothing would be injected.)"""
    paths = [part for suffix in ("", "-journal", "-wal", "-shm") for part in ("-P", f"{file}{suffix}")]
    return ["strace", "-f", "-qq", *paths, "-e", f"trace={','.join(CALLS)}"]


def scene(folder: Path, wal: bool) -> Scene:
    template = folder / "template"
    template.mkdir()
    app = founded(f"sqlite:///{template / 'town.db'}", wal=wal, clock=FrozenClock(START), beds=3)
    case = app.desk(CLERK).fire(guests(app, 1)[0], "admit")
    before = tuple((case.id, number) for number in (1, 2))
    app.dispose()
    return Scene(folder, case.id, before, wal)


def assert_whole(told: Scene, file: Path, acknowledged: list[tuple[str, int]]) -> None:
    """The store is as INV says, and the work that was broken off can be done."""
    app = town(f"sqlite:///{file}", wal=told.wal, clock=FrozenClock(START))
    assert_inv(app, [*told.before, *acknowledged])
    desk = app.desk(CLERK)
    desk.fire(told.case_id, "leave", request_id="leave")
    assert ["open", "fire", "fire"] == [content["kind"] for _, content in entries_of(app, told.case_id)]
    assert ["gone", 1] == [desk.get(told.case_id).state, len(desk.find("guest", limit=5).cases[:1])]
    assert_inv(app)
    app.dispose()


@pytest.mark.parametrize("wal", [False, True], ids=["rollback journal", "write-ahead log"])
def test_a_kill_leaves_all_of_a_firing_or_nothing(tmp_path: Path, wal: bool, long: bool) -> None:
    told = scene(tmp_path, wal)
    everywhere = told.points()
    step = 1 if long else max(1, len(everywhere) // SAMPLE)
    chosen, died = everywhere[step // 2 :: step], 0

    for point in chosen:
        file, ended, acknowledged = told.attempt(point)
        died += ended != 0
        assert_whole(told, file, acknowledged)
        shutil.rmtree(file.parent)

    print(f"\nkilled at {died} of {len(everywhere)} instants ({'strace' if traces() else 'by statement'})")
    assert died == len(chosen), "every one of them was met"


def test_a_process_that_ends_itself_between_two_statements_leaves_nothing(tmp_path: Path, long: bool) -> None:
    """The same without strace, so that this way of dying is tried everywhere."""
    told = scene(tmp_path, wal=False)

    for number in range(1, 60) if long else (4, 9, 14):
        file, ended, acknowledged = told.attempt(Point("statement", number))
        assert_whole(told, file, acknowledged)
        assert ended in (9, 0)
        shutil.rmtree(file.parent)

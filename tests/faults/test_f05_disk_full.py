"""F5: when the disk is full firings are refused, reading goes on, and when there is room again so does writing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faults.town import CLERK, code, founded, guests
from oracle import assert_inv, tables
from sqlalchemy import event
from sqlalchemy.pool import Pool

from casework import Casework

pytestmark = pytest.mark.sqlite("PostgreSQL has a disk of its own machine")

FILLING = 20_000
Room = Callable[[], None]


@contextmanager
def small_file(folder: Path) -> Iterator[tuple[str, Room]]:
    """A database that may grow to 400 pages; the answer's second half gives it more."""
    made = []

    def set_limit(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=400")
        made.append(connection)

    def room() -> None:
        for connection in made:
            connection.execute("PRAGMA max_page_count=100000")

    event.listen(Pool, "connect", set_limit)
    try:
        yield f"sqlite:///{folder / 'town.db'}", room
    finally:
        event.remove(Pool, "connect", set_limit)


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[str, Room]]:
    """A file system of two megabytes with a file on it that can be removed."""
    mount = folder / "disk"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root can mount a small disk; the small file is tested all the same")
    ballast = mount / "ballast"
    ballast.write_bytes(bytes(900_000))
    try:
        yield f"sqlite:///{mount / 'town.db'}", ballast.unlink
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


@pytest.mark.parametrize("wal", [False, True], ids=["rollback journal", "write-ahead log"])
@pytest.mark.parametrize("small", [small_file, small_disk])
def test_a_full_disk_refuses_and_recovers_without_a_restart(tmp_path: Path, small: Any, wal: bool) -> None:
    with small(tmp_path) as (url, room):
        app = founded(url, wal=wal)
        case = guests(app, 1)[0]
        said = _fill(app, case.id)

        assert "store-unavailable" == said
        before = tables(app)
        assert {"store-unavailable"} == {_write(app, case.id) for _ in range(3)}
        assert before == tables(app), "reading goes on, and nothing of what was refused is there"
        assert_inv(app)
        room()
        assert "" == _write(app, case.id)
        assert_inv(app)
        app.dispose()


def _fill(app: Casework, case_id: str) -> str:
    """Write until it is refused."""
    for _ in range(FILLING):
        said = _write(app, case_id)
        if said:
            return said
    raise AssertionError("the disk was never full")


def _write(app: Casework, case_id: str) -> str:
    return code(lambda: app.desk(CLERK).note(case_id, "x" * 2_000))

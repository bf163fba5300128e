"""F27: a bulk firing that is killed half way is taken up again; every case moves once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults.town import CLERK, founded, guests
from oracle import assert_inv, entries_of

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("done", [1, 60])
def test_a_bulk_that_is_killed_and_resumed_moves_each_case_once(tmp_path: Path, done: int) -> None:
    file = tmp_path / "town.db"
    url = f"sqlite:///{file}"
    app = founded(url)
    ids = [case.id for case in guests(app, 300)]
    code = "import sys; sys.path.insert(0, sys.argv[1]); from faults.town import bulk; bulk(sys.argv[2], sys.argv[3:])"

    with subprocess.Popen([sys.executable, "-c", code, str(TESTS), url, *ids]) as process:
        while process.poll() is None and _requests(file) < done:
            time.sleep(0.001)
        process.kill()

    left = _requests(file)
    assert done <= left < 300 and left % 5 == 0, "whole chunks, and not all of them"
    assert_inv(app)
    told = app.desk(CLERK).bulk(ids, "tick", batch="monday", chunk=50)
    assert (tuple(ids), ()) == (told.done, told.refused)
    assert {2} == {len(entries_of(app, case)) for case in ids}
    assert_inv(app)
    app.dispose()


def _requests(file: Path) -> int:
    connection = sqlite3.connect(file, timeout=5)
    try:
        return int(connection.execute("SELECT count(*) FROM casework_request").fetchone()[0])
    finally:
        connection.close()


def test_whoever_is_refused_does_not_stop_the_others() -> None:
    app = founded(beds=2)
    cases = guests(app, 6)

    told = app.desk(CLERK).bulk([case.id for case in cases], "admit", batch="friday", chunk=4)

    assert (2, 4) == (len(told.done), len(told.refused))
    assert {"limit-reached"} == {no.code for _, no in told.refused}
    assert_inv(app)

"""F27: a bulk firing that is killed half way is taken up again; every case moves once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from faults.town import CLERK, founded, guests
from oracle import assert_inv, entries_of, tables

TESTS = Path(__file__).parents[1]
CODE = """import sys; sys.path.insert(0, sys.argv[1])
from faults.town import bulk
bulk(sys.argv[2], sys.argv[4:], int(sys.argv[3]))"""


@pytest.mark.parametrize("killed_at", [1, 3, 63, 98])
def test_a_bulk_that_is_killed_and_resumed_moves_each_case_once(tmp_path: Path, killed_at: int) -> None:
    """In chunks of five; what was done of the chunk in which it was killed is not there."""
    url = f"sqlite:///{tmp_path / 'town.db'}"
    app = founded(url)
    ids = [case.id for case in guests(app, 100)]
    command = [sys.executable, "-c", CODE, str(TESTS), url, str(killed_at), *ids]

    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and b"stalled" == process.stdout.read(7)
        process.kill()

    assert killed_at // 5 * 5 == len(tables(app)["casework_request"])
    assert_inv(app)
    told = app.desk(CLERK).bulk(ids, "tick", batch="monday", chunk=50)
    assert (tuple(ids), ()) == (told.done, told.refused)
    assert {2} == {len(entries_of(app, case)) for case in ids}
    assert_inv(app)
    app.dispose()


def test_whoever_is_refused_does_not_stop_the_others() -> None:
    app = founded(beds=2)
    cases = guests(app, 6)

    told = app.desk(CLERK).bulk([case.id for case in cases], "admit", batch="friday", chunk=4)

    assert (2, 4) == (len(told.done), len(told.refused))
    assert {"limit-reached"} == {no.code for _, no in told.refused}
    assert_inv(app)

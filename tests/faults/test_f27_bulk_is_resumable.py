"""F27: a bulk firing that is killed half way is taken up again; every case moves once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from faults.town import CLERK, founded, guests
from oracle import assert_inv, entries_of, tables
from stores import fresh

from casework import InvalidValue

TESTS = Path(__file__).parents[1]
CODE = """import sys; sys.path.insert(0, sys.argv[1])
from faults.town import bulk
bulk(sys.argv[2], sys.argv[4:], int(sys.argv[3]))"""


@pytest.mark.parametrize("killed_at", [1, 3, 63, 98])
def test_a_bulk_that_is_killed_and_resumed_moves_each_case_once(killed_at: int) -> None:
    """In chunks of five; what was done of the chunk in which it was killed is not there."""
    url = fresh()
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


def test_a_batch_takes_cases_as_they_were_read_and_their_ids() -> None:
    app = founded()
    first, second, third = guests(app, 3)
    desk = app.desk(CLERK)
    desk.fire(third, "tick")

    told = desk.bulk([first, second.id, third], "tick", batch="friday")

    assert (first.id, second.id) == told.done
    assert [(third.id, "stale")] == [(case_id, no.code) for case_id, no in told.refused]
    assert (first.id, second.id) == desk.bulk([first, second.id, third], "tick", batch="friday").done
    assert 2 == len(entries_of(app, first.id))


def test_one_case_is_no_batch() -> None:
    app = founded()
    case, desk = guests(app, 1)[0], app.desk(CLERK)

    for one in (case, case.id):
        with pytest.raises(TypeError, match="bulk takes several cases; give a list"):
            desk.bulk(one, "tick", batch="friday")  # type: ignore[arg-type]


@pytest.mark.parametrize("chunk", [0, -1, 1.5, "5", True])
def test_a_chunk_holds_at_least_one_case(chunk: Any) -> None:
    app = founded()
    case = guests(app, 1)[0]

    with pytest.raises(InvalidValue, match="chunk: takes a whole number, 1 or more"):
        app.desk(CLERK).bulk([case], "tick", batch="friday", chunk=chunk)

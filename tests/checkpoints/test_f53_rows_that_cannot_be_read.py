"""Whoever puts nonsense into the tables is named by both verifiers, and stops neither of them."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from histories import START
from outside import outside
from signed import SIGNER, signed_app, signed_history
from stores import fresh

from casework import FrozenClock
from casework.checkpoints import verify_casework

FIRST = "(SELECT min(case_id) FROM casework_entry)"
ENTRY = f"UPDATE casework_entry SET {{}} WHERE case_id = {FIRST} AND number = 1"
LAST = "UPDATE casework_checkpoint SET {} WHERE size = (SELECT max(size) FROM casework_checkpoint)"

MISFITS = {
    "a text in the place of bytes": ENTRY.format("body = 'x'"),
    "bytes that are no text either": ENTRY.format("body = x'01' || substr(body, 2)"),
    "a hash that is a text": ENTRY.format("hash = 'x'"),
    "a number in words": ENTRY.format("number = 'one'"),
    "a head that is a text": f"UPDATE casework_case SET head = 'x' WHERE id = {FIRST}",
}
NOTES = {
    "a checkpoint that is no note": LAST.format("note = 'x'"),
    "one in the row of another": LAST.format("size = size + 7"),
    "a loss that is no note": "INSERT INTO casework_loss (position, note) VALUES (5000, 'x')",
}


@pytest.mark.sqlite("PostgreSQL takes nothing of another type")
@pytest.mark.parametrize("done", MISFITS)
def test_f53_a_value_of_another_kind_is_named_with_its_case(done: str, folder: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    signed_history(app, clock, random.Random(done), steps=4)
    with outside(url) as sql:
        assert 1 == sql.do(MISFITS[done])
        ((case,),) = sql.ask(f"SELECT {FIRST}")

    assert [case] == [fault.case_id for fault in app.verify().faults]
    assert [case] == [fault.case_id for fault in app.verify_log().faults]
    assert (1, True) == _alone(url, folder, naming=case)
    app.dispose()


@pytest.mark.sqlite("the stand-alone verifier opens files")
@pytest.mark.parametrize("done", NOTES)
def test_f53_what_is_no_checkpoint_is_told_and_stops_nobody(done: str, folder: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    signed_history(app, clock, random.Random(done), steps=4)
    with outside(url) as sql:
        assert 1 == sql.do(NOTES[done])

    assert not app.verify_log().whole
    assert (1, True) == _alone(url, folder, naming="fault")
    app.dispose()


def _alone(url: str, folder: Path, *, naming: str) -> tuple[int, bool]:
    """How the stand-alone verifier ends, and whether it names something rather than stumble."""
    store = url.removeprefix("sqlite:///")
    command = [sys.executable, verify_casework.__file__, store, str(folder), "--key", str(SIGNER.public)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return ended.returncode, naming in ended.stdout and not ended.stderr

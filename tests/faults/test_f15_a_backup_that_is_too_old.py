"""F15: a backup was restored that is older than what was signed; it is noticed before anything is written."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from histories import START
from server import lent_database
from signed import LI, SIGNER, live, signed_app
from stores import fresh

from casework import FrozenClock
from casework.checkpoints import StoreBehind

pytestmark = pytest.mark.both


@contextmanager
def copied(url: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of a store that nobody has open."""
    if url.startswith("sqlite"):
        shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "copy.db")
        yield f"sqlite:///{tmp_path / 'copy.db'}"
    else:
        with lent_database(url.partition("?")[0].rpartition("/")[2]) as copy:
            yield copy


def test_f15_an_old_backup_is_frozen_and_says_what_it_lacks(tmp_path: Path) -> None:
    url, clock, folder = fresh(), FrozenClock(START), tmp_path / "outside"
    app = signed_app(url, folder, clock)
    live(app, clock, random.Random(1), 10)
    before = app.checkpoint(SIGNER)
    app.dispose()
    with copied(url, tmp_path) as backup:
        app = signed_app(url, folder, clock, seed=2)
        live(app, clock, random.Random(2), 10)
        after = app.checkpoint(SIGNER)
        app.dispose()
        assert before is not None and after is not None

        restored = signed_app(backup, folder, clock, seed=3)
        desk = restored.desk(LI)
        with pytest.raises(StoreBehind) as no:
            desk.open("visit")
        with pytest.raises(StoreBehind):
            restored.run_due()
        with pytest.raises(StoreBehind):
            restored.checkpoint(SIGNER)
        found = restored.verify()

        assert "store-behind" in [item.code for item in restored.diagnose().amiss if item.level == "problem"]
        assert (after.size, after.at, before.size) == (no.value.size, no.value.at, no.value.held)
        (told,) = [str(fault) for fault in found.faults]
        assert f"older than the checkpoint of size {after.size}" in told
        assert f"{after.size - before.size} entries are missing" in told
        assert f"written after {before.at:%Y-%m-%d %H:%M}" in told
        assert len(desk.find("visit").cases) > 0, "reading goes on"
        restored.dispose()


def test_f15_a_backup_that_lacks_nothing_is_let_through(tmp_path: Path) -> None:
    """Made between an entry and the checkpoint over it: what was signed later waits in the queue of the copy."""
    url, clock, folder = fresh(), FrozenClock(START), tmp_path / "outside"
    app = signed_app(url, folder, clock)
    desk = app.desk(LI)
    case = desk.open("visit")
    app.checkpoint(SIGNER)
    for _ in range(3):
        case = desk.note(case, "called")
    app.dispose()
    with copied(url, tmp_path) as backup:
        app = signed_app(url, folder, clock, seed=2)
        app.checkpoint(SIGNER)
        app.dispose()
        restored = signed_app(backup, folder, clock, seed=3)
        again = restored.desk(LI).note(case.id, "and again")

        assert 5 == again.revision
        assert () == restored.verify().faults
        made = restored.checkpoint(SIGNER)
        assert made is not None and 5 == made.size
        restored.dispose()

"""F9: a file of SQLite was copied while it was open, or its write-ahead log was deleted; what is gone is noticed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from histories import SMS, START, TASK, VISIT
from signed import LI, SIGNER, kept_in, live

from casework import Casework, FrozenClock, StoreOptions, seeded_entropy
from casework.checkpoints import StoreBehind

pytestmark = pytest.mark.sqlite("PostgreSQL keeps its write-ahead log by itself")


def opened(path: Path, folder: Path, clock: FrozenClock) -> Casework:
    app = Casework(
        f"sqlite:///{path}",
        case_types=[VISIT, TASK],
        parts=[SMS],
        clock=clock,
        entropy=seeded_entropy(1),
        options=StoreOptions(sole_process=True),
        checkpoints=kept_in(folder),
    )
    app.create_tables()
    return app


def test_f09_a_file_whose_write_ahead_log_is_gone_is_behind_its_checkpoint(tmp_path: Path) -> None:
    clock, folder = FrozenClock(START), tmp_path / "outside"
    app = opened(tmp_path / "store.db", folder, clock)
    app.dispose()  # the tables are in the file now
    app = opened(tmp_path / "store.db", folder, clock)
    live(app, clock, random.Random(1), 8)
    made = app.checkpoint(SIGNER)
    there = (tmp_path / "store.db-wal").stat().st_size
    shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    app.dispose()
    copy = opened(tmp_path / "copy.db", folder, clock)
    with pytest.raises(StoreBehind) as no:
        copy.desk(LI).open("visit")

    assert there > 0 and made is not None
    assert (made.size, 0) == (no.value.size, no.value.held)
    assert not copy.verify().whole
    copy.dispose()

"""Whatever is changed behind the engine's back is found, and named by case and entry; what was not is not accused."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from histories import START, happen, opened
from tampering import LOG, Place, Store
from tampering_rows import ROWS

from casework import Casework, FrozenClock
from casework.storage.verify import Verdict

pytestmark = pytest.mark.sqlite("each tampering is done to a copy of one file")
SEEDS = (1, 2)
STEPS = 220
TAMPERINGS = {**LOG, **ROWS}


@pytest.fixture(scope="module", params=SEEDS)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    path = tmp_path_factory.mktemp("history") / "store.db"
    clock = FrozenClock(START)
    app = opened(f"sqlite:///{path}", clock, request.param)
    app.create_tables()
    happen(app, clock, random.Random(request.param), STEPS)
    app.dispose()
    return request.param, path


@pytest.fixture
def copy(history: tuple[int, Path], tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, Casework, int]]:
    seed, source = history
    shutil.copy(source, tmp_path / "copy.db")
    sql = sqlite3.connect(tmp_path / "copy.db", isolation_level=None)
    app = opened(f"sqlite:///{tmp_path / 'copy.db'}")
    yield sql, app, seed
    sql.close()
    app.dispose()


def verified(app: Casework) -> Verdict:
    return app.verify()


def test_an_untouched_store_is_whole(copy: tuple[sqlite3.Connection, Casework, int]) -> None:
    sql, app, _ = copy
    verdict = verified(app)

    assert () == verdict.faults
    assert sql.execute("SELECT count(*) FROM casework_case").fetchone()[0] == verdict.cases
    assert sql.execute("SELECT count(*) FROM casework_entry").fetchone()[0] == verdict.entries > 100
    assert 0 == verdict.erased


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_f53_tampering_is_found_and_named(copy: tuple[sqlite3.Connection, Casework, int], tampering: str) -> None:
    sql, app, seed = copy
    expected = TAMPERINGS[tampering](Store(sql, random.Random(f"{seed}{tampering}")))
    faults = verified(app).faults

    assert expected == Place(faults[0].case_id, faults[0].number), list(map(str, faults))


@pytest.mark.parametrize("seed", range(10, 16))
def test_no_untouched_history_is_accused(seed: int, long: bool) -> None:
    for part in range(150 if long else 1):
        clock = FrozenClock(START)
        app = opened("sqlite://", clock, seed)
        app.create_tables()
        happen(app, clock, random.Random(seed * 1_000 + part), 120)

        assert () == verified(app).faults
        app.dispose()

"""How many Python functions a firing calls: the one gauge of speed that no other process disturbs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.bulk import bulk_of
from benchmarks.firing_sqlite import by_case, calls_of
from benchmarks.workload import app_on, ready_cases

FIRING, BULK = 350, 290
"""Calls for each firing, those into C too, with some room over what they were when this was written: 328 and 268."""


def test_a_durable_firing_calls_no_more_functions_than_promised(tmp_path: Path) -> None:
    app = app_on(tmp_path / "calls.db", synchronous="NORMAL")

    calls = calls_of(by_case(app, ready_cases(app, 4)))

    app.dispose()
    assert calls <= FIRING, f"a firing calls {calls:.1f} functions; benchmarks/firing_sqlite.py says which"


def test_a_firing_of_a_batch_calls_fewer_than_one_by_itself(tmp_path: Path) -> None:
    app = app_on(tmp_path / "calls.db", synchronous="NORMAL")

    calls = calls_of(bulk_of(app, ready_cases(app, 100)))

    app.dispose()
    assert calls <= BULK, f"a firing of a batch calls {calls:.1f} functions"

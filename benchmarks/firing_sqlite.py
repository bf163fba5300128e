"""A durable firing against one written by hand, under the same pragmas, on files of their own side by side."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import by_hand
from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved
from benchmarks.workload import ACTOR, ROLE, TRIGGERS, app_on, form_of, ready_cases
from casework import Casework

MODES = (("FULL", False), ("NORMAL", False), ("FULL", True), ("NORMAL", True))
GOAL = Goal(2.5)


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Every durability mode, then how many Python functions one firing calls."""
    for synchronous, wal in MODES:
        yield from _mode(sizes, folder, synchronous, wal)
    yield from _calls(sizes, folder)


def _mode(sizes: Sizes, folder: Path, synchronous: str, wal: bool) -> Iterator[Figure]:
    where = f"{'WAL' if wal else 'TRUNCATE'} {synchronous}"
    number = max(1, sizes.firings // len(TRIGGERS))
    path, path_by_hand = (folder / f"{where} {who}.db" for who in ("casework", "by hand"))
    app, model = (app_on(file, synchronous=synchronous, wal=wal) for file in (path, path_by_hand))
    cases, cases_by_hand = ready_cases(app, number), ready_cases(model, number)
    connection = by_hand.connect(path_by_hand, synchronous=synchronous, wal=wal)
    fired = (lambda case_id, trigger, form: app.desk(ACTOR).fire(case_id, trigger, form))
    manual = (lambda case_id, trigger, form: by_hand.fire(connection, {ROLE}, case_id, trigger, form))
    taken = interleaved(
        {"by hand": rounds_of(cases_by_hand, manual), "desk.fire": rounds_of(cases, fired)}, sizes.rounds
    )
    connection.close()
    verdicts = [each.verify() for each in (app, model)]
    assert all(verdict.whole for verdict in verdicts), verdicts
    for each in (app, model):
        each.dispose()
    yield taken.figure("by hand", note=where)
    yield taken.figure("desk.fire", "by hand", goal=GOAL, note=where)


def rounds_of(cases: list[str], fire: Callable[[str, str, Any], object]) -> Batch:
    """A batch that leads every case once round, with other values each time."""
    count = 0

    def batch() -> int:
        nonlocal count
        count += 1
        for case_id in cases:
            for trigger in TRIGGERS:
                fire(case_id, trigger, form_of(trigger, count))
        return len(cases) * len(TRIGGERS)

    return batch


def _calls(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    app = app_on(folder / "calls.db", synchronous="NORMAL")
    connection = by_hand.connect(folder / "calls.db", synchronous="NORMAL", wal=False)
    cases = ready_cases(app, max(1, sizes.firings // len(TRIGGERS) // 5))
    fired = _counted(rounds_of(cases, lambda *what: app.desk(ACTOR).fire(*what)))
    manual = _counted(rounds_of(cases, lambda *what: by_hand.fire(connection, {ROLE}, *what)))
    connection.close()
    app.dispose()
    yield Figure(name="calls by hand", value=manual, unit="calls")
    yield Figure(
        name="calls in desk.fire", value=fired, unit="calls", against="calls by hand", ratio=fired / manual,
        goal=Goal(300, of="value"),
    )


def _counted(batch: Batch) -> float:
    """Function calls per operation, C functions too, once everything is warm."""
    batch()
    profile = cProfile.Profile()
    profile.enable()
    done = batch()
    profile.disable()
    return float(pstats.Stats(profile).total_calls) / done  # type: ignore[attr-defined]


def profile(app: Casework, cases: list[str]) -> cProfile.Profile:
    """A profile of one round of firings, for whoever mends the hot path."""
    batch = rounds_of(cases, lambda *what: app.desk(ACTOR).fire(*what))
    batch()
    found = cProfile.Profile()
    found.runcall(batch)
    return found

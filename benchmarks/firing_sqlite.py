"""A durable firing against one written by hand, under the same pragmas, on files of their own side by side."""

from __future__ import annotations

import cProfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import by_hand
from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved
from benchmarks.workload import ACTOR, ROLE, TRIGGERS, app_on, form_of, ready_cases
from casework import Casework

MODES = (("FULL", False), ("NORMAL", False), ("FULL", True), ("NORMAL", True))
WITHOUT_DISK = ("NORMAL", True)
"""The mode that waits for no disk: there processor time says what the code costs, however busy the machine is."""
GOAL = Goal(1.6)


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Every durability mode, then how many Python functions one firing calls."""
    for synchronous, wal in MODES:
        yield from _mode(sizes, folder, synchronous, wal)
    yield from _calls(sizes, folder)


def _mode(sizes: Sizes, folder: Path, synchronous: str, wal: bool) -> Iterator[Figure]:
    where = f"{'WAL' if wal else 'TRUNCATE'} {synchronous}"
    number = max(1, sizes.firings // len(TRIGGERS))
    names = ("by hand", "desk.fire(case)", "desk.fire(id)")
    apps = [app_on(folder / f"{where} {n}.db", synchronous=synchronous, wal=wal) for n in range(len(names))]
    connection = by_hand.connect(folder / f"{where} 0.db", synchronous=synchronous, wal=wal)
    manual, *ours = (ready_cases(app, number) for app in apps)
    batches = (
        by_id(manual, lambda *what: by_hand.fire(connection, {ROLE}, *what)),
        by_case(apps[1], ours[0]),
        by_id(ours[1], apps[2].desk(ACTOR).fire),
    )
    contenders = dict(zip(names, batches, strict=True))
    taken = {where: interleaved(contenders, sizes.rounds)}
    if (synchronous, wal) == WITHOUT_DISK:
        taken[f"{where}, processor time"] = interleaved(contenders, 2 * sizes.rounds, time.thread_time)
    connection.close()
    for app in apps:
        assert app.verify().whole, "what was measured left a store that does not verify"
        app.dispose()
    for note, rounds in taken.items():
        yield rounds.figure(names[0], note=note)
        yield rounds.figure(names[1], names[0], goal=GOAL, note=note)
        yield rounds.figure(names[2], names[0], note=note)


def by_id(cases: list[str], fire: Callable[[str, str, Any], object]) -> Batch:
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


def by_case(app: Casework, ids: list[str]) -> Batch:
    """The same, each firing with the Case that the one before it gave."""
    desk, count = app.desk(ACTOR), 0
    cases = [desk.get(case_id) for case_id in ids]

    def batch() -> int:
        nonlocal count
        count += 1
        for place, case in enumerate(cases):
            for trigger in TRIGGERS:
                case = desk.fire(case, trigger, form_of(trigger, count))
            cases[place] = case
        return len(cases) * len(TRIGGERS)

    return batch


def _calls(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    app = app_on(folder / "calls.db", synchronous="NORMAL")
    connection = by_hand.connect(folder / "calls.db", synchronous="NORMAL", wal=False)
    cases = ready_cases(app, max(1, sizes.firings // len(TRIGGERS) // 5))
    fired = calls_of(by_case(app, cases))
    manual = calls_of(by_id(cases, lambda *what: by_hand.fire(connection, {ROLE}, *what)))
    connection.close()
    app.dispose()
    yield Figure(name="function calls by hand", value=manual, unit="calls")
    yield Figure(
        name="function calls of desk.fire(case)",
        value=fired,
        unit="calls",
        against="function calls by hand",
        ratio=fired / manual,
        goal=Goal(350, of="value"),
    )


def calls_of(batch: Batch) -> float:
    """Function calls per firing, those into C too, once everything is warm."""
    batch()
    profile = cProfile.Profile()
    profile.enable()
    done = batch()
    profile.disable()
    return sum(each.callcount for each in profile.getstats()) / done

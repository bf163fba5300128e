"""One trigger on many cases: desk.bulk against executemany by hand, and against the same firings one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import by_hand
from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved
from benchmarks.workload import ACTOR, ROLE, TRIGGERS, app_on, form_of, ready_cases
from casework import Casework

HALF = Goal(2)
"""At least half as fast as by hand."""
NAMES = ("executemany by hand", "desk.bulk", "one by one")


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """On a file as it is by default, and on the fastest there is."""
    for synchronous, wal in (("FULL", False), ("NORMAL", True)):
        where = f"{'WAL' if wal else 'TRUNCATE'} {synchronous}"
        paths = [folder / f"bulk {where} {n}.db" for n in range(len(NAMES))]
        apps = [app_on(path, synchronous=synchronous, wal=wal) for path in paths]
        connection = by_hand.connect(paths[0], synchronous=synchronous, wal=wal)
        number = max(1, sizes.bulk // len(TRIGGERS))
        manual, together, single = (ready_cases(app, number) for app in apps)
        batches = (_by_hand(connection, manual), bulk_of(apps[1], together), _one_by_one(apps[2], single))
        contenders = dict(zip(NAMES, batches, strict=True))
        rounds = max(2, sizes.rounds // 2)
        taken = {where: interleaved(contenders, rounds)}
        if wal:
            taken[f"{where}, processor time"] = interleaved(contenders, rounds, time.thread_time)
        connection.close()
        for app in apps:
            assert app.verify().whole, "what was measured left a store that does not verify"
            app.dispose()
        for note, measured in taken.items():
            yield measured.figure(NAMES[0], note=note)
            yield measured.figure(NAMES[1], NAMES[0], goal=HALF, note=note)
            yield measured.figure(NAMES[2], NAMES[1], note=note)


def _by_hand(connection: Any, ids: list[str]) -> Batch:
    count = 0

    def batch() -> int:
        nonlocal count
        count += 1
        for trigger in TRIGGERS:
            by_hand.bulk(connection, {ROLE}, ids, trigger, form_of(trigger, count), f"{trigger} {count}")
        return len(ids) * len(TRIGGERS)

    return batch


def _one_by_one(app: Casework, ids: list[str]) -> Batch:
    desk, count = app.desk(ACTOR), 0

    def batch() -> int:
        nonlocal count
        count += 1
        for trigger in TRIGGERS:
            for case_id in ids:
                desk.fire(case_id, trigger, form_of(trigger, count), request_id=f"{trigger} {count}/{case_id}")
        return len(ids) * len(TRIGGERS)

    return batch


def bulk_of(app: Casework, ids: list[str]) -> Batch:
    """A batch that leads all cases once round by five bulk firings."""
    desk, count = app.desk(ACTOR), 0

    def batch() -> int:
        nonlocal count
        count += 1
        for trigger in TRIGGERS:
            done = desk.bulk(ids, trigger, form_of(trigger, count), batch=f"{trigger} {count}")
            assert not done.refused
        return len(ids) * len(TRIGGERS)

    return batch

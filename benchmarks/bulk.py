"""One trigger on many cases: desk.bulk against the same firings one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved
from benchmarks.workload import ACTOR, TRIGGERS, app_on, form_of, ready_cases
from casework import Casework

GOAL = Goal(4, least=True)


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """On a file as it is by default, and on the fastest there is."""
    for synchronous, wal in (("FULL", False), ("NORMAL", True)):
        where = f"{'WAL' if wal else 'TRUNCATE'} {synchronous}"
        apps = [app_on(folder / f"bulk {where} {n}.db", synchronous=synchronous, wal=wal) for n in range(2)]
        number = max(1, sizes.bulk // len(TRIGGERS))
        one, many = (ready_cases(app, number) for app in apps)
        contenders = {"desk.bulk": _bulk(apps[1], many), "one by one": _one_by_one(apps[0], one)}
        taken = interleaved(contenders, max(2, sizes.rounds // 3))
        for app in apps:
            app.dispose()
        yield taken.figure("desk.bulk", note=where)
        yield taken.figure("one by one", "desk.bulk", goal=GOAL if synchronous == "FULL" else None, note=where)


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


def _bulk(app: Casework, ids: list[str]) -> Batch:
    desk, count = app.desk(ACTOR), 0

    def batch() -> int:
        nonlocal count
        count += 1
        for trigger in TRIGGERS:
            done = desk.bulk(ids, trigger, form_of(trigger, count), batch=f"{trigger} {count}")
            assert not done.refused
        return len(ids) * len(TRIGGERS)

    return batch

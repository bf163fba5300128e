"""Very many cases: a firing among a million against one among ten thousand, and one page of a worklist."""

from __future__ import annotations

import random
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import by_hand
from benchmarks.loading import Loaded, load
from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved
from benchmarks.workload import ACTOR, ROLE, TRIGGERS, app_on, form_of
from casework import Actor, Desk

BYTES_PER_CASE = 2_500
PAGE = 50
PAGE_GOAL = Goal(20, of="value")


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Load both stores, fire in both by turns, then ask for pages of the larger one."""
    needed, free = (sizes.few + sizes.many) * BYTES_PER_CASE, shutil.disk_usage(folder).free
    if free < 2 * needed:
        print(f"scale: skipped, for it wants {2 * needed >> 20} MB and there are {free >> 20}")
        return
    started = time.perf_counter()
    few, many = (load(folder / f"{n} cases.db", n, sizes.units) for n in (sizes.few, sizes.many))
    size = many.path.stat().st_size
    yield Figure(
        name=f"loading {sizes.many:,} cases",
        value=time.perf_counter() - started,
        unit="s",
        note=f"{size >> 20} MB, {size // sizes.many:,} bytes a case",
    )
    for loaded in (few, many):
        loaded.app.dispose()  # the journal can only be changed by whoever is alone with the file
    for synchronous, wal, goal in (("FULL", False, Goal(1.3)), ("NORMAL", True, None)):
        yield from _firings(sizes, few, many, synchronous, wal, goal)
    for actor, who in ((Actor("li", roles={ROLE}, unit="unit 001"), "one unit"), (ACTOR, "the whole city")):
        yield from _pages(many.app.desk(actor), f"{who}, {sizes.many:,} open cases", sizes.pages)
    for loaded in (few, many):
        loaded.app.dispose()


def _firings(
    sizes: Sizes, few: Loaded, many: Loaded, synchronous: str, wal: bool, goal: Goal | None
) -> Iterator[Figure]:
    """Durable as stores are by default, where the goal is meant, and without the disk, where the growth shows."""
    small, large = f"{sizes.few:,} cases", f"{sizes.many:,} cases"
    stores = {small: few, large: many}
    number = max(1, sizes.firings // len(TRIGGERS))
    lines = {where: by_hand.connect(loaded.path, synchronous=synchronous, wal=wal) for where, loaded in stores.items()}
    apps = {where: app_on(loaded.path, synchronous=synchronous, wal=wal) for where, loaded in stores.items()}
    contenders = {
        f"by hand, {where}": _round(loaded, number, _manual(lines[where])) for where, loaded in stores.items()
    }
    for where, loaded in stores.items():
        contenders[f"desk.fire, {where}"] = _round(loaded, number, apps[where].desk(ACTOR).fire)
    taken = interleaved(contenders, sizes.rounds)
    for line in lines.values():
        line.close()
    for app in apps.values():
        app.dispose()
    note = f"{'WAL' if wal else 'TRUNCATE'} {synchronous}, random cases"
    for who, wanted in (("by hand", None), ("desk.fire", goal)):
        yield taken.figure(f"{who}, {small}", note=note)
        yield taken.figure(f"{who}, {large}", f"{who}, {small}", goal=wanted, note=note)


def _manual(connection: sqlite3.Connection) -> Callable[..., object]:
    return lambda case_id, trigger, form: by_hand.fire(connection, {ROLE}, case_id, trigger, form)


def _round(loaded: Loaded, number: int, fire: Callable[..., object]) -> Batch:
    """Lead other cases each time once round, drawn from the whole store."""
    draw, count = random.Random(11), 0

    def batch() -> int:
        nonlocal count
        count += 1
        for case_id in draw.sample(loaded.ready, min(number, len(loaded.ready))):
            for trigger in TRIGGERS:
                fire(case_id, trigger, form_of(trigger, count))
        return min(number, len(loaded.ready)) * len(TRIGGERS)

    return batch


def _pages(desk: Desk, note: str, times: int) -> Iterator[Figure]:
    for name, what in (
        ("waiting", "no condition"),
        ("minors", "age < 18, 1 in 5"),
        ("centenarians", "age ≥ 100, 1 in 1,000"),
    ):
        spent, found = [], 0
        for _ in range(times + 1):
            started = time.perf_counter()
            found = len(desk.worklist("bench", name, limit=PAGE).cases)
            spent.append((time.perf_counter() - started) * 1e3)
        yield Figure(
            name=f"page of {PAGE}, {what}",
            value=statistics.median(spent[1:]),
            unit="ms",
            goal=PAGE_GOAL,
            note=f"{note}; {found} on the page; the first took {spent[0]:.0f} ms",
        )

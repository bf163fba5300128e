"""Many writers on one file: what is left of one writer's throughput, and ten beds that sixteen writers want."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, Goal, Sizes
from benchmarks.workload import ACTOR, TRIGGERS, app_on, beds, form_of, ready_cases, rescue
from casework import Casework, Desk, Refused, StoreOptions

BEDS_GOAL = Goal(0.3, least=True)


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Processes on cases of their own, then on the same few beds."""
    yield from _cases(sizes, folder)
    yield from _beds(sizes, folder)


def _cases(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    app = app_on(folder / "contention.db", synchronous="NORMAL")
    ids = ready_cases(app, sizes.processes * max(1, sizes.each // len(TRIGGERS)))
    alone, together = _compared(sizes, folder / "contention.db", "bench", ids, sizes.processes)
    assert app.verify().whole
    app.dispose()
    one = f"1 process, {len(ids) * len(TRIGGERS)} firings"
    yield Figure(name=one, value=alone, unit="/s", note="TRUNCATE NORMAL")
    yield Figure(
        name=f"{sizes.processes} processes, as many",
        value=together,
        unit="/s",
        against=one,
        ratio=together / alone,
        note="TRUNCATE NORMAL, one file",
    )


def _beds(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    number, cases, writers = sizes.beds
    app = app_on(folder / "beds.db", beds, synchronous="NORMAL")
    ids = app.atomically(ACTOR, lambda desk: [desk.open("beds").id for _ in range(cases)])
    for _ in range(number):
        app.desk(ACTOR).fire(ids[0], "furnish")
    alone, together = _compared(sizes, folder / "beds.db", "beds", ids, writers)
    verdict = app.verify()
    assert verdict.whole, verdict
    app.dispose()
    one = f"{number} beds, {cases} cases, 1 writer"
    yield Figure(name=one, value=alone, unit="/s", note="TRUNCATE NORMAL")
    yield Figure(
        name=f"{number} beds, {cases} cases, {writers} writers",
        value=together,
        unit="/s",
        against=one,
        ratio=together / alone,
        goal=BEDS_GOAL,
        note="firings accepted; one that finds no bed asks again",
    )


def _compared(sizes: Sizes, path: Path, kind: str, ids: Sequence[str], writers: int) -> tuple[float, float]:
    """Accepted firings a second with one process and with *writers*, by turns; the median of a few times each."""
    found: dict[int, list[float]] = {1: [], writers: []}
    for _ in range(sizes.times):
        for number in found:
            found[number].append(_throughput(path, kind, [ids[place::number] for place in range(number)]))
    return statistics.median(found[1]), statistics.median(found[writers])


def _throughput(path: Path, kind: str, shares: list[Sequence[str]]) -> float:
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(shares)), context.Queue()
    processes = [context.Process(target=_process, args=(path, kind, share, barrier, answers)) for share in shares]
    for process in processes:
        process.start()
    told = [answers.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    started, ended = min(begun for begun, _, _ in told), max(end for _, end, _ in told)
    return float(sum(done for _, _, done in told) / (ended - started))


def _process(path: Path, kind: str, ids: Sequence[str], barrier: Any, answers: Any) -> None:
    case_type, work = {"bench": (rescue, _round), "beds": (beds, _night)}[kind]
    app = Casework(f"sqlite:///{path}", case_types=[case_type], options=StoreOptions(synchronous="NORMAL"))
    desk = app.desk(ACTOR)
    desk.get(ids[0])
    barrier.wait()
    started = time.monotonic()
    done = work(desk, ids)
    answers.put((started, time.monotonic(), done))
    app.dispose()


def _round(desk: Desk, ids: Sequence[str]) -> int:
    """Lead each case once round."""
    number = int(time.monotonic() * 1000)
    for case_id in ids:
        for trigger in TRIGGERS:
            persist(desk, case_id, trigger, form_of(trigger, number))
    return len(ids) * len(TRIGGERS)


def _night(desk: Desk, ids: Sequence[str]) -> int:
    """Give each case a bed for a moment."""
    for case_id in ids:
        for trigger in ("take_in", "send_home"):
            persist(desk, case_id, trigger)
    return 2 * len(ids)


def persist(desk: Desk, case_id: str, trigger: str, form: object = None) -> None:
    """Fire until it is accepted: a bed may be taken for a moment, or the file busy."""
    while True:
        try:
            desk.fire(case_id, trigger, form)
        except Refused as no:
            if no.refusal.code not in ("limit-reached", "store-unavailable"):
                raise
        else:
            return

"""A durable firing on PostgreSQL against one by hand with psycopg: one writer, eight of them, and a batch."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import by_hand_postgres, served
from benchmarks.bulk import HALF, bulk_of
from benchmarks.firing_sqlite import by_case, by_id
from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved
from benchmarks.workload import ACTOR, ROLE, TRIGGERS, form_of, ready_cases, rescue
from casework import Casework

NAMES = ("four statements by hand", "desk.fire(case)", "desk.fire(id)")
ONE_WRITER, MANY_WRITERS = Goal(1), Goal(0.8, least=True)


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Everything on one server with fsync on, in one database; nothing where it cannot be started."""
    if absent := served.missing():
        print(f"firing_postgres: left out, for {absent} is not there")
        return
    with served.postgres() as url:
        app = Casework(url, case_types=[rescue])
        app.create_tables()
        yield from _one_writer(app, url, sizes)
        yield from _bulk(app, url, sizes)
        yield from _writers(app, url, sizes)
        assert app.verify().whole, "what was measured left a store that does not verify"
        app.dispose()


def _one_writer(app: Casework, url: str, sizes: Sizes) -> Iterator[Figure]:
    number = max(1, sizes.firings // len(TRIGGERS))
    manual, by_read, by_name = (ready_cases(app, number) for _ in NAMES)
    with by_hand_postgres.connect(url) as connection:
        batches = (
            by_id(manual, lambda *what: by_hand_postgres.fire(connection, {ROLE}, *what)),
            by_case(app, by_read),
            by_id(by_name, app.desk(ACTOR).fire),
        )
        taken = interleaved(dict(zip(NAMES, batches, strict=True)), sizes.rounds)
    yield taken.figure(NAMES[0], note="one writer")
    yield taken.figure(NAMES[1], NAMES[0], goal=ONE_WRITER, note="one writer")
    yield taken.figure(NAMES[2], NAMES[0], note="one writer")


def _bulk(app: Casework, url: str, sizes: Sizes) -> Iterator[Figure]:
    number = max(1, sizes.bulk // len(TRIGGERS))
    manual, together = (ready_cases(app, number) for _ in range(2))
    with by_hand_postgres.connect(url) as connection:
        contenders = {"executemany by hand": _many_by_hand(connection, manual), "desk.bulk": bulk_of(app, together)}
        taken = interleaved(contenders, max(2, sizes.rounds // 2))
    yield taken.figure("executemany by hand")
    yield taken.figure("desk.bulk", "executemany by hand", goal=HALF)


def _many_by_hand(connection: Any, ids: list[str]) -> Batch:
    count = 0

    def batch() -> int:
        nonlocal count
        count += 1
        for trigger in TRIGGERS:
            by_hand_postgres.bulk(connection, {ROLE}, ids, trigger, form_of(trigger, count), f"{trigger} {count}")
        return len(ids) * len(TRIGGERS)

    return batch


def _writers(app: Casework, url: str, sizes: Sizes) -> Iterator[Figure]:
    number = sizes.processes
    shares = {
        name: [ready_cases(app, max(1, sizes.each // len(TRIGGERS))) for _ in range(number)] for name in _PROCESSES
    }
    taken: dict[str, list[float]] = {name: [] for name in _PROCESSES}
    for turn in range(max(2, sizes.rounds // 3)):
        for name in sorted(_PROCESSES, reverse=turn % 2 == 1):
            taken[name].append(_throughput(name, url, shares[name]))
    manual, ours = (f"{name}, {number} writers" for name in ("four statements by hand", "desk.fire(case)"))
    ratios = sorted(one / other for one, other in zip(taken["casework"], taken["by hand"], strict=True))
    yield Figure(name=manual, value=statistics.median(taken["by hand"]), unit="/s")
    yield Figure(
        name=ours,
        value=statistics.median(taken["casework"]),
        unit="/s",
        against=manual,
        ratio=statistics.median(ratios),
        spread=(ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]),
        goal=MANY_WRITERS,
    )


def _throughput(name: str, url: str, shares: Sequence[list[str]]) -> float:
    """Firings a second of as many processes as there are shares of cases, all begun at the same time."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(shares)), context.Queue()
    processes = [context.Process(target=_process, args=(name, url, share, barrier, answers)) for share in shares]
    for process in processes:
        process.start()
    told = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return float(sum(done for done, _, _ in told) / (max(end for *_, end in told) - min(start for _, start, _ in told)))


def _process(name: str, url: str, ids: list[str], barrier: Any, answers: Any) -> None:
    """Lead the cases once round to warm up, then wait for the others, then once round more."""
    batch, close = _PROCESSES[name](url, ids)
    batch()
    barrier.wait()
    start = time.monotonic()
    done = batch()
    answers.put((done, start, time.monotonic()))
    close()


def _by_hand(url: str, ids: list[str]) -> tuple[Batch, Callable[[], None]]:
    connection = by_hand_postgres.connect(url)
    return by_id(ids, lambda *what: by_hand_postgres.fire(connection, {ROLE}, *what)), connection.close


def _casework(url: str, ids: list[str]) -> tuple[Batch, Callable[[], None]]:
    app = Casework(url, case_types=[rescue])
    return by_case(app, ids), app.dispose


_PROCESSES: Mapping[str, Callable[[str, list[str]], tuple[Batch, Callable[[], None]]]] = {
    "by hand": _by_hand,
    "casework": _casework,
}

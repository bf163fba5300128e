"""Messages a second with one, two and four worker processes over one PostgreSQL, with a runner and without.

A receiver that answers at once shows what the database and the processors of this machine can do; one that takes
20 ms, as others in the network do, shows what more workers are for.
"""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from benchmarks import served
from benchmarks.measure import Figure, Sizes
from casework import Actor, CaseType, Casework, Channel, Message, Send, State, Transition, Workflow

CLERK = Actor("li", roles={"clerk"})
RUNNERS = ("embedded", "procrastinate")
PROCESSES = (1, 2, 4)
ANSWERS = {"at once": 0.0, "after 20 ms": 0.02}
AT_ONCE = 4
"""Jobs that one process of the runner does at once."""

parcel = CaseType(
    "parcel",
    opens="clerk",
    grants={"view": "clerk"},
    chain=[
        Workflow(
            "parcel",
            initial="waiting",
            states=[State("waiting"), State("sent_back", final=True)],
            transitions=[
                Transition("tell", "waiting", roles="clerk", effects=Send("post", "li", {"word": "hello"})),
                Transition("send_back", "waiting", "sent_back", roles="clerk"),
            ],
        )
    ],
)


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Every runner, receiver and number of workers in turn; nothing where no server can be started."""
    if absent := served.missing():
        print(f"effects: left out, for {absent} is not there")
        return
    with served.postgres() as url:
        for answers in ANSWERS:
            for runner in RUNNERS:
                yield from _workers(url, runner, answers, sizes)


def _workers(url: str, runner: str, answers: str, sizes: Sizes) -> Iterator[Figure]:
    first, count = 0.0, max(len(PROCESSES), sizes.bulk)
    for processes in (number for number in PROCESSES if number <= sizes.processes):
        rate = _throughput(url, runner, ANSWERS[answers], count=count, processes=processes)
        first = first or rate
        one = f"{runner}, answered {answers}, 1 process"
        name = f"{runner}, answered {answers}, {processes} process{'es' if processes > 1 else ''}"
        more: dict[str, Any] = {} if processes == 1 else {"against": one, "ratio": rate / first}
        yield Figure(name=name, value=rate, unit="/s", note=f"{count} messages, each of a case of its own", **more)


def app_on(url: str, runner: str, seconds: float) -> Casework:
    """The application, with a receiver that takes so long."""
    from casework.jobs.procrastinate import Procrastinate

    def deliver(message: Message, key: str) -> None:
        if seconds:
            time.sleep(seconds)

    channel = Channel("post", deliver, delivery="at_least_once")
    told = Procrastinate() if runner == "procrastinate" else None
    return Casework(url, case_types=[parcel], parts=[channel], runner=told)


def _throughput(url: str, runner: str, seconds: float, *, count: int, processes: int) -> float:
    app = app_on(url, runner, seconds)
    app.create_tables()
    for start in range(0, count, 200):
        size = min(200, count - start)
        app.atomically(CLERK, lambda desk, size=size: [desk.fire(desk.open("parcel"), "tell") for _ in range(size)])
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(processes), context.Queue()
    arguments = (url, runner, seconds, barrier, answers)
    workers = [context.Process(target=_worker, args=arguments) for _ in range(processes)]
    for worker in workers:
        worker.start()
    told = [_told(answers) for _ in workers]
    for worker in workers:
        worker.join()
    assert not app.effects("waiting", limit=1), "every message was sent"
    app.dispose()
    return count / (max(end for _, end in told) - min(begun for begun, _ in told))


def _told(answers: Any) -> tuple[float, float]:
    try:
        begun, end = answers.get(timeout=600)
    except queue.Empty:
        raise AssertionError("a worker never answered") from None
    return float(begun), float(end)


def _worker(url: str, runner: str, seconds: float, barrier: Any, answers: Any) -> None:
    """Work until nothing waits; when it began, and when it had sent its last message."""
    import procrastinate  # noqa: F401 (it takes a second, which is not what is measured)

    from casework.jobs.procrastinate import work
    from casework.jobs.procrastinate.worker import Pace

    app = app_on(url, runner, seconds)
    barrier.wait()
    begun = time.time()
    if runner == "procrastinate":
        while app.effects("waiting", limit=1):
            work(app, url, concurrency=AT_ONCE, once=True, pace=Pace(again=0.05))
    else:
        while app.effects("waiting", limit=1):
            app.send_waiting(limit=100_000)
    answers.put((begun, time.time()))
    app.dispose()


def chart(figures: Sequence[Figure], language: Literal["en", "zh"]) -> str | None:
    """A plot of what was found, as SVG; None where altair is not installed, or nothing is to be shown."""
    if not figures or find_spec("altair") is None or find_spec("vl_convert") is None:
        return None
    import altair
    import vl_convert

    zh = language == "zh"
    x, y = ("工作进程数", "每秒消息数") if zh else ("worker processes", "messages a second")
    title = "消息吞吐量" if zh else "Messages a second by the number of workers"
    data = altair.Data(values=[_point(figure) for figure in figures])
    lines = altair.Chart(data, title=title, width=520, height=280).mark_line(point=True)
    encoded = lines.encode(
        x=altair.X("processes:O", title=x, axis=altair.Axis(labelAngle=0)),
        y=altair.Y("rate:Q", title=y),
        color=altair.Color("runner:N", title=None),
    )
    return str(vl_convert.vegalite_to_svg(encoded.to_dict()))


def _point(figure: Figure) -> dict[str, Any]:
    runner, answered, processes = figure.name.split(", ")
    return {"runner": f"{runner}, {answered}", "processes": int(processes.split()[0]), "rate": figure.value}

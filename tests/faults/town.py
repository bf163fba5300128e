"""Small case types, apps, and work for other processes: what the fault tests have in common."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from files import PNG, png
from processes import forking
from sqlalchemy import event
from sqlalchemy.pool import Pool
from stores import quick

from casework import (
    Account,
    Actor,
    BlobFolder,
    BlobStore,
    Case,
    CaseType,
    Casework,
    Channel,
    Clock,
    Deadline,
    Desk,
    Field,
    FrozenClock,
    Given,
    Now,
    Open,
    Post,
    Recheck,
    Refused,
    Send,
    Set,
    State,
    StoreOptions,
    SystemClock,
    Transition,
    Unit,
    Workflow,
    field,
    hours,
)

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLERK = Actor("clerk", roles={"clerk"}, unit="anlu")
_VIEW = {"view": "clerk", "edit": "clerk", "note": "clerk", "correct": "clerk"}
_ACCOUNTS = (Account("free", "bed", minimum=0), Account("taken", "bed", maximum=100_000), Account("stock", "bed"))

guest = CaseType(
    "guest",
    chain=[
        Workflow(
            "guest",
            initial="waiting",
            states=[State("waiting", phases="here"), State("inside", phases="here"), State("gone", final=True)],
            transitions=[
                Transition("tick", phase="here", roles="clerk", effects=Set("seen", Now())),
                Transition("admit", "waiting", "inside", roles="clerk", effects=Post("free", "taken")),
                Transition("step_out", "inside", "waiting", roles="clerk", effects=Post("taken", "free")),
                Transition(
                    "leave", "inside", "gone", roles="clerk", effects=[Post("taken", "free"), Send("post", "li")]
                ),
                Transition("turn_out", "inside", "gone", roles="clerk", effects=Post("taken", "free")),
                Transition("go", "waiting", "gone", roles="clerk"),
            ],
            deadlines=[Deadline("stay", "inside", hours(1), trigger="turn_out")],
        )
    ],
    data=[Field("name", field_class="identity"), Field("seen", "instant")],
    roles=["clerk"],
    opens="clerk",
    grants=_VIEW,
    readers={"identity": "clerk"},
    accounts=_ACCOUNTS,
)

house = CaseType(
    "house",
    chain=[
        Workflow(
            "house",
            initial="open",
            states=[State("open"), State("shut", final=True)],
            transitions=[
                Transition(
                    "set_up",
                    "open",
                    roles="clerk",
                    form=[Field("count", "integer", required=True)],
                    effects=Post("stock", "free", Given("count")),
                ),
                Transition("spend", "open", roles="clerk", effects=Post("free", "taken")),
                Transition("refund", "open", roles="clerk", effects=Post("taken", "free")),
                Transition("shut", "open", "shut", roles="clerk"),
            ],
        )
    ],
    roles=["clerk"],
    opens="clerk",
    grants=_VIEW,
    accounts=_ACCOUNTS,
)

child = CaseType(
    "child",
    chain=[
        Workflow(
            "child",
            initial="playing",
            states=[State("playing"), State("grown", final=True)],
            transitions=[
                Transition("call_home", "playing", roles="clerk", effects=Recheck()),
                Transition("grow_up", "playing", "grown", roles="clerk"),
            ],
        )
    ],
    data=[Field("name")],
    subjects=(),
    roles=["clerk"],
    opens="clerk",
    grants=_VIEW,
)

parent = CaseType(
    "parent",
    chain=[
        Workflow(
            "parent",
            initial="alone",
            states=[State("alone"), State("old", final=True)],
            transitions=[
                Transition(
                    "bear",
                    "alone",
                    roles="clerk",
                    form=[Field("name", required=True)],
                    effects=[Open("child", {"name": Given("name")}, Unit()), Set("born", Given("name"))],
                ),
                Transition("age", "alone", "old", automatic=True, condition=field("born") == "last"),
                Transition("retire", "alone", "old", roles="clerk"),
            ],
        )
    ],
    data=[Field("born")],
    subjects=(),
    roles=["clerk"],
    opens="clerk",
    grants=_VIEW,
)

TYPES = (guest, house, parent, child)
POST = Channel("post", lambda message, key: None, delivery="at_least_once")


def town(
    url: str | None = None, *, wal: bool = False, clock: Clock | None = None, blobs: BlobStore | None = None
) -> Casework:
    """An app with all of them; *wal* says that one process owns the file, which is how one gets that journal."""
    options = StoreOptions(sole_process=wal)
    return Casework(
        url or quick(), case_types=TYPES, parts=[POST], clock=clock or SystemClock(), options=options, blobs=blobs
    )


def founded(
    url: str | None = None,
    *,
    wal: bool = False,
    clock: Clock | None = None,
    beds: int = 0,
    blobs: BlobStore | None = None,
) -> Casework:
    """The same with its tables, and with that many free beds."""
    app = town(url, wal=wal, clock=clock, blobs=blobs)
    app.create_tables()
    if beds:
        app.atomically(CLERK, lambda desk: desk.fire(desk.open("house"), "set_up", count=beds))
    return app


def guests(app: Casework, count: int) -> list[Case]:
    """That many people who wait at the door, written in one transaction."""
    return app.atomically(CLERK, lambda desk: [desk.open("guest", name=f"guest {i}") for i in range(count)])


def at_once(work: Iterable[Callable[[], Any]]) -> list[Any]:
    """What each piece of work answers, all of them begun at the same time in threads; the first error is raised."""
    tasks = list(work)
    gate, answers = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(place: int, task: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[place] = task()
        except BaseException as error:
            answers[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=item) for item in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers


def in_processes(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What *work*, a function of this module, answers to each of the arguments, in a process each."""
    with ProcessPoolExecutor(len(arguments), mp_context=forking()) as pool:
        return [future.result() for future in [pool.submit(work, *item) for item in arguments]]


def code(call: Callable[[], object]) -> str:
    """The code with which a call is refused; empty where it is accepted. Any other error is raised."""
    try:
        call()
    except Refused as no:
        return no.refusal.code
    return ""


def insistent(call: Callable[[], object], tries: int = 20) -> str:
    """The same, asking again while the store is busy: that is the retryable answer (F7)."""
    for _ in range(tries):
        said = code(call)
        if said != "store-unavailable":
            return said
    return said


# -- what other processes do


def ticks(url: str, case_id: str, threads: int, each: int, wal: bool = False) -> Counter[str]:
    """Read the case and fire on what was read, again and again; how often with which answer."""
    app = town(url, wal=wal)

    def work() -> Counter[str]:
        desk, told = app.desk(CLERK), Counter[str]()
        for _ in range(each):
            told[insistent(lambda: desk.fire(desk.get(case_id), "tick"))] += 1
        return told

    answers = at_once([work] * threads)
    app.dispose()
    return sum(answers, Counter())


def fires(url: str, name: str, count: int, wal: bool) -> tuple[list[tuple[str, int]], Counter[str]]:
    """Fire on a case of one's own and on one that all share; the receipts, and the refusals by code."""
    app = town(url, wal=wal)
    desk, receipts, refusals = app.desk(CLERK), [], Counter[str]()
    own = desk.open("guest", name=name, request_id=f"{name} open")
    receipts.append((own.id, own.entry))
    for i in range(count):
        key = f"{name} {i}"
        said = insistent(lambda key=key: receipts.append(_place(desk.fire(own.id, "tick", request_id=key))))  # type: ignore[misc]
        refusals[said] += 1
    app.dispose()
    return receipts, refusals


def _place(case: Case) -> tuple[str, int]:
    return case.id, case.entry


def admits(url: str, case_ids: Sequence[str], threads: int) -> Counter[str]:
    """Try to admit each of the guests, in threads."""
    app = town(url)
    desk = app.desk(CLERK)
    told = at_once(
        [
            lambda share=case_ids[n::threads]: Counter(insistent(lambda c=c: desk.fire(c, "admit")) for c in share)  # type: ignore[misc]
            for n in range(threads)
        ]
    )
    app.dispose()
    return sum(told, Counter())


def schedules(url: str, now: datetime) -> int:
    """Fire what ran out; how many timers this scheduler fired."""
    app = town(url, clock=FrozenClock(now))
    fired, ran = 0, app.run_due()
    while ran.fired or ran.stale:
        fired, ran = fired + ran.fired, app.run_due()
    app.dispose()
    return fired


def bulk(url: str, case_ids: Sequence[str], looks: int) -> None:
    """Fire on many cases in small chunks; in the midst of one it stands still, to be killed there."""
    app = town(url, clock=StallingClock(looks))
    app.desk(CLERK).bulk(case_ids, "tick", batch="monday", chunk=5)


class StallingClock:
    """A clock that says so and stands still, with all who look at it, at a certain look."""

    def __init__(self, looks: int) -> None:
        self._left = looks

    def now(self) -> datetime:
        self._left -= 1
        if self._left == 0:
            os.write(1, b"stalled")
            time.sleep(600)
        return START


class TickingClock:
    """A clock of which every look is later than the one before, for several threads."""

    def __init__(self, start: datetime, step: timedelta) -> None:
        self._now, self._step, self._lock = start, step, threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            self._now += self._step
            return self._now


def meddle(desk: Desk, case_ids: Sequence[str], seed: int, count: int) -> None:
    """Fire at random on the cases; refusals are part of it."""
    luck = random.Random(seed)
    for _ in range(count):
        insistent(lambda: desk.fire(luck.choice(case_ids), luck.choice(["admit", "step_out", "tick"])))


def victim(url: str, case_id: str, wal: bool, crash_at: int = 0) -> None:
    """Write what a rich firing writes, telling of each call as it is acknowledged; dies at statement *crash_at*."""
    if crash_at:
        _crash_at(crash_at)
    desk = town(url, wal=wal, clock=FrozenClock(START)).desk(CLERK)
    calls: list[Callable[[], Case]] = [
        lambda: desk.fire(case_id, "leave", request_id="leave"),
        lambda: desk.open("guest", name="the next", request_id="open"),
        lambda: desk.fire(desk.open("parent"), "bear", name="last"),
    ]
    for call in calls:
        case = call()
        os.write(1, f"{case.id} {case.entry}\n".encode())


def _crash_at(number: int) -> None:
    """End the process, as a kill would, before its statement of that number."""
    seen = iter(range(1, number))

    def before(statement: str) -> None:
        if next(seen, None) is None:
            os._exit(9)

    event.listen(Pool, "connect", lambda connection, _: connection.set_trace_callback(before))


def juggles(url: str, folder: str, case_id: str, count: int) -> None:
    """Enclose the same bytes again and again, and withdraw all but the last."""
    app = town(url, blobs=BlobFolder(folder))
    desk = app.desk(CLERK)
    for turn in range(count):
        assert "" == insistent(lambda: desk.enclose(case_id, PNG, name="a.png", field_class="open"))
        number = desk.enclosures(case_id)[0].number
        if turn < count - 1:
            assert "" == insistent(lambda number=number: desk.withdraw(case_id, number, because="again"))  # type: ignore[misc]
    app.dispose()


def encloser(url: str, folder: str, case_id: str, crash_at: int) -> None:
    """Enclose a file and withdraw another; dies before what it does *crash_at*-th, be it to the tables or the files."""
    app = town(url, blobs=BlobFolder(folder))
    desk, seen = app.desk(CLERK), iter(range(1, crash_at))

    def count(*_: object) -> None:
        if next(seen, None) is None:
            os._exit(9)

    def audited(what: str, arguments: tuple[object, ...]) -> None:
        if what in ("open", "os.rename", "os.mkdir", "os.chmod", "os.remove", "os.utime") and folder in str(
            arguments[0]
        ):
            count()

    event.listen(Pool, "connect", lambda connection, _: connection.set_trace_callback(count))
    sys.addaudithook(audited)
    desk.enclose(case_id, png(2), name="new.png", field_class="open", request_id="new")
    desk.withdraw(case_id, 2, because="wrong", request_id="old")
    os._exit(0)

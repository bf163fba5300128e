"""Work through Procrastinate's jobs, and see every minute to what it has lost.

A job that is begun belongs to its worker for as long as that gives signs of life; then it is replaced by another one,
which waits for the lease of the row of the store. A finished job is deleted: the row says what became of it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from casework.errors import CaseworkError, SetupError, StoreUnavailable
from casework.jobs.port import Job, Outcome
from casework.jobs.procrastinate.queue import PERFORM, QUEUE, arguments, job_of

if TYPE_CHECKING:
    import procrastinate

log = logging.getLogger("casework.worker")

TEND = "casework.tend"
EVERY_MINUTE = "* * * * *"
TEND_FIRST = 100
"""The priority of tending, before that of jobs, which is 0."""

RESCUE = f"""
DELETE FROM procrastinate_jobs AS job
WHERE job.queue_name = '{QUEUE}' AND job.status = 'doing' AND (
    NOT EXISTS (
        SELECT 1 FROM procrastinate_workers AS worker
        WHERE worker.id = job.worker_id AND worker.last_heartbeat > now() - %(silent)s * interval '1 second'
    )
    OR (SELECT max(at) FROM procrastinate_events AS event WHERE event.job_id = job.id AND event.type = 'started')
        < now() - %(hung)s * interval '1 second'
)
RETURNING job.task_name AS task, job.args AS told
"""  # noqa: S608 (a name of our own)


class Performer(Protocol):
    """As much of an application as a runner needs."""

    def perform(self, job: Job, /) -> Outcome:
        """Do what the job stands for."""
        ...

    def tend(self) -> object:
        """Tell the runner again of whatever is due and was not done."""
        ...


@attrs.frozen(kw_only=True)
class Pace:
    """How often to look, in seconds, and the cron expression of tending."""

    tend: str = EVERY_MINUTE
    poll: float = 5.0
    heartbeat: float = 5.0
    silent: float = 30.0
    hung: float = 600.0
    again: float = 1.0


class _Again(Exception):
    """Not an error: the job is to be performed again then."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


def work(
    performer: Performer,
    url: str,
    *,
    concurrency: int = 1,
    once: bool = False,
    seconds: float | None = None,
    pace: Pace | None = None,
) -> Counter[str]:
    """Perform jobs until a signal ends it, for *seconds*, or *once* through all that are due; counts what came of them.

    To be called in the main thread. A database that cannot be reached is tried again, every second.
    Raises SetupError where Procrastinate is not installed.
    """
    try:
        import procrastinate  # noqa: F401
    except ImportError:
        raise SetupError("Procrastinate is not installed: pip install 'casework[postgres]'") from None
    told = _Worker(performer, url, concurrency, pace or Pace())
    asyncio.run(told.until_stopped(once=once, seconds=seconds))
    return told.counts


class _Worker:
    """One process that works."""

    def __init__(self, performer: Performer, url: str, concurrency: int, pace: Pace) -> None:
        self._performer, self._url, self._concurrency, self._pace = performer, url, concurrency, pace
        self.counts: Counter[str] = Counter()

    async def until_stopped(self, *, once: bool, seconds: float | None) -> None:
        """Begin again where the connection was lost, until it is time to stop."""
        stopped = asyncio.Event()
        with _told(stopped), ThreadPoolExecutor(self._concurrency + 1, "casework-job") as threads:
            end = asyncio.create_task(_over(stopped, seconds))
            while not stopped.is_set():
                if await self._connected(threads, end, once=once) and once:
                    break
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), self._pace.again)
            end.cancel()

    async def _connected(self, threads: ThreadPoolExecutor, end: asyncio.Task[None], *, once: bool) -> bool:
        """Work until the end, or until the connection is lost; whether it was not.

        What is opened is closed whatever happens, and not cancelled while it opens: else its tasks would stay.
        """
        app = self._app(threads)
        try:
            await app.open_async()
            await self._tend(app, threads)
            running = asyncio.create_task(self._work(app, wait=not once))
            await asyncio.wait({running, end}, return_when=asyncio.FIRST_COMPLETED)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        except Exception as error:
            if isinstance(error, CaseworkError | ImportError) and not isinstance(error, StoreUnavailable):
                raise
            log.warning("the jobs cannot be reached: %s; trying again", type(error).__name__)
            return False
        finally:
            await app.close_async()
        return True

    async def _work(self, app: procrastinate.App, *, wait: bool) -> None:
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=self._concurrency,
            wait=wait,
            fetch_job_polling_interval=self._pace.poll,
            update_heartbeat_interval=self._pace.heartbeat,
            stalled_worker_timeout=self._pace.silent,
            delete_jobs="always",
            install_signal_handlers=False,
        )

    def _app(self, threads: ThreadPoolExecutor) -> procrastinate.App:
        import procrastinate

        limits = {"connect_timeout": 5, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2}
        connector = procrastinate.PsycopgConnector(
            conninfo=conninfo(self._url), kwargs=limits, min_size=1, max_size=self._concurrency + 2
        )
        app = procrastinate.App(connector=connector)
        _register(app, PERFORM, self._perform(app, threads), retry=_strategy())

        async def tend(timestamp: int) -> None:
            await self._tend(app, threads)

        task = _register(app, TEND, tend, priority=TEND_FIRST)
        app.periodic(cron=self._pace.tend)(task)
        return app

    def _perform(self, app: procrastinate.App, threads: ThreadPoolExecutor) -> Callable[..., Awaitable[None]]:
        async def perform(**told: str) -> None:
            job = job_of(told)
            outcome = await asyncio.get_running_loop().run_in_executor(threads, self._performer.perform, job)
            self.counts[outcome.did] += 1
            if outcome.did == "blocked" and outcome.again_at is not None:
                await _at_the_end(app, attrs.evolve(job, due_at=outcome.again_at))
            elif outcome.again_at is not None:
                raise _Again(outcome.again_at)

        return perform

    async def _tend(self, app: procrastinate.App, threads: ThreadPoolExecutor) -> None:
        lost = await app.connector.execute_query_all_async(RESCUE, silent=self._pace.silent, hung=self._pace.hung)
        for row in lost:
            if row["task"] == PERFORM:
                await _at_the_end(app, job_of(row["told"]))
        await asyncio.get_running_loop().run_in_executor(threads, self._performer.tend)


def _register(app: procrastinate.App, name: str, function: Callable[..., Any], **more: Any) -> Any:
    task: Any = app.task
    return task(name=name, queue=QUEUE, **more)(function)


async def _at_the_end(app: procrastinate.App, job: Job) -> None:
    """Put a job behind those that it has to wait for: one of them that was lost, and came back, is behind it."""
    from procrastinate.exceptions import AlreadyEnqueued

    told = {"lock": job.lane or None, "queueing_lock": job.key, "schedule_at": job.due_at}
    configured = app.configure_task(PERFORM, queue=QUEUE, **told)  # type: ignore[arg-type]
    with suppress(AlreadyEnqueued):
        await configured.defer_async(**arguments(job))


def _strategy() -> Any:
    from procrastinate import BaseRetryStrategy, RetryDecision

    class Then(BaseRetryStrategy):
        """Again when the row says so; what failed otherwise is deleted, and comes back by tending."""

        def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
            return RetryDecision(retry_at=exception.at) if isinstance(exception, _Again) else None

    return Then()


def conninfo(url: str) -> str:
    """What libpq calls a URL of the store: without the name of a driver."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise SetupError("Procrastinate keeps its jobs in PostgreSQL; on SQLite run without a runner")
    return f"postgresql://{rest}"


async def _over(stopped: asyncio.Event, seconds: float | None) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)
    stopped.set()


@contextmanager
def _told(stopped: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM end it after the jobs that are under way."""
    loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stopped.set)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)

"""What runs for a while: the worker, alone or on a runner."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import attrs
import click

from casework import Casework, Field, InvalidValue, Ran, StoreUnavailable, SystemClock, parse_text
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import BROKEN, OK
from casework.cli.session import Session
from casework.cli.usage import Usage


@command(
    "work",
    "Fire the timers that ran out and send the messages that wait; go on until stopped.\n"
    "With --once: a single round. Ends with 6 where timers are held back because very many are very late.",
    "处理到期的期限并发送待发消息，持续运行直到停止。\n--once 只运行一轮。大量期限严重逾期而被暂停触发时以 6 结束。",
)
@option("--once", is_flag=True, en="Do what is due now, then stop.", zh="只处理当前到期事项。")
@option(
    "--until",
    metavar="INSTANT",
    en="Stop then, such as 2026-01-31T08:00+08:00.",
    zh="到该时刻停止，如 2026-01-31T08:00+08:00。",
)
@option(
    "--every",
    type=click.FloatRange(0.1),
    default=30.0,
    metavar="SECONDS",
    en="Pause between rounds (30), where there is no runner.",
    zh="两轮间隔秒数（30），不用执行器时有效。",
)
@option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    en="So many jobs of a runner at once (1).",
    zh="执行器同时处理的任务数（1）。",
)
@option(
    "--force",
    is_flag=True,
    en="The clock is right: fire timers however many are late.",
    zh="时钟无误：无论逾期多少都触发。",
)
@json_option
@click.pass_obj
def work(
    session: Session, once: bool, until: str | None, every: float, concurrency: int, force: bool, as_json: bool
) -> int:
    """Run the worker."""
    end = None if until is None else _instant(until)
    app = session.opened
    if session.runner is not None:
        counts = _jobs(session, app, end, concurrency=concurrency, once=once, force=force)
        _tell_jobs(session, counts, as_json=as_json)
        return OK
    if concurrency > 1:
        raise Usage("--concurrency asks for --runner; or start several workers", "--concurrency 须与 --runner 同用")
    total = _round(app, force=force) if once else _go_on(session, app, end, every, quiet=as_json, force=force)
    if as_json:
        session.screen.json(plain.ran(total))
    else:
        session.screen.line(_said(session, total))
    return _braked(session, total)


def _instant(text: str) -> datetime:
    try:
        found = parse_text(Field("until", "instant"), text)
    except InvalidValue as error:
        raise Usage(f"--{error}", f"--until：“{text}”不是带时区的时刻") from None
    assert isinstance(found, datetime)
    return found


def _jobs(
    session: Session, app: Casework, end: datetime | None, *, concurrency: int, once: bool, force: bool
) -> Counter[str]:
    """Work as one of the workers of a runner."""
    from casework.jobs.procrastinate import work as work_through

    seconds = None if end is None else max(0.0, (end - SystemClock().now()).total_seconds())
    if force:
        app.run_due(force=True)
    return work_through(app, session.url, concurrency=concurrency, once=once, seconds=seconds)


def _tell_jobs(session: Session, counts: Counter[str], *, as_json: bool) -> None:
    if as_json:
        session.screen.json({"jobs": dict(counts)})
        return
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "0"
    session.screen.line(session.screen.told(f"jobs: {told}", f"任务：{told}"))


def _round(app: Casework, *, force: bool) -> Ran:
    """One round: timers first, for what they fire may send."""
    app.tend()
    return _sum(app.run_due(force=force), app.send_waiting())


def _sum(one: Ran, other: Ran) -> Ran:
    summed = {name: count + getattr(other, name) for name, count in attrs.asdict(one).items()}
    # These are what there is, not what was done.
    return Ran(**{**summed, "braked": max(one.braked, other.braked)})


def _go_on(session: Session, app: Casework, end: datetime | None, every: float, *, quiet: bool, force: bool) -> Ran:
    """Round after round; a store that cannot be used just now is tried again in the next one."""
    total, clock = Ran(), SystemClock()
    with stoppable() as stopped:
        while not stopped.is_set() and (end is None or clock.now() < end):
            try:
                done = _round(app, force=force)
            except StoreUnavailable as error:
                session.screen.note(
                    f"the store cannot be used: {error}; trying again", f"无法使用存储：{error}；将重试"
                )
            else:
                total = _sum(total, done)
                if done != Ran() and not quiet:
                    session.screen.error_line(_said(session, done))
                _braked(session, done)
            pause = every if end is None else min(every, max(0.0, (end - clock.now()).total_seconds()))
            stopped.wait(pause)
            force = False
    return total


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM end the loop after the transaction that is under way, not within it."""
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _said(session: Session, ran: Ran) -> str:
    return session.screen.told(
        f"timers: {ran.fired} fired, {ran.stale} stale, {ran.stuck} refused; "
        f"messages: {ran.sent} sent, {ran.failed} failed, {ran.parked} without a channel",
        f"期限：触发 {ran.fired}，失效 {ran.stale}，被拒 {ran.stuck}；"
        f"消息：已发 {ran.sent}，失败 {ran.failed}，无渠道 {ran.parked}",
    )


def _braked(session: Session, ran: Ran) -> int:
    if not ran.braked:
        return OK
    session.screen.note(
        f"{ran.braked} timers or more are very late, so none was fired: did the clock jump, or did nobody work for "
        "long? If the clock is right, `casework work --once --force`",
        f"至少 {ran.braked} 个期限严重逾期，已全部暂停触发：时钟是否跳变，或长期无人运行？"
        "确认时钟无误后执行 casework work --once --force",
        "bold red",
    )
    return BROKEN

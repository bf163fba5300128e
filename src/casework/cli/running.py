"""What runs for a while: the embedded worker, and the stories that plugins tell."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import click

from casework import Casework, Demo, DemoRun, Field, InvalidValue, Ran, StoreUnavailable, SystemClock, parse_text
from casework.cli import plain
from casework.cli.clean import clean_lines
from casework.cli.command import command, json_option, option
from casework.cli.faults import BROKEN, OK
from casework.cli.screen import console
from casework.cli.session import MEMORY, Session
from casework.cli.usage import Usage


@command(
    "work",
    "Fire the timers that ran out and send the messages that wait; go on until stopped.\nWith --once: a single round.",
    "处理到期的期限并发送待发消息，持续运行直到停止。\n--once 只运行一轮。",
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
    en="Pause between rounds (30).",
    zh="两轮间隔秒数（30）。",
)
@json_option
@click.pass_obj
def work(session: Session, once: bool, until: str | None, every: float, as_json: bool) -> int:
    """Run the embedded worker."""
    end = None if until is None else _instant(until)
    app = session.opened
    total = _round(app) if once else _go_on(session, app, end, every, quiet=as_json)
    if as_json:
        session.screen.json(plain.ran(total))
    else:
        session.screen.line(_said(session, total))
    return OK


def _instant(text: str) -> datetime:
    try:
        found = parse_text(Field("until", "instant"), text)
    except InvalidValue as error:
        raise Usage(f"--{error}", f"--until：“{text}”不是带时区的时刻") from None
    assert isinstance(found, datetime)
    return found


def _round(app: Casework) -> Ran:
    """One round: timers first, for what they fire may send."""
    return _sum(app.run_due(), app.send_waiting())


def _sum(one: Ran, other: Ran) -> Ran:
    return Ran(**{name: count + getattr(other, name) for name, count in attrs.asdict(one).items()})


def _go_on(session: Session, app: Casework, end: datetime | None, every: float, *, quiet: bool) -> Ran:
    """Round after round; a store that cannot be used just now is tried again in the next one."""
    total, clock = Ran(), SystemClock()
    with _stoppable() as stopped:
        while not stopped.is_set() and (end is None or clock.now() < end):
            try:
                done = _round(app)
            except StoreUnavailable as error:
                session.screen.note(
                    f"the store cannot be used: {error}; trying again", f"无法使用存储：{error}；将重试"
                )
            else:
                total = _sum(total, done)
                if done != Ran() and not quiet:
                    session.screen.error_line(_said(session, done))
            pause = every if end is None else min(every, max(0.0, (end - clock.now()).total_seconds()))
            stopped.wait(pause)
    return total


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
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


@command(
    "demo",
    "Run the main job of a domain on made-up cases, from beginning to end.\n"
    "Without --store it keeps them in a fresh file in the output folder; CASEWORK_STORE is not used.",
    "用虚构案件从头到尾演示一个领域的主要工作。\n不给 --store 时存于输出目录中的新文件；不使用 CASEWORK_STORE。",
)
@option(
    "--domain",
    metavar="NAME",
    en="Which story; else the first that is installed.",
    zh="演示名称；默认为已安装的第一个。",
)
@option("--cases", type=click.IntRange(1), default=120, metavar="N", en="How many cases (120).", zh="案件数（120）。")
@option(
    "--seed",
    type=int,
    default=2026,
    metavar="S",
    en="The same seed tells the same story (2026).",
    zh="随机种子（2026）。",
)
@option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    metavar="DIR",
    en="Where its files go (out).",
    zh="输出目录（out）。",
)
@option(
    "--register",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Read the cases from this register, where the story takes one.",
    zh="从该登记册读取案件（限支持登记册的演示）。",
)
@json_option
@click.pass_obj
def demo(
    session: Session, domain: str | None, cases: int, seed: int, out: Path, register: Path | None, as_json: bool
) -> int:
    """Tell a story."""
    told = _chosen(session, domain)
    if register is not None and not told.takes_register:
        raise Usage(f"the demo {told.name!r} takes no register", f"演示“{told.name}”不读取登记册")
    out.mkdir(parents=True, exist_ok=True)
    store = session.settings.given.get("store") or _fresh(out / f"{told.name}.db")
    lines: list[str] = []
    with _progress(session, told) as progress:
        run = DemoRun(
            store=store,
            cases=cases,
            seed=seed,
            out=out,
            language=session.screen.language,
            progress=progress,
            say=lines.append if as_json else _say,
            register=register,
        )
        problems = told.run(run)
    if as_json:
        session.screen.json({"demo": told.name, "store": store, "problems": problems, "said": lines})
    elif problems:
        session.screen.note(f"problems: {problems}", f"问题：{problems}", "bold red")
    return BROKEN if problems else OK


def _chosen(session: Session, domain: str | None) -> Demo:
    known = {item.name: item for item in session.app(MEMORY).demos}
    names = ", ".join(known) or "-"
    if not known:
        raise Usage("no plugin has a demo; add one by --plugin", "没有插件提供演示，请用 --plugin 添加")
    if domain is not None and domain not in known:
        raise Usage(f"there is no demo {domain!r}; there is {names}", f"没有演示“{domain}”；现有：{names}")
    return known[domain or next(iter(known))]


def _fresh(file: Path) -> str:
    """A store of the demo's own; the one that an earlier run left there is removed."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    return f"sqlite:///{file}"


def _say(text: str) -> None:
    console().print(clean_lines(text), soft_wrap=True)


@contextmanager
def _progress(session: Session, told: Demo) -> Iterator[Callable[..., None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    screen = console(error=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(told.title.in_(session.screen.language), total=None)

        def progress(done: int, total: int, note: str = "") -> None:
            bar.update(task, completed=done, total=total)
            if note:
                bar.update(task, description=clean_lines(note))

        yield progress

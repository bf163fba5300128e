"""The stories that plugins tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from casework import Demo, DemoRun
from casework.cli.clean import clean_lines
from casework.cli.command import command, json_option, option
from casework.cli.faults import BROKEN, OK
from casework.cli.screen import console
from casework.cli.session import MEMORY, Session
from casework.cli.usage import Usage


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

"""The files of cases: enclose, enclosures, enclosure, withdraw; and the blobs that hold them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from casework import BlobFolder, Case, Desk, Enclosure, OpenEnclosure, Refused, Text
from casework.cli import plain
from casework.cli.cases import REQUEST, REVISION, expected, shown
from casework.cli.command import command, json_option, option
from casework.cli.looks import moment, size
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.model.fields import FIELD_CLASSES
from casework.model.refusal import SENTENCES

F = TypeVar("F", bound=Callable[..., Any])


def _changing(function: F) -> F:
    return REVISION(REQUEST(json_option(click.pass_obj(function))))  # type: ignore[return-value]


@command(
    "enclose",
    "Keep files beside a case: all of them, or none.\nBy its content a file that can carry programs is refused.",
    "把文件存为案件附件：全部存入，或一份也不存。\n按内容判断文件类型；可携带程序的文件不予接受。",
)
@click.argument("case")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@option(
    "--class",
    "field_class",
    type=click.Choice(FIELD_CLASSES),
    default="personal",
    en="How sensitive they are, as for a field (personal).",
    zh="敏感类别，与字段相同（默认 personal）。",
)
@_changing
def enclose(
    session: Session,
    case: str,
    files: tuple[str, ...],
    field_class: Any,
    if_revision: int | None,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Enclose files."""
    if request_id is not None and len(files) > 1:
        raise Usage("with --request-id give one file at a time", "使用 --request-id 时每次只能给一个文件")

    def each(desk: Desk) -> Case:
        at: Case | str = case if if_revision is None else expected(desk.get(case), if_revision)
        for file in files:
            path = Path(file)
            with path.open("rb") as stream, _named(file):
                at = desk.enclose(at, stream, name=path.name, field_class=field_class, request_id=request_id)
        assert isinstance(at, Case)
        return at

    shown(session, session.desk.within(each), as_json)


@contextlib.contextmanager
def _named(file: str) -> Iterator[None]:
    """What is wrong with a file is told with which file it is."""
    try:
        yield
    except Refused as error:
        no = error.refusal
        if no.code not in ("invalid-form", "limit-reached"):
            raise
        head = no.text or SENTENCES[no.code]
        raise Refused(attrs.evolve(no, text=Text(f"{file}: {head.en}", f"{file}：{head.zh}"))) from error


def _place(session: Session) -> BlobFolder:
    """Where the files are; a wrong call where that was not said."""
    if session.blobs is None:
        raise Usage("name the place of the files: --blobs DIR", "请指明附件存放处：--blobs 文件夹")
    return session.blobs


@command("enclosures", "List the files of a case that you may read.", "列出您可查看的案件附件。")
@click.argument("case")
@json_option
@click.pass_obj
def enclosures(session: Session, case: str, as_json: bool) -> None:
    """List files."""
    found, screen = session.desk.enclosures(case), session.screen
    if as_json:
        screen.json({"case": case, "enclosures": [plain.enclosure(item) for item in found]})
        return
    if not found:
        screen.line(screen.told("no files that you may read", "没有您可查看的附件"))
        return
    columns = (
        Column("#", whole=True, right=True),
        Column(screen.told("name", "名称")),
        Column(screen.told("size", "大小"), whole=True, right=True),
        Column(screen.told("class", "类别"), whole=True),
        Column(screen.told("when", "时间"), whole=True),
        Column(screen.told("who", "办理人")),
    )
    screen.table(columns, (_row(item) for item in found))


def _row(item: Enclosure) -> tuple[str, ...]:
    return str(item.number), item.name, size(item.size), item.field_class, moment(item.at), item.actor


@command(
    "enclosure",
    "Write a file of a case to FILE, which may not be there yet.\n`casework enclosures CASE` numbers the files.",
    "把案件附件写入 FILE（不得已存在）。\n`casework enclosures CASE` 列出附件编号。",
)
@click.argument("case")
@click.argument("number", type=click.IntRange(1))
@option("-o", "--out", "out", required=True, metavar="FILE", en="Where to write it.", zh="写入的文件。")
@json_option
@click.pass_obj
def enclosure(session: Session, case: str, number: int, out: str, as_json: bool) -> None:
    """Write a file out."""
    _place(session)
    with session.desk.read_enclosure(case, number) as opened:
        _write(opened, Path(out))
    if as_json:
        session.screen.json({"case": case, "enclosure": plain.enclosure(opened.enclosure), "file": out})
    else:
        told = size(opened.enclosure.size)
        session.screen.note(f"{out}: {told}", f"{out}：{told}")


def _write(opened: OpenEnclosure, path: Path) -> None:
    """Write all of it or nothing, for the owner's eyes only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in opened:
                file.write(piece)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


@command(
    "withdraw",
    "Take a file of a case back that does not belong there.\nIts bytes are removed; the log keeps that it was there.",
    "撤回误存的案件附件。\n文件内容将被删除，记录仍保留此事。",
)
@click.argument("case")
@click.argument("number", type=click.IntRange(1))
@option("--because", required=True, metavar="TEXT", en="Why it does not belong there.", zh="撤回原因。")
@_changing
def withdraw(
    session: Session,
    case: str,
    number: int,
    because: str,
    if_revision: int | None,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Withdraw a file."""
    at = case if if_revision is None else expected(session.desk.get(case), if_revision)
    shown(session, session.desk.withdraw(at, number, because=because, request_id=request_id), as_json)


@command(
    "blobs",
    "Count the files that are stored, and remove those that no case keeps (--sweep).",
    "统计已存文件，并清除无案件引用的文件（--sweep）。",
)
@option("--sweep", is_flag=True, en="Remove what no case keeps.", zh="清除无案件引用的文件。")
@option(
    "--hours",
    type=click.IntRange(1),
    default=24,
    metavar="N",
    en="Leave what was stored in the last N hours (24).",
    zh="保留最近 N 小时内存入的文件（默认 24）。",
)
@json_option
@click.pass_obj
def blobs(session: Session, sweep: bool, hours: int, as_json: bool) -> None:
    """Count and sweep."""
    _place(session)
    removed = session.opened.sweep_blobs(grace=timedelta(hours=hours)) if sweep else 0
    found = session.opened.diagnose()
    if as_json:
        told = {"kept": found.blobs, "enclosures": found.enclosures, "orphans": found.orphans, "lost": found.lost}
        session.screen.json({"removed": removed, **told})
        return
    screen = session.screen
    many, lost = f"blobs: {found.blobs}, enclosures: {found.enclosures}", f"{found.lost} are lost"
    stored, absent = f"{found.blobs} 个文件，对应 {found.enclosures} 份附件", f"缺失 {found.lost} 个"
    screen.line(
        screen.told(
            f"{many}; no case keeps {found.orphans}, {lost}", f"{stored}；无案件引用 {found.orphans} 个，{absent}"
        )
    )
    if sweep:
        screen.line(screen.told(f"{removed} removed", f"已清除 {removed} 个"))

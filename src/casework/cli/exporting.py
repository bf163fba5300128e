"""Write cases to a file of JSON Lines, each as whoever acts may read it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from casework import ALWAYS, Case, Condition, InvalidValue
from casework.cli.clean import clean_json
from casework.cli.command import command, option
from casework.cli.selecting import of_type, of_worklist
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.cli.worklists import owner_of
from casework.condition.table import from_table

OWNER_ONLY = 0o600
"""Cases are about people: what is written of them can be read by whoever wrote it, and by nobody else."""

FILE = click.Path(dir_okay=False, path_type=Path)


@command(
    "export",
    "Write cases as JSON Lines, each as you may read it: named ones, a worklist, or those of a type.\n"
    "`casework import` takes the file in elsewhere.",
    "以 JSON Lines 导出您可查看的案件内容：指定案件、待办列表或某一类型。\n可用 `casework import` 在别处导入。",
)
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@option("--type", "case_type", metavar="CASE_TYPE", en="The cases of this type.", zh="此类型的案件。")
@option("--worklist", metavar="NAME", en="The cases of this worklist.", zh="此待办列表中的案件。")
@option(
    "--condition",
    metavar="JSON",
    en='With --type: those that hold it, such as \'{"field": "age", "ge": 60}\'.',
    zh='与 --type 连用：符合条件的，如 \'{"field": "age", "ge": 60}\'。',
)
@option("--open", "open_only", is_flag=True, en="With --type: open cases only.", zh="与 --type 连用：仅未结案件。")
@option(
    "--ocel",
    is_flag=True,
    en="As one OCEL 2.0 JSON document for process mining; persons under pseudonyms.",
    zh="导出为 OCEL 2.0 JSON 文档，供流程挖掘；人员以化名表示。",
)
@option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", en="Write there.", zh="写入文件。"
)
@click.pass_obj
def export(
    session: Session,
    cases: tuple[str, ...],
    case_type: str | None,
    worklist: str | None,
    condition: str | None,
    open_only: bool,
    ocel: bool,
    out: Path | None,
) -> None:
    """Export cases."""
    chosen = _chosen(session, cases, case_type, worklist, condition, open_only)
    if ocel:
        _write_log(session, session.opened.hindsight.ocel(session.actor, chosen), out)
        return
    records = session.desk.export(chosen)
    if out is None:
        _write(session, records, None)
        return
    with written_whole(out) as stream:
        count, withheld = _write(session, records, stream)
    session.screen.note(
        f"written: {out}, {count} cases, {withheld} of them with fields withheld",
        f"已写入：{out}，{count} 件，其中 {withheld} 件有未导出的内容",
    )


def _write_log(session: Session, pieces: Iterator[str], out: Path | None) -> None:
    if out is None:
        for piece in pieces:
            session.screen.raw(clean_json(piece))
        return
    with written_whole(out) as stream:
        stream.writelines(map(clean_json, pieces))
    session.screen.note(f"written: {out}", f"已写入：{out}")


def _chosen(
    session: Session,
    cases: tuple[str, ...],
    case_type: str | None,
    worklist: str | None,
    condition: str | None,
    open_only: bool,
) -> Iterable[Case | str]:
    by_type = case_type is not None and worklist is None
    if (bool(cases) + by_type + (worklist is not None)) != 1 or ((condition is not None or open_only) and not by_type):
        raise Usage(
            "name cases, or --worklist NAME, or --type CASE_TYPE (there also --condition and --open)",
            "请给出案件，或 --worklist 名称，或 --type 类型（可加 --condition、--open）",
        )
    if cases:
        return cases
    if worklist is not None:
        return of_worklist(session.desk, owner_of(session, worklist, case_type), worklist)
    assert case_type is not None, "one of the three was given"
    return of_type(session.desk, case_type, _condition(condition), open_only=open_only)


def _condition(text: str | None) -> Condition:
    if text is None:
        return ALWAYS
    try:
        return from_table(json.loads(text), "condition")
    except (json.JSONDecodeError, RecursionError):
        raise Usage("--condition takes a JSON object", "--condition 须为 JSON 对象") from None
    except InvalidValue as error:
        raise Usage(f"--{error}", f"--{error.where}：{error.zh}") from None


def _write(session: Session, records: Iterator[dict[str, Any]], stream: TextIO | None) -> tuple[int, int]:
    count = withheld = 0
    for record in records:
        text = line_of(record)
        if stream is None:
            session.screen.raw(text)
        else:
            stream.write(text)
        count += 1
        withheld += bool(record["withheld"])
    return count, withheld


def line_of(record: Mapping[str, Any]) -> str:
    """A record as its line. What a terminal would act on is written as JSON writes it."""
    return clean_json(json.dumps(record, ensure_ascii=False, allow_nan=False)) + "\n"


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A file that stands under its name once it is whole; until then, and where it fails, there is none."""
    part = path.with_name(f"{path.name}.part")
    try:
        with open(part, "w", encoding="utf-8", newline="\n", opener=owner_only) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def owner_only(path: str, flags: int) -> int:
    """Open a file that only its owner may read."""
    return os.open(path, flags, OWNER_ONLY)

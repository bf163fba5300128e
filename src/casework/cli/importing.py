"""Take a file of JSON Lines in, record by record: good ones go in, bad ones are told and kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import click

from casework import Desk, Imported, Refusal, Refused, Text
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.exporting import owner_only
from casework.cli.faults import OK, REFUSED
from casework.cli.screen import Screen
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.desk.record import LINE_LIMIT

CHUNK_LINES, CHUNK_BYTES = 100, 4_194_304
"""What goes in by one transaction: so many records at most, or so many bytes."""
TOLD = 1_000
"""A JSON answer lists so many errors and notes, and says how many more there are."""


@attrs.frozen
class _Line:
    """A line of the file. One that is too long comes in several pieces; only the first is looked at."""

    number: int
    raw: bytes
    further: bool = False


@attrs.frozen
class _Outcome:
    """What became of a line; a piece that is only kept has neither."""

    line: _Line
    imported: Imported | None = None
    refusal: Refusal | None = None


@attrs.define
class _Tally:
    """Counts of the whole file, and what is told of single records."""

    imported: int = 0
    already: int = 0
    refused: int = 0
    errors: list[dict[str, Any]] = attrs.field(factory=list)
    notes: list[dict[str, Any]] = attrs.field(factory=list)
    left_off: int = 0

    def tell(self, told: list[dict[str, Any]], item: dict[str, Any]) -> None:
        """Keep one more for the JSON answer, unless there are too many."""
        if len(self.errors) + len(self.notes) < TOLD:
            told.append(item)
        else:
            self.left_off += 1


@command(
    "import",
    "Take cases in from a file of JSON Lines (- is stdin), such as `casework export` writes.\n"
    "Good records go in, bad ones are told with line and field. The same file again does nothing twice.\n"
    "Ends with 3 if a record was refused.",
    "从 JSON Lines 文件（- 为标准输入）导入案件，如 `casework export` 所导出的。\n"
    "合格的记录被导入，有误的按行号与字段说明。重复导入同一文件不会重复立案。\n有记录被拒绝时以 3 结束。",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@option("--dry-run", is_flag=True, en="Check every record; write no case.", zh="只检查各条记录，不写入案件。")
@option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Write the lines that were refused there, to be mended and imported.",
    zh="将被拒绝的行写入该文件，改正后可再导入。",
)
@json_option
@click.pass_obj
def import_command(session: Session, file: Path, dry_run: bool, rejects: Path | None, as_json: bool) -> int:
    """Import cases."""
    if rejects is not None and rejects.exists() and str(file) != "-" and rejects.samefile(file):
        raise Usage("--rejects would overwrite the file that is imported", "--rejects 会覆盖正在导入的文件")
    with ExitStack() as stack:
        stream = sys.stdin.buffer if str(file) == "-" else stack.enter_context(open(file, "rb"))
        kept = None if rejects is None else stack.enter_context(open(rejects, "wb", opener=owner_only))
        tally = _all(session, stream, kept, dry_run=dry_run, quiet=as_json)
    if as_json:
        session.screen.json({"dry_run": dry_run, **attrs.asdict(tally)})
    else:
        _report(session.screen, tally, dry_run)
    return REFUSED if tally.refused else OK


def _all(session: Session, stream: BinaryIO, kept: BinaryIO | None, *, dry_run: bool, quiet: bool) -> _Tally:
    tally, desk = _Tally(), session.desk
    for chunk in _chunks(_lines(stream)):
        # Nothing is told before the commit: what was told is done.
        outcomes = [_taken(desk, line, True) for line in chunk] if dry_run else desk.within(_Taking(chunk))
        for outcome in outcomes:
            _count(tally, outcome)
            if outcome.imported is None and kept is not None:
                kept.write(outcome.line.raw)
            if not quiet:
                _say(session.screen, outcome)
    return tally


def _lines(stream: BinaryIO) -> Iterator[_Line]:
    number, further = 0, False
    while raw := stream.readline(LINE_LIMIT + 2):
        number += not further
        if raw.strip() or further:
            yield _Line(number, raw, further)
        further = not raw.endswith(b"\n")


def _chunks(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    chunk: list[_Line] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK_LINES or sum(len(item.raw) for item in chunk) >= CHUNK_BYTES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@attrs.frozen
class _Taking:
    """A chunk of lines to be taken in by one transaction."""

    lines: list[_Line]

    def __call__(self, desk: Desk) -> list[_Outcome]:
        return [_taken(desk, line, False) for line in self.lines]


def _taken(desk: Desk, line: _Line, dry_run: bool) -> _Outcome:
    if line.further:
        return _Outcome(line)
    try:
        return _Outcome(line, imported=desk.import_(line.raw, dry_run=dry_run))
    except Refused as no:
        if no.refusal.code in ("store-unavailable", "outcome-unknown"):
            raise
        return _Outcome(line, refusal=no.refusal)


def _count(tally: _Tally, outcome: _Outcome) -> None:
    number, done, refusal = outcome.line.number, outcome.imported, outcome.refusal
    if done is not None:
        tally.imported += not done.already
        tally.already += done.already
        for note in done.notes:
            tally.tell(tally.notes, {"line": number, "case": done.case.id, "text": plain.text(note)})
    if refusal is not None:
        tally.refused += 1
        tally.tell(tally.errors, {"line": number, "id": _id(outcome.line), "refusal": plain.refusal(refusal)})


def _id(line: _Line) -> str | None:
    """The id of a refused record, where it can be read at all."""
    try:
        found = json.loads(line.raw)
    except (ValueError, RecursionError):
        return None
    told = found.get("id") if isinstance(found, dict) else None
    return told if isinstance(told, str) else None


def _say(screen: Screen, outcome: _Outcome) -> None:
    number, language = outcome.line.number, screen.language
    lead = screen.told(f"line {number}", f"第 {number} 行")
    colon = screen.told(": ", "：")
    for note in outcome.imported.notes if outcome.imported is not None else ():
        screen.error_line(f"{lead}{colon}{note.in_(language)}", "dim")
    if outcome.refusal is not None:
        for reason in _reasons(outcome.refusal):
            screen.error_line(f"{lead}{colon}{reason.in_(language)}", "red")


def _reasons(refusal: Refusal) -> tuple[Text, ...]:
    """Every mistake of a record with its place, or the refusal as a whole."""
    if refusal.problems:
        return tuple(Text(item.sentence("en"), item.sentence("zh")) for item in refusal.problems)
    return (Text(refusal.sentence("en"), refusal.sentence("zh")),)


def _report(screen: Screen, tally: _Tally, dry_run: bool) -> None:
    if dry_run:
        screen.note("nothing was written; this is how it would be:", "未写入；结果将是：")
    counts = (tally.imported, tally.already, tally.refused)
    screen.line(
        screen.told(
            "{} imported, {} already there, {} refused".format(*counts),
            "导入 {} 条，此前已导入 {} 条，拒绝 {} 条".format(*counts),
        )
    )

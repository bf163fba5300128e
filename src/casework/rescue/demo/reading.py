"""Read an intake register strictly: each line becomes a typed row, or everything that is wrong with it.

Nothing is guessed and nothing is repaired. A line with a mistake is handed back with the column, what is
wrong there, and what would be right, so that whoever keeps the register can mend it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from casework import InvalidValue, Text
from casework.rescue.demo.cells import Wrong, value_of
from casework.rescue.demo.generate import must_be_escorted
from casework.rescue.demo.register import COLUMNS, HEADINGS, Row

_NUMBER = re.compile(r"AL[0-9]{6}-[0-9]{4,6}\Z")


@attrs.frozen
class Problem:
    """One mistake: the column, what is wrong, what would be right."""

    column: Text
    wrong: Text
    right: Text


@attrs.frozen
class Rejected:
    """A line that cannot be taken; *line* counts from 1, the heading being the first."""

    line: int
    number: str
    problems: tuple[Problem, ...]


def read_register(path: Path, *, until: datetime) -> Iterator[Row | Rejected]:
    """Every line of *path*; nobody can have arrived after *until*.

    Raises InvalidValue where the heading is not that of a register.
    """
    # An undecodable byte becomes a lone surrogate, which no field accepts: one bad cell is one bad line.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = csv.reader(file, strict=True)
        _check_heading(next(lines, []))
        numbers: set[str] = set()
        try:
            for line in lines:
                yield _judge(line, lines.line_num, until, numbers)
        except csv.Error:
            yield Rejected(lines.line_num, "", (_UNREADABLE,))


_WHOLE_LINE = Text("the line", "整行")
_UNREADABLE = Problem(
    _WHOLE_LINE,
    Text(
        "the quotation marks or cells of this line cannot be read; reading stops here",
        "本行引号或单元格无法识别，读取到此为止",
    ),
    Text("save the file again from a spreadsheet as CSV (UTF-8)", "请用电子表格重新保存为CSV（UTF-8）"),
)


def _check_heading(heading: Sequence[str]) -> None:
    if tuple(heading) != HEADINGS:
        raise InvalidValue(
            "register",
            f"the first line is not the heading of an intake register ({','.join(HEADINGS)}); "
            "save it from the spreadsheet as CSV (UTF-8) with the heading as it was",
        )


def _judge(line: Sequence[str], number: int, until: datetime, seen: set[str]) -> Row | Rejected:
    if len(line) != len(COLUMNS):
        wrong = Text(f"{len(line)} cells instead of {len(COLUMNS)}", f"共{len(line)}格，应为{len(COLUMNS)}格")
        right = Text("one cell for each heading", "每个表头对应一格")
        return Rejected(number, line[0] if line else "", (Problem(_WHOLE_LINE, wrong, right),))
    values: dict[str, Any] = {}
    problems = [*_cell_problems(line, values), *_rule_problems(values, until, seen)]
    seen.add(line[0])
    return Rejected(number, line[0], tuple(problems)) if problems else Row(**values)


def _cell_problems(line: Sequence[str], values: dict[str, Any]) -> Iterator[Problem]:
    """Fill *values* from the cells; what is wrong with the others."""
    for column, cell in zip(COLUMNS, line, strict=True):
        try:
            values[column.name] = value_of(column, cell)
        except Wrong as error:
            yield Problem(column.title, error.wrong, error.right)


def _rule_problems(values: Mapping[str, Any], until: datetime, seen: Set[str]) -> Iterator[Problem]:
    """What is wrong between cells; a rule about a cell that is wrong itself is passed over."""
    for rule, column, needs in _RULES:
        if values.keys() >= set(needs):
            try:
                rule(values, until, seen)
            except Wrong as error:
                yield Problem(_TITLES[column], error.wrong, error.right)


def _numbered(values: Mapping[str, Any], until: datetime, seen: Set[str]) -> None:
    if not _NUMBER.match(values["number"]):
        raise Wrong(
            Text("this is not how numbers are given", "编号格式不对"),
            Text("AL, year and month, a dash, a count: AL202607-0001", "AL加年月、短横和顺序号，如AL202607-0001"),
        )
    if values["number"] in seen:
        raise Wrong(
            Text("another line has this number", "该编号与前面某行重复"), Text("a number of its own", "每人一个编号")
        )


def _arrived(values: Mapping[str, Any], until: datetime, seen: Set[str]) -> None:
    if values["arrived_at"] > until:
        raise Wrong(
            Text("this lies in the future", "到站时间晚于现在"), Text("a time that has passed", "填写已经过去的时间")
        )


def _called(values: Mapping[str, Any], until: datetime, seen: Set[str]) -> None:
    if not values["can_state_identity"] and values["alias"] is None:
        raise Wrong(
            Text("whoever cannot say who they are has to be called something", "不能说明身份的人员缺少登记称呼"),
            Text("a name for the time being, such as 无名氏0001", "填写临时称呼，如“无名氏0001”"),
        )


def _brought_home(values: Mapping[str, Any], until: datetime, seen: Set[str]) -> None:
    if values["outcome"] == "reunited" and (values["identified_by"] is None or values["name"] is None):
        raise Wrong(
            Text("nobody is brought home unidentified", "去向为护送返乡，但未填写查明途径或姓名"),
            Text("how the identity was traced, and the name", "填写身份查明途径和姓名"),
        )


def _left(values: Mapping[str, Any], until: datetime, seen: Set[str]) -> None:
    if values["outcome"] == "left" and must_be_escorted(values["age"], values["condition"]):
        raise Wrong(
            Text("somebody who needs an escort did not leave alone", "需要护送或接领的人员不能自行离站"),
            Text("brought home, transferred, or contact lost", "填写护送返乡、转送外站或失去联系"),
        )


def _settled(values: Mapping[str, Any], until: datetime, seen: Set[str]) -> None:
    if values["outcome"] == "settled" and values["days"] <= 93:
        raise Wrong(
            Text("settlement comes after more than three months", "滞留超过三个月方可落户安置"),
            Text("more than 93 days, or another outcome", "救助天数应大于93，或改填其他去向"),
        )


_Rule = Callable[[Mapping[str, Any], datetime, Set[str]], None]
_RULES: tuple[tuple[_Rule, str, tuple[str, ...]], ...] = (
    (_numbered, "number", ("number",)),
    (_arrived, "arrived_at", ("arrived_at",)),
    (_called, "alias", ("alias", "can_state_identity")),
    (_brought_home, "identified_by", ("outcome", "identified_by", "name")),
    (_left, "outcome", ("outcome", "age", "condition")),
    (_settled, "days", ("outcome", "days")),
)
_TITLES = {column.name: column.title for column in COLUMNS}

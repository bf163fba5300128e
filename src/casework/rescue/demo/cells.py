"""One cell of the register: from text to the value of its column, or what is wrong and what would be right."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from casework import Field, InvalidValue, Text, parse_text
from casework.rescue.demo.register import STATION_TIME

# Excel in Chinese turns 2026-07-03 08:05 into 2026/7/3 8:05 when it saves; both say the same.
_INSTANT = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2}) ([0-9]{1,2}):([0-9]{2})(?::00)?\Z")


class Wrong(Exception):
    """A value that cannot be taken: what is wrong with it, and what would be right."""

    def __init__(self, wrong: Text, right: Text) -> None:
        super().__init__(wrong.en)
        self.wrong, self.right = wrong, right


def value_of(column: Field, cell: str) -> object:
    """The cell as the column's type has it; None where it is empty and may be."""
    if cell == "":
        if column.required:
            raise Wrong(Text("nothing is filled in", "未填写"), _right(column))
        return None
    _printable(cell)
    if column.type == "instant":
        return column.accept(_instant(column, cell))
    if column.type == "text":
        _plain(cell)
    try:
        return parse_text(column, cell)
    except InvalidValue as error:
        wrong = Text(f"{_shown(cell)} is {_NOT[column.type].en}", f"{_shown(cell)}{_NOT[column.type].zh}")
        raise Wrong(wrong, _right(column)) from error


_NOT = {
    "text": Text("too long", "过长"),
    "choice": Text("not one of the choices", "不在可选项中"),
    "boolean": Text("neither yes nor no", "既不是“是”也不是“否”"),
    "integer": Text("not a whole number in the range", "不是允许范围内的整数"),
}


def _printable(cell: str) -> None:
    kinds = {unicodedata.category(char) for char in cell}
    if "Cs" in kinds:
        raise Wrong(
            Text("this is not UTF-8", "不是UTF-8编码的文字"), Text("save as CSV (UTF-8)", "请另存为CSV（UTF-8）")
        )
    if "Cc" in kinds:
        raise Wrong(
            Text("it holds a control character", "含有控制字符"),
            Text("plain text without line breaks or invisible characters", "不含换行和不可见字符的文字"),
        )


def _plain(cell: str) -> None:
    # A spreadsheet runs what begins so, also with full-width signs.
    if cell[0] in "=+-@＝＋－＠":
        raise Wrong(
            Text(f"{_shown(cell)} looks like a formula", f"{_shown(cell)}像是公式"),
            Text("text that begins with a letter or digit", "以文字或数字开头的内容"),
        )
    if cell != cell.strip():
        raise Wrong(
            Text(f"{_shown(cell)} has blanks around it", f"{_shown(cell)}首尾有空格"),
            Text("the same without them", "去掉首尾空格"),
        )


def _instant(column: Field, cell: str) -> datetime:
    found = _INSTANT.match(cell)
    if found is None:
        raise Wrong(Text(f"{_shown(cell)} is not a date and time", f"{_shown(cell)}不是日期和时间"), _right(column))
    year, month, day, hour, minute = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=STATION_TIME)
    except ValueError:
        raise Wrong(
            Text(f"{_shown(cell)} is no day or time that exists", f"{_shown(cell)}是不存在的日期或时间"), _right(column)
        ) from None


def _shown(cell: str) -> str:
    # Whatever stands in the file may end on a screen: control characters and sheer length stay out of it.
    plain = "".join(char if char.isprintable() else "�" for char in cell[:40])
    return f"“{plain}{'…' if len(cell) > 40 else ''}”"


def _right(column: Field) -> Text:
    """What would be right in a column, with an example."""
    empty = Text() if column.required else Text(", or nothing where it is not known", "；不详则留空")
    match column.type:
        case "choice":
            names = "、".join(choice.title.zh for choice in column.choices)
            right = Text(f"one of {names}", f"填写以下之一：{names}")
        case "boolean":
            right = Text("是 or 否", "填写“是”或“否”")
        case "integer":
            right = Text(
                f"a whole number from {column.minimum} to {column.maximum}",
                f"填写{column.minimum}到{column.maximum}的整数",
            )
        case "instant":
            right = Text("year-month-day hour:minute, such as 2026-07-03 14:20", "年-月-日 时:分，如2026-07-03 14:20")
        case _:
            right = Text(f"text of at most {column.max_length} characters", f"不超过{column.max_length}字的文字")
    return Text(right.en + empty.en, right.zh + empty.zh)

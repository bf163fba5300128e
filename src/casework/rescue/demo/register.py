"""The intake register as a station keeps it: one line per person, columns in Chinese, open to any spreadsheet.

The first part of a line is what the register of a real station holds. The last part (from ``outcome`` on)
is the course that the demo plays: how the case ends, after how many days, and what led home.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import attrs

from casework import Choice, Field, Text
from casework.rescue.data import BRINGERS, SEXES_OR_UNKNOWN, WAYS

# China has kept one time without summer time since 1991; a fixed offset needs no zone database.
STATION_TIME = timezone(timedelta(hours=8))

CONDITIONS = (
    Choice("well", Text("no complaint", "正常")),
    Choice("ill", Text("ill", "疾病")),
    Choice("injured", Text("injured", "外伤")),
    Choice("mental", Text("suspected mental illness", "疑似精神障碍")),
    Choice("intellectual", Text("suspected intellectual disability", "疑似智力障碍")),
    Choice("disabled", Text("physical disability", "肢体残疾")),
)

OUTCOMES = (
    Choice("reunited", Text("brought home", "护送返乡")),
    Choice("transferred", Text("transferred to another station", "转送外站")),
    Choice("left", Text("left of their own will", "自愿离站")),
    Choice("refused", Text("help refused", "不予救助")),
    Choice("settled", Text("settled", "落户安置")),
    Choice("died", Text("died", "死亡")),
    Choice("lost_contact", Text("contact lost", "失去联系")),
    Choice("staying", Text("still in the station", "仍在站")),
)


@attrs.frozen(kw_only=True)
class Row:
    """One line of the register."""

    number: str
    arrived_at: datetime
    found_at: str
    brought_by: str
    found_by: str
    alias: str | None
    sex: str
    age: int | None
    can_state_identity: bool
    condition: str
    needs_hospital: bool
    in_station: bool
    outcome: str
    days: int
    identified_by: str | None
    name: str | None
    home: str | None
    note: str | None


COLUMNS: tuple[Field, ...] = (
    Field("number", required=True, title=Text("number", "登记编号"), max_length=20),
    Field("arrived_at", "instant", required=True, title=Text("arrived", "到站时间")),
    Field("found_at", required=True, title=Text("found at", "发现地点"), max_length=200),
    Field("brought_by", "choice", required=True, title=Text("brought by", "护送来站方式"), choices=BRINGERS),
    Field("found_by", required=True, title=Text("found by", "发现人"), max_length=100),
    Field("alias", title=Text("called", "登记称呼"), max_length=60),
    Field("sex", "choice", required=True, title=Text("sex", "性别"), choices=SEXES_OR_UNKNOWN),
    Field("age", "integer", title=Text("estimated age", "估计年龄"), minimum=0, maximum=130),
    Field("can_state_identity", "boolean", required=True, title=Text("can state who they are", "能否说明身份")),
    Field("condition", "choice", required=True, title=Text("condition", "身心状况"), choices=CONDITIONS),
    Field("needs_hospital", "boolean", required=True, title=Text("needs a hospital", "需送医")),
    Field("in_station", "boolean", required=True, title=Text("helped in the station", "站内救助")),
    Field("outcome", "choice", required=True, title=Text("outcome", "去向"), choices=OUTCOMES),
    Field("days", "integer", required=True, title=Text("days", "救助天数"), minimum=0, maximum=400),
    Field("identified_by", "choice", title=Text("identified through", "身份查明途径"), choices=WAYS),
    Field("name", title=Text("name", "姓名"), max_length=60),
    Field("home", title=Text("home", "户籍地"), max_length=200),
    Field("note", title=Text("note", "备注"), max_length=500),
)
HEADINGS = tuple(column.title.zh for column in COLUMNS)


def cells(row: Row) -> tuple[str, ...]:
    """The line as it stands in the file."""
    return tuple(_cell(column, getattr(row, column.name)) for column in COLUMNS)


def _cell(column: Field, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.astimezone(STATION_TIME).strftime("%Y-%m-%d %H:%M")
    if column.type == "choice":
        return next(choice.title.zh for choice in column.choices if choice.name == value)
    return str(value)


def write_lines(lines: Iterable[tuple[str, ...]], path: Path) -> int:
    """Write heading and lines to *path*, one at a time; the number of lines.

    The byte order mark makes Excel read the file as UTF-8.
    """
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADINGS)
        for line in lines:
            writer.writerow(line)
            count += 1
    return count


def write_register(rows: Iterable[Row], path: Path) -> int:
    """Write *rows* to *path* as they come; the number of rows."""
    return write_lines((cells(row) for row in rows), path)

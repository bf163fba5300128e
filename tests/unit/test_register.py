"""The made-up intake register: the same for the same seed, true to its sources, and strictly read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from casework import InvalidValue
from casework.rescue.demo import Rejected, Row, generate, read_register, with_mistakes, write_lines, write_register
from casework.rescue.demo.mistakes import MISTAKES
from casework.rescue.demo.register import COLUMNS, HEADINGS, STATION_TIME, cells

EXAMPLE = Path(__file__).parents[2] / "examples" / "anlu"
UNTIL = datetime(2026, 8, 1, tzinfo=STATION_TIME)
COLUMN = [column.name for column in COLUMNS]


@pytest.fixture(scope="module")
def many() -> list[Row]:
    return list(generate(5_000, 7))


def test_the_committed_register_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_register(generate(120, 2026), tmp_path / "register.csv")
    assert (tmp_path / "register.csv").read_bytes() == (EXAMPLE / "register.csv").read_bytes()


def test_the_committed_mistakes_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_lines(with_mistakes(30, 2026), tmp_path / "wrong.csv")
    assert (tmp_path / "wrong.csv").read_bytes() == (EXAMPLE / "register-with-errors.csv").read_bytes()


def test_excel_finds_the_byte_order_mark_and_chinese_headings() -> None:
    content = (EXAMPLE / "register.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + HEADINGS[0].encode())


def test_rows_come_one_at_a_time() -> None:
    endless = generate(10**9, 1)
    assert isinstance(endless, Iterator)
    assert len(list(itertools.islice(endless, 3))) == 3


def test_arrivals_are_in_order_and_within_the_month(many: list[Row]) -> None:
    times = [row.arrived_at for row in many]
    assert times == sorted(times)
    assert {(time.year, time.month) for time in times} == {(2026, 7)}


def test_another_month_has_another_length() -> None:
    assert {row.arrived_at.month for row in generate(200, 3, date(2027, 2, 1))} == {2}


def test_shares_follow_the_published_figures(many: list[Row]) -> None:
    traced = [row for row in many if row.identified_by not in (None, "stated")]

    def share(rows: list[Row], **wanted: object) -> float:
        return sum(all(getattr(row, name) == value for name, value in wanted.items()) for row in rows) / len(rows)

    assert share(many, in_station=True) == pytest.approx(0.76, abs=0.02)
    assert sum((row.age or 0) >= 60 for row in many) / len(many) == pytest.approx(0.165, abs=0.02)
    assert sum(share(many, condition=c) for c in ("mental", "intellectual", "disabled")) == pytest.approx(
        0.15, abs=0.02
    )
    for way, expected in (("interview", 0.42), ("national_site", 0.29), ("dna", 0.16), ("notice", 0.13)):
        assert share(traced, identified_by=way) == pytest.approx(expected, abs=0.06)


def test_the_relay_of_april_2024_is_among_them() -> None:
    relay = [row for row in generate(120, 2026) if row.note is not None]
    assert len(relay) == 1
    assert (relay[0].arrived_at.day, relay[0].found_by) == (25, "孝感市救助管理站")


def test_whatever_is_generated_is_read_back_the_same(tmp_path: Path, many: list[Row]) -> None:
    write_register(many, tmp_path / "register.csv")
    assert list(read_register(tmp_path / "register.csv", until=UNTIL)) == many


def test_every_mistake_is_found_in_its_column() -> None:
    lines = list(read_register(EXAMPLE / "register-with-errors.csv", until=UNTIL))
    rejected = {line.line - 1: line for line in lines if isinstance(line, Rejected)}
    titles = {column.name: column.title for column in COLUMNS}
    assert len(lines) == 30
    assert sorted(rejected) == sorted([*(at for at, _, _ in MISTAKES), 28, 30])
    for at, column, _ in MISTAKES:
        assert [problem.column for problem in rejected[at].problems] == [titles[column]]
    assert [problem.column.en for problem in rejected[30].problems] == ["sex", "estimated age", "condition"]


def test_every_problem_is_told_in_both_languages() -> None:
    for line in read_register(EXAMPLE / "register-with-errors.csv", until=UNTIL):
        for problem in line.problems if isinstance(line, Rejected) else ():
            assert all(text.en and text.zh for text in (problem.column, problem.wrong, problem.right))


def first_problem(tmp_path: Path, **changes: str) -> str:
    line = dict(zip(COLUMN, cells(next(generate(1, 1))), strict=True)) | changes
    write_lines([tuple(line.values())], tmp_path / "one.csv")
    (found,) = read_register(tmp_path / "one.csv", until=UNTIL)
    return str(found.problems[0].wrong) if isinstance(found, Rejected) else ""


HELPLESS = {"can_state_identity": "否", "alias": "无名氏", "identified_by": "", "name": ""}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, ""),
        ({"arrived_at": "2026/7/3 8:05"}, ""),
        ({"arrived_at": "2026-07-03T08:05"}, "is not a date and time"),
        ({"arrived_at": "2026-07-03 25:00"}, "no day or time that exists"),
        ({"found_at": "解放路\0"}, "control character"),
        ({"found_at": "＝1+1"}, "looks like a formula"),
        ({"found_at": " 解放路"}, "blanks around it"),
        ({"found_at": "路" * 201}, "too long"),
        ({"number": "1"}, "not how numbers are given"),
        ({"age": "1e2"}, "not a whole number"),
        ({**HELPLESS, "alias": "", "outcome": "仍在站"}, "has to be called something"),
        ({**HELPLESS, "outcome": "护送返乡"}, "nobody is brought home unidentified"),
        ({"outcome": "自愿离站", "age": "9"}, "did not leave alone"),
        ({"outcome": "落户安置", "days": "93"}, "after more than three months"),
    ],
)
def test_a_line_is_judged(tmp_path: Path, changes: dict[str, str], wrong: str) -> None:
    found = first_problem(tmp_path, **changes)
    assert wrong in found if wrong else found == ""


def test_a_byte_that_is_not_utf8_spoils_one_line_only(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    write_register(generate(2, 1), path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b"AL", b"A\xff", 1) + lines[2])
    first, second = read_register(path, until=UNTIL)
    assert isinstance(first, Rejected) and "UTF-8" in first.problems[0].wrong.en
    assert isinstance(second, Row)


def test_a_broken_quotation_ends_the_reading_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    write_register(generate(1, 1), path)
    path.write_bytes(path.read_bytes() + b'"never closed')
    first, second = read_register(path, until=UNTIL)
    assert isinstance(first, Row)
    assert isinstance(second, Rejected) and "quotation" in second.problems[0].wrong.en


@pytest.mark.parametrize("content", [b"", b"a,b,c\n", ",".join(HEADINGS).encode("gbk")])
def test_a_file_with_another_heading_is_no_register(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.csv").write_bytes(content)
    with pytest.raises(InvalidValue, match="heading"):
        list(read_register(tmp_path / "other.csv", until=UNTIL))

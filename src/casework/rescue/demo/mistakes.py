"""A register with the mistakes that registers have, one kind to a line, to see each of them refused."""

from __future__ import annotations

from collections.abc import Iterator

from casework.rescue.demo.generate import generate
from casework.rescue.demo.register import COLUMNS, cells

# Line of the file without its heading, column, what stands there instead.
MISTAKES: tuple[tuple[int, str, str], ...] = (
    (2, "arrived_at", "2026-02-30 09:15"),
    (4, "sex", "南"),
    (6, "age", "-5"),
    (8, "found_at", ""),
    (10, "number", "AL202607-0009"),
    (12, "age", "约六十岁"),
    (14, "found_by", "热心\x0b群众"),
    (16, "note", '=HYPERLINK("http://example.invalid","查看")'),
    (18, "arrived_at", "2062-07-19 10:00"),
    (20, "brought_by", "路过"),
    (22, "can_state_identity", "不清楚"),
    (24, "age", "175"),
    (26, "days", "7天"),
)
_SHORT_LINE = 28
_TOO_MANY_AT_ONCE = 30


def with_mistakes(cases: int, seed: int) -> Iterator[tuple[str, ...]]:
    """The lines of a made-up register with the mistakes worked in."""
    names = [column.name for column in COLUMNS]
    for number, row in enumerate(generate(cases, seed), start=1):
        line = list(cells(row))
        for at, column, cell in MISTAKES:
            if at == number:
                line[names.index(column)] = cell
        if number == _SHORT_LINE:
            line = line[:-2]
        if number == _TOO_MANY_AT_ONCE:
            line[names.index("sex")] = line[names.index("condition")] = ""
            line[names.index("age")] = "两百"
        yield tuple(line)

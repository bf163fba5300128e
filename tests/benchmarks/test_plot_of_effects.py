"""The plot of messages a second by the number of workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import effects, report
from benchmarks.measure import Figure

FIGURES = [
    Figure(name=f"{runner}, answered at once, {count} process{'es'[: 2 * (count > 1)]}", value=90.0 * count, unit="/s")
    for runner in effects.RUNNERS
    for count in effects.PROCESSES
]


@pytest.mark.parametrize(("language", "axis"), [("en", "worker processes"), ("zh", "工作进程数")])
def test_what_more_workers_are_for_is_drawn_in_both_languages(tmp_path: Path, language: str, axis: str) -> None:
    report.write(tmp_path, {"cpu": "two"}, {"effects": FIGURES})

    drawn = (tmp_path / f"effects-{language}.svg").read_text(encoding="utf-8")
    assert axis in drawn and all(runner in drawn for runner in effects.RUNNERS)


def test_where_nothing_was_measured_nothing_is_drawn(tmp_path: Path) -> None:
    report.write(tmp_path, {"cpu": "two"}, {})

    assert [] == list(tmp_path.glob("effects-*.svg"))

"""The week of heat is told and adds up."""

from __future__ import annotations

from pathlib import Path

from stores import quick

from casework import DemoRun
from casework.outreach import casework_demos


def told(tmp_path: Path, language: str, store: str) -> tuple[int, list[str]]:
    said: list[str] = []
    (demo,) = casework_demos()
    asked = DemoRun(
        store=store,
        cases=20,
        seed=3,
        out=tmp_path,
        language=language,
        progress=lambda done, total, note="": None,
        say=said.append,
    )
    return demo.run(asked), said


def test_a_week_is_played_and_adds_up(tmp_path: Path) -> None:
    problems, english = told(tmp_path, "en", quick())

    assert 0 == problems
    assert "14 patrols for heat" == english[0]
    assert "from the warning to the first contact: " in "\n".join(english)
    assert english[-1].endswith("whole: True")

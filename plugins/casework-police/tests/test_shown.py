"""What is shown to whoever tries the plugin: the example runs, and the command explains itself in both languages."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

HOTEL = Path(__file__).parent.parent / "examples" / "hotel.py"


def test_the_hotel_finds_out_who_its_guest_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(HOTEL))["main"]()
    printed = capsys.readouterr().out

    assert "and not ('illness',)" in printed
    assert "manager can 'identify'" in printed
    assert "known confirmed True" in printed
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("language", "word"), [("en", "missing persons"), ("zh", "失踪人员报告")])
def test_the_command_explains_itself(language: str, word: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "casework", "--lang", language, "police", "--help"],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert word in done.stdout

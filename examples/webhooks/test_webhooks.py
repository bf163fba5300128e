"""The two offices reach each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_a_bed_is_asked_for_and_given_by_signed_webhooks() -> None:
    command = [sys.executable, str(HERE / "both_ways.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    told = ["sent by the station: 1", "sent by the shelter: 1", "our case: placed river house"]
    assert told == done.stdout.splitlines()
    assert "Traceback" not in done.stderr


def test_each_file_stays_short() -> None:
    assert [] == [path.name for path in HERE.glob("*.py") if len(path.read_text("utf-8").splitlines()) > 65]

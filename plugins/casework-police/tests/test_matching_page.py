"""The page on matching says what is true: its example runs, its weights are the weights."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from casework_police.matching import weights
from pages import blocks

PAGE = Path(__file__).resolve().parent.parent / "docs" / "matching.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_example_prints_what_the_page_shows() -> None:
    python, printed = list(blocks(TEXT))[:2]
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec(compile(python.text, str(PAGE), "exec"), {})

    assert ("python", "output") == (python.language, printed.comment)
    assert printed.text == shown.getvalue()


@pytest.mark.parametrize(("name", "bits"), re.findall(r"^\| `([A-Z_]+)` \| (-?[\d.]+) \|", TEXT, re.MULTILINE))
def test_a_weight_of_the_page_is_the_weight(name: str, bits: str) -> None:
    assert float(bits) == getattr(weights, name)


def test_each_reason_for_a_missing_value_stands_on_the_page() -> None:
    shown = dict(re.findall(r"^\| `([a-z_]+)` \| (-?[\d.]+) \|", TEXT, re.MULTILINE))

    assert dict(weights.MISSING) == {reason: float(bits) for reason, bits in shown.items()}


def test_the_figures_of_the_page_can_be_measured_again() -> None:
    script = PAGE.parent.parent / "benchmarks" / "matching.py"
    words = [sys.executable, str(script), "--people", "20", "--pool", "60"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)

    assert "20 found against 20 reported" in done.stdout
    assert "| strong |" in done.stdout
    assert "one against 60" in done.stdout

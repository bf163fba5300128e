"""Plant one bug at a time in a copy of casework, and see to it that the test named for it fails.

A test that no bug can fail proves nothing. Each row names the file, the text that is changed, and the
test that has to notice. A row whose text is no longer in the file fails too: the saboteur has to move
with the code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]


@attrs.frozen
class Saboteur:
    """One planted bug and the test that kills it."""

    name: str
    file: str
    old: str
    new: str
    test: str


SABOTEURS: list[Saboteur] = []


@pytest.mark.parametrize("saboteur", SABOTEURS, ids=lambda saboteur: saboteur.name)
def test_a_planted_bug_is_noticed(saboteur: Saboteur, tmp_path: Path) -> None:
    copy = tmp_path / "src"
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    target = copy / "casework" / saboteur.file
    text = target.read_text(encoding="utf-8")
    assert 1 == text.count(saboteur.old), f"{saboteur.file} does not say exactly once: {saboteur.old}"
    target.write_text(text.replace(saboteur.old, saboteur.new), encoding="utf-8")

    result = _run(saboteur.test, copy)

    assert 1 == result.returncode, f"{saboteur.test} did not notice {saboteur.name}:\n{result.stdout[-3000:]}"


def _run(test: str, source: Path) -> subprocess.CompletedProcess[str]:
    """Run one test on the sabotaged copy; exit code 1 says that it ran and failed."""
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", test, "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)

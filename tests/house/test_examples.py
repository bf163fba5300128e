"""Every example proves itself: where there is code, a test runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree import ROOT, shown

EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*") if path.is_dir() and any(path.rglob("*.py")))
TESTS = [path for folder in ("tests", "plugins", "examples") for path in (ROOT / folder).rglob("test_*.py")]


@pytest.mark.parametrize("folder", EXAMPLES, ids=shown)
def test_an_example_is_tested_beside_it_or_by_name(folder: Path) -> None:
    beside = [path for path in TESTS if path.is_relative_to(folder)]
    naming = [
        path for path in TESTS if f"examples/{folder.name}" in path.read_text(encoding="utf-8").replace('" / "', "/")
    ]

    assert beside or naming

"""The benchmarks run, with sizes so small that their figures say nothing; no time is ever asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tree import ROOT

QUICK = ("decide", "scale", "bulk", "import", "peers", "exploring")
DURABLE = ("firing_sqlite", "contention", "durable_peers", "firing_postgres")


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line of the benchmarks, as ``python3 dev.py bench`` starts it."""
    paths = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
    )


# The effects start a server and seven processes, which takes longer than all the others together.
@pytest.mark.parametrize("names", [QUICK, DURABLE, pytest.param(("effects",), marks=pytest.mark.long)], ids=" ".join)
def test_benchmarks_run_and_write_what_they_found(names: tuple[str, ...], tmp_path: Path) -> None:
    done = started(*names, "--tiny", "--out", str(tmp_path), "--work", str(tmp_path))

    assert (0, "") == (done.returncode, done.stderr)
    found = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))["figures"]
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert list(names) == list(found)
    for figures in found.values():
        assert figures and all(figure["value"] >= 0 and figure["name"] in page for figure in figures)
        compared = {figure["against"] for figure in figures if figure["ratio"] is not None}
        assert set() == compared - {figure["name"] for figure in figures}


def test_a_benchmark_that_is_not_there_is_told() -> None:
    done = started("speed")

    assert done.returncode == 2 and "there are decide, firing_sqlite" in done.stderr

"""The benchmarks run, with sizes so small that their figures say nothing; no time is ever asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tree import ROOT

NAMES = (
    "decide",
    "firing_sqlite",
    "scale",
    "contention",
    "bulk",
    "import",
    "peers",
    "durable_peers",
    "firing_postgres",
)


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


# It starts a server and seven processes, which takes longer than all the others together.
@pytest.mark.parametrize("name", [*NAMES, pytest.param("effects", marks=pytest.mark.long)])
def test_a_benchmark_runs_and_writes_what_it_found(name: str, tmp_path: Path) -> None:
    done = started(name, "--tiny", "--out", str(tmp_path), "--work", str(tmp_path))

    assert (0, "") == (done.returncode, done.stderr)
    figures = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))["figures"][name]
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert figures and all(figure["value"] >= 0 and figure["name"] in page for figure in figures)


def test_a_ratio_names_a_figure_of_the_same_table(tmp_path: Path) -> None:
    started("decide", "bulk", "--tiny", "--out", str(tmp_path), "--work", str(tmp_path))

    tables = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))["figures"]
    assert ["decide", "bulk"] == list(tables)
    for figures in tables.values():
        names = {figure["name"] for figure in figures}
        assert set() == {figure["against"] for figure in figures if figure["ratio"] is not None} - names


def test_a_benchmark_that_is_not_there_is_told() -> None:
    done = started("speed")

    assert done.returncode == 2 and "there are decide, firing_sqlite" in done.stderr

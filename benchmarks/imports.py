"""How long ``import casework`` takes against ``import sqlalchemy``, both without what Python itself needs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved

GOAL = Goal(1.25)
NAMES = ("casework", "sqlalchemy")


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Each import in a process of its own, by turns with one that imports nothing."""
    contenders = {"": _process("pass", folder), **{name: _process(f"import {name}", folder) for name in NAMES}}
    taken = interleaved(contenders, sizes.imports)
    net = {
        name: [each - bare for each, bare in zip(taken.rounds[name], taken.rounds[""], strict=True)] for name in NAMES
    }
    ours, theirs = (statistics.median(net[name]) for name in NAMES)
    ratio = statistics.median([one / other for one, other in zip(net["casework"], net["sqlalchemy"], strict=True)])
    yield Figure(name="import sqlalchemy", value=theirs * 1e3, unit="ms")
    yield Figure(
        name="import casework", value=ours * 1e3, unit="ms", against="import sqlalchemy", ratio=ratio, goal=GOAL
    )


def _process(code: str, folder: Path) -> Batch:
    # Compiled files of their own, so that nothing is compiled while it is measured, whatever the environment says.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONPYCACHEPREFIX": str(folder)}

    def batch() -> int:
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        return 1

    return batch

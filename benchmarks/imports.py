"""How long importing casework takes against what it stands on, all without what Python itself needs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved

GOAL = Goal(1.5)
BASE = "import sqlalchemy, transitions"
DEFINING, RUNNING = "import casework", "from casework import Casework"


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Each import in a process of its own, by turns with one that imports nothing."""
    names = (BASE, DEFINING, RUNNING)
    contenders = {code: _process(code, folder) for code in ("pass", *names)}
    taken = interleaved(contenders, sizes.imports)
    net = {
        name: [each - bare for each, bare in zip(taken.rounds[name], taken.rounds["pass"], strict=True)]
        for name in names
    }
    yield Figure(name=BASE, value=statistics.median(net[BASE]) * 1e3, unit="ms")
    for name, note in ((DEFINING, "case types, conditions, actors"), (RUNNING, "with all that runs cases")):
        ratios = sorted(one / other for one, other in zip(net[name], net[BASE], strict=True))
        yield Figure(
            name=name,
            value=statistics.median(net[name]) * 1e3,
            unit="ms",
            against=BASE,
            ratio=statistics.median(ratios),
            spread=(ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]),
            goal=GOAL,
            note=note,
        )


def _process(code: str, folder: Path) -> Batch:
    # Compiled files of their own, so that nothing is compiled while it is measured, whatever the environment says.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONPYCACHEPREFIX": str(folder)}

    def batch() -> int:
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        return 1

    return batch

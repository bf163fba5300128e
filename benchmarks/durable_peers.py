"""Peers that keep what they do on disk, each in a process of its own, by turns with a firing and one by hand.

They live in an environment of their own, which ``python3 dev.py bench`` makes; whoever is not there is told.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import by_hand
from benchmarks.firing_sqlite import by_case, by_id
from benchmarks.measure import Batch, Figure, Sizes, interleaved
from benchmarks.workload import ROLE, TRIGGERS, app_on, ready_cases

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv" / "peers" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BASE, OURS = "by hand", "desk.fire(case)"
CONTESTANTS = {
    "django-fsm-2 and Django's ORM": ("django_fsm_2", "with an audit row, without log, form or role"),
    "SpiffWorkflow": ("spiff_workflow", "load, one task, serialise, write"),
    "DBOS, SQLite": ("dbos_steps", "steps that do nothing, settings of its own"),
}


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Whoever is installed, in SQLite with write-ahead logging and NORMAL, as far as they can be told."""
    number = max(1, sizes.firings // len(TRIGGERS) // 4)
    app, other = (app_on(folder / f"{name}.db", synchronous="NORMAL", wal=True) for name in ("ours", "hand"))
    connection = by_hand.connect(folder / "hand.db", synchronous="NORMAL", wal=True)
    hand = ready_cases(other, number)
    contenders: dict[str, Batch] = {
        BASE: by_id(hand, lambda *what: by_hand.fire(connection, {ROLE}, *what)),
        OURS: by_case(app, ready_cases(app, number)),
    }
    with ExitStack() as running:
        for name, (module, _) in CONTESTANTS.items():
            started = _started(running, module, folder, number)
            if started is None:
                print(f"durable_peers: {name} is not installed, left out")
            else:
                contenders[name] = started
        taken = interleaved(contenders, max(2, sizes.rounds // 2))
    connection.close()
    app.dispose()
    other.dispose()
    for name in contenders:
        note = CONTESTANTS.get(name, ("", "WAL NORMAL"))[1]
        yield taken.figure(name, "" if name == BASE else BASE, note=note)


def _started(running: ExitStack, module: str, folder: Path, number: int) -> Batch | None:
    """A batch that asks a contestant for a round; None where it does not start."""
    if not PYTHON.exists():
        return None
    place = folder / module
    place.mkdir()
    command = [str(PYTHON), str(ROOT / "benchmarks" / "contestants" / f"{module}.py"), str(place), str(number)]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    process = running.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, text=True))
    assert process.stdin is not None and process.stdout is not None
    asked, answers = process.stdin, process.stdout
    if answers.readline().strip() != "ready":
        return None

    def batch() -> int:
        print("round", file=asked, flush=True)
        return int(answers.readline().split()[0])

    return batch

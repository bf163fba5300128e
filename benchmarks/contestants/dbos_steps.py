"""DBOS on SQLite: a workflow of five steps that do nothing, so that what is measured is what durability costs."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

from dbos import DBOS, DBOSConfig

FOLDER, NUMBER = Path(sys.argv[1]), int(sys.argv[2])
ROUND = ("admit", "discharge", "trace", "arrange", "reassess")


@DBOS.step()
def step(trigger: str) -> str:
    """Nothing besides being remembered."""
    return trigger


@DBOS.workflow()
def round_of(place: int) -> int:
    """One round of one case."""
    for trigger in ROUND:
        step(trigger)
    return place


def main() -> None:
    """Start DBOS, then a round for every line."""
    logging.disable(logging.CRITICAL)
    config: DBOSConfig = {"name": "bench", "system_database_url": f"sqlite:///{FOLDER / 'dbos.db'}"}
    DBOS(config=config)
    DBOS.launch()
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        for place in range(NUMBER):
            round_of(place)
        print(NUMBER * len(ROUND), time.perf_counter() - started, flush=True)
    DBOS.destroy()


if __name__ == "__main__":
    os.chdir(FOLDER)
    main()

"""Run the simulation seed by seed: ``python -m simulation --seeds 0-999`` (in ``tests/``), and again where it ended.

Each line of progress says up to which seed all went well, so that a night can be gone on with the next evening.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from simulation.playing import play
from simulation.simulator import Broken


def main() -> int:
    """Run; 1 where a seed shows something that must not be."""
    told = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    told.add_argument("--seeds", default="0-99", help="one seed, or the first and the last (0-99)")
    told.add_argument("--steps", type=int, default=300, help="random things that each seed does (300)")
    told.add_argument("--firings", type=int, default=0, help="stop after so many firings")
    told.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked = told.parse_args()
    first, _, last = asked.seeds.partition("-")
    logging.disable(logging.CRITICAL)
    begun, firings, crashes = time.monotonic(), 0, 0
    with ExitStack() as stack:
        if asked.database == "postgres":
            import server

            stack.enter_context(server.session())
        for seed in range(int(first), int(last or first) + 1):
            try:
                done = play(seed, asked.steps, asked.database)
            except Broken as broken:
                print(f"seed {seed} is broken\n{broken}", file=sys.stderr)
                return 1
            firings, crashes = firings + done.firings, crashes + done.crashes
            rate = firings / (time.monotonic() - begun)
            print(f"seed {seed} well: {firings:,} firings, {crashes:,} deaths, {rate:,.0f} firings/s", flush=True)
            if asked.firings and firings >= asked.firings:
                break
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    sys.exit(main())

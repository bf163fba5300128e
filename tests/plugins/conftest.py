"""A store for every test of a door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from errands import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A store in a file of its own; whatever a test did to it, it must verify in the end."""
    bench = Bench(tmp_path / "store.db")
    yield bench
    verdicts = [app.verify() for app in bench._apps[-1:]]
    bench.close()
    assert [] == [str(fault) for verdict in verdicts for fault in verdict.faults]

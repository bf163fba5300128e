"""A store for every test of a door, on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from errands import Bench


@pytest.fixture(autouse=True)
def _on_each_database(on_each_database: None) -> None:
    """The rule in this folder."""


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A store of its own; whatever a test did to it, it must verify in the end."""
    bench = Bench()
    yield bench
    verdicts = [app.verify() for app in bench._apps[-1:]]
    bench.close()
    assert [] == [str(fault) for verdict in verdicts for fault in verdict.faults]

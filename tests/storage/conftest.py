"""The databases that every test here runs on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rows import DATABASES, Rows


@pytest.fixture(params=sorted(DATABASES), scope="module")
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database of each kind."""
    return DATABASES[request.param]


@pytest.fixture(scope="module")
def rows(database: str) -> Iterator[Rows]:
    """A store for one module, of which every test undoes what it wrote."""
    made = Rows(database)
    yield made
    made.store.engine.dispose()


@pytest.fixture(params=sorted(DATABASES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of one test alone, that can be opened from several sides."""
    return f"sqlite:///{tmp_path / 'store.db'}"

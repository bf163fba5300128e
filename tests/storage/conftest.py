"""Stores on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rows import Rows
from stores import Stores, fresh


@pytest.fixture(autouse=True)
def _on_each_database(on_each_database: None) -> None:
    """The rule in this folder."""


@pytest.fixture(scope="module")
def database(stores: Stores) -> Iterator[str]:
    """The URL of a store for one module."""
    with stores.quick() as url:
        yield url


@pytest.fixture(scope="module")
def rows(database: str) -> Iterator[Rows]:
    """A store for one module, of which every test undoes what it wrote."""
    made = Rows(database)
    yield made
    made.store.engine.dispose()


@pytest.fixture
def url() -> str:
    """The URL of a store of one test alone, that can be opened from several sides."""
    return fresh()

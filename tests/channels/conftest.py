"""A laboratory on a store of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from channels.laboratory import Laboratory, listening
from oracle import assert_inv
from stores import fresh


@pytest.fixture
def lab(on_each_database: None) -> Iterator[Laboratory]:
    """An app that listens to the laboratory; whatever was done to it, INV holds in the end."""
    made = listening(fresh())
    yield made
    assert_inv(made.app)
    made.app.dispose()

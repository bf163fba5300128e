"""The databases that a test with a store runs on: both, in every run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stores import Stores


@pytest.fixture
def url(stores: Stores) -> Iterator[str]:
    """The URL of an empty store, that can be opened from several sides."""
    with stores.lent() as url:
        yield url

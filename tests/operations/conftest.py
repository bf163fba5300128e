"""What operators use: each test gets its stores from the database of the session."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _everywhere(on_each_database: None) -> None:
    """Stores come from the database that the session tests."""

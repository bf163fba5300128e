"""Everything here runs on each database, and with and without keys."""

from __future__ import annotations

from typing import Any

import pytest
import shelter as people

from casework import Casework
from casework.keys import KeyMemory


@pytest.fixture(autouse=True)
def _everywhere(on_each_database: None) -> None:
    """Stores come from the database that the session tests."""


@pytest.fixture(params=["plain", "sealed"])
def shelter(request: pytest.FixtureRequest) -> people.Shelter:
    """A shelter whose values are kept plain, and one that has keys."""

    def made(url: str | None = None, **more: Any) -> Casework:
        keys = KeyMemory() if request.param == "sealed" else None
        return people.shelter(url, **{"keys": keys, **more})

    return made

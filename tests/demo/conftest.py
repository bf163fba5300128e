"""One month of thirty people, played once for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from demo.playing import Told, play
from stores import Stores

from casework.report import drawing


@pytest.fixture(autouse=True)
def _on_each_database(on_each_database: None) -> None:
    """The rule in this folder."""


@pytest.fixture(scope="session")
def month(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The month, in Chinese."""
    with stores.lent() as url:
        yield play(tmp_path_factory.mktemp("month"), url)


@pytest.fixture
def unplotted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra ``report`` is missing; drawing takes longer than playing."""
    monkeypatch.setattr(drawing, "available", lambda: False)

"""One month of thirty people, played once for all tests that only look at it."""

from __future__ import annotations

import pytest
from demo.playing import Told, play

from casework.report import drawing


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The month, in Chinese."""
    return play(tmp_path_factory.mktemp("month"))


@pytest.fixture
def unplotted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra ``report`` is missing; drawing takes longer than playing."""
    monkeypatch.setattr(drawing, "available", lambda: False)

"""The log is signed on each database."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _on_each_database(on_each_database: None) -> None:
    """The rule in this folder."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place outside the database."""
    return tmp_path / "outside"

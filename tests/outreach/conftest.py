"""Outreach runs on each database."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _on_each_database(on_each_database: None) -> None:
    """The rule in this folder."""

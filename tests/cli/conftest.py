"""A store in a temporary folder, with the tiny domain and without a locale."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.errand import Line, Telling, tiny
from stores import fresh

from casework import SystemClock


@pytest.fixture(autouse=True)
def _on_each_database(on_each_database: None) -> None:
    """The rule in this folder."""


@pytest.fixture
def told() -> Telling:
    return Telling()


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Telling) -> Line:
    monkeypatch.setitem(sys.modules, "tiny", tiny(told))
    monkeypatch.chdir(tmp_path)
    names = ("STORE", "ACTOR", "ROLES", "UNIT", "TENANT", "PERSON", "PLUGINS", "DEFINITIONS")
    env: dict[str, str | None] = {f"CASEWORK_{name}": None for name in names}
    env |= {"LC_ALL": None, "LC_MESSAGES": None, "LANG": "C.UTF-8", "FORCE_COLOR": None}
    line = Line(fresh(), env)
    line("migrate")
    return line


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three days go by."""
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + timedelta(days=3))

"""The rulebook of rescue stations, as it ships."""

from __future__ import annotations

from importlib.resources import files

from casework.rulebook import Rulebook, load_rulebook

RULES: Rulebook = load_rulebook(files("casework.rescue") / "rescue.toml")

"""The rulebook of outreach, as it ships: what calls for patrols, and on whose word."""

from __future__ import annotations

from importlib.resources import files

from casework.rulebook import Rulebook, load_rulebook

RULES: Rulebook = load_rulebook(files("casework.outreach") / "outreach.toml")

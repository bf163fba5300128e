"""Rulebooks: dated rules with the authority and article that they rest on, read from TOML."""

from casework.rulebook.applying import applied_to
from casework.rulebook.book import Rulebook
from casework.rulebook.document import load_rulebook, rulebook_from

__all__ = ["Rulebook", "applied_to", "load_rulebook", "rulebook_from"]

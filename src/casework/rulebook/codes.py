"""The codes of what can be wrong with the document of a rulebook, each with its short title."""

from __future__ import annotations

CODES: dict[str, str] = {
    "CW701": "not readable as TOML",
    "CW702": "an unknown key of a rulebook",
    "CW703": "a missing key of a rulebook",
    "CW704": "a value that no rule can have",
    "CW705": "not a condition of a rule",
    "CW706": "two versions of a rule at once",
    "CW707": "a length without a unit, or a unit without a length",
    "CW708": "an unknown time zone or hour",
}

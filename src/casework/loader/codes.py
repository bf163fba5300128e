"""The codes of what can be wrong with a document, each with its short title."""

from __future__ import annotations

from typing import Literal, get_args

Code = Literal[
    "CW001",
    "CW002",
    "CW003",
    "CW004",
    "CW005",
    "CW006",
    "CW007",
    "CW008",
    "CW009",
    "CW010",
    "CW011",
    "CW012",
    "CW013",
    "CW014",
    "CW015",
    "CW016",
    "CW017",
    "CW018",
]

CODES: dict[Code, str] = {
    "CW001": "not readable as YAML",
    "CW002": "an anchor or alias",
    "CW003": "an explicit tag",
    "CW004": "a key that appears twice",
    "CW005": "nested too deeply",
    "CW006": "too large",
    "CW007": "a scalar out of range",
    "CW008": "not exactly one table",
    "CW009": "neither a case type nor a workflow",
    "CW010": "an unknown key",
    "CW011": "a missing key",
    "CW012": "a value of the wrong type",
    "CW013": "not a condition",
    "CW014": "not an effect",
    "CW015": "not a duration",
    "CW016": "not one of the options",
    "CW017": "a key that is not a text",
    "CW018": "a literal that no field can hold",
}

if set(CODES) != set(get_args(Code)):  # a code without a title would leave a page of the reference empty
    raise AssertionError("every code has its title")

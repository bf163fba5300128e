"""The titles of states and choices as the definitions have them, so that a report and a screen say the same."""

from __future__ import annotations

from collections.abc import Iterable

from casework import CaseType, Choice, Text
from casework.volunteering import case_types
from casework.volunteering.grid_matter import LEVELS, MISSING
from casework.volunteering.help_request import PAYING, REASONS

TYPES = {case_type.name: case_type for case_type in case_types()}


def states(case_type: CaseType, workflow: str) -> dict[str, Text]:
    """The titles of the states of one workflow."""
    found = next(one for one in case_type.chain if one.name == workflow)
    return {state.name: state.title for state in found.states}


def triggers(case_type: CaseType) -> dict[str, Text]:
    """The titles of everything that can be fired."""
    return {one.trigger: one.title for workflow in case_type.chain for one in workflow.transitions}


def _titles(choices: Iterable[Choice]) -> dict[str, Text]:
    return {choice.name: choice.title for choice in choices}


SERVICE = states(TYPES["service"], "service")
SETTLING = states(TYPES["service"], "settling")
STEP = triggers(TYPES["service"])
ACCOUNT = {account.name: account.title for account in TYPES["service"].accounts}
HELP = states(TYPES["help_request"], "help_request")
REASON = _titles(REASONS)
PAID = _titles(PAYING)
LEVEL = _titles(LEVELS)
LACK = _titles(MISSING)


def hours(minutes: int) -> str:
    """Minutes as hours with one decimal place."""
    return f"{minutes / 60:,.1f}"


def exact(minutes: int) -> str:
    """Minutes as hours and minutes, 851:45: in a table nothing may be lost by rounding, so that parts add up."""
    return f"{minutes // 60:,}:{minutes % 60:02}"


def percent(part: float, whole: float) -> str:
    """A share as people read it; a dash where there is no whole."""
    return f"{100 * part / whole:.0f}%" if whole else "–"

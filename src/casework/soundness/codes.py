"""The codes of the static check: each names one kind of mistake and leads to one page."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from casework.model.finding import Finding

CODES: dict[str, str] = {
    # names and references
    "CW101": "a name is not well formed",
    "CW102": "a name is used twice",
    "CW103": "two workflows claim the same trigger",
    "CW104": "unknown state",
    "CW105": "unknown phase",
    "CW106": "unknown field",
    "CW107": "unknown value of the form",
    "CW108": "unknown workflow",
    "CW109": "unknown account",
    "CW110": "unknown mark",
    "CW111": "ambiguous mark",
    "CW112": "unknown deadline",
    "CW113": "unknown trigger",
    "CW114": "the deadline's trigger leaves none of its states",
    "CW115": "undeclared role",
    "CW116": "unknown permission",
    "CW117": "unknown field class",
    "CW118": "unknown part",
    "CW119": "a part of the wrong kind",
    "CW120": "unknown case type",
    "CW121": "unknown hold",
    "CW122": "unknown kind of thing",
    "CW123": "unbound slot",
    "CW124": "a name that the desk uses itself",
    "CW125": "unknown subject",
    "CW126": "unknown rule",
    # shape
    "CW201": "unreachable state",
    "CW202": "no way to an ending",
    "CW203": "the main workflow has no final state",
    "CW204": "an automatic step leaves a final state",
    "CW205": "automatic steps go in a circle",
    "CW206": "shadowed transition",
    "CW207": "it starts nowhere",
    "CW208": "a condition that never holds",
    "CW209": "a step of the system asks for what only a person has",
    "CW210": "a workflow is left behind when the case closes",
    "CW211": "a workflow beside the main one can never end",
    "CW212": "the chain is empty",
    # conditions and types
    "CW301": "a value of another type",
    "CW302": "order where there is none",
    "CW303": "unknown choice",
    "CW304": "a sealed value is laid open",
    "CW305": "a condition asks for what is not known there",
    "CW306": "a condition is too deep or too large",
    "CW307": "unusable bounds",
    "CW308": "choices do not fit the field",
    "CW309": "an effect gives a value of another type",
    "CW310": "not an amount",
    "CW311": "an amount cannot move between these accounts",
    "CW312": "an account cannot be told apart by this field",
    "CW313": "unusable duration",
    "CW314": "the balance of an account without limits",
    "CW315": "a personal value is laid open",
    "CW316": "not an effect",
    "CW317": "accounts are told apart by what anybody may change",
    "CW318": "the clock of a rule depends on what its log may not tell",
    "CW319": "a calendar that is not installed",
    # access and ownership
    "CW401": "nobody can fire this",
    "CW402": "nobody may open a case",
    "CW403": "nobody may view a case in this state",
    "CW404": "the assigned role is not local",
    "CW405": "a name outside its namespace",
    "CW406": "readers of an open field",
    "CW407": "nobody may erase",
    "CW408": "a broken glass that nobody reviews",
}

WARNINGS: frozenset[str] = frozenset({"CW124", "CW315", "CW317", "CW319", "CW402", "CW403"})


def finding(code: str, path: str, message: str) -> Finding:
    """A finding with the level of its code."""
    return Finding(code, path, message, level="warning" if code in WARNINGS else "error")


def unknown(code: str, path: str, kind: str, name: str, known: Iterable[str]) -> Finding:
    """Something is named that does not exist; the nearest name that does is offered."""
    near = get_close_matches(str(name), [str(item) for item in known], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return finding(code, path, f"there is no {kind} {name!r}{hint}")

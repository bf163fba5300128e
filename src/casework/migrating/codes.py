"""The codes of the check of migrations: each names one kind of mistake and leads to one page."""

from __future__ import annotations

from casework.model.finding import Finding

CODES: dict[str, str] = {
    "CW901": "a migration names a state that is not there",
    "CW902": "a migration names a workflow that is not there",
    "CW903": "a state that cases may stand in has no rule",
    "CW904": "two rules for one thing",
    "CW905": "a migration names a field that is not there",
    "CW906": "a value that cannot become one of the new field",
    "CW907": "a value would be read by others",
    "CW908": "a migration names a deadline or a mark that is not there",
    "CW909": "a running case would be ended",
    "CW910": "a migration for another definition",
    "CW911": "a mapped configuration breaks what must always hold",
    "CW912": "cases may hold what has no place",
    "CW913": "the rules leave a case open",
}
WARNINGS: frozenset[str] = frozenset({"CW903", "CW911", "CW912", "CW913"})


def finding(code: str, path: str, message: str) -> Finding:
    """A finding with the level of its code."""
    return Finding(code, path, message, level="warning" if code in WARNINGS else "error")

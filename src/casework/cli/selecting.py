"""Which cases a command is about: page by page, so that a hundred thousand need no more memory than a hundred."""

from __future__ import annotations

from collections.abc import Iterator

from casework import ALWAYS, Case, Condition, Desk

PAGE = 200


def of_type(desk: Desk, case_type: str, condition: Condition = ALWAYS, *, open_only: bool = False) -> Iterator[Case]:
    """The cases of a type that hold a condition, the newest first."""
    after: str | None = None
    while True:
        page = desk.find(case_type, condition, open_only=open_only, after=after, limit=PAGE)
        yield from page.cases
        after = page.after
        if after is None:
            return


def of_worklist(desk: Desk, case_type: str, name: str) -> Iterator[Case]:
    """The cases of a worklist, the most urgent first."""
    after: str | None = None
    while True:
        page = desk.worklist(case_type, name, after=after, limit=PAGE)
        yield from page.cases
        after = page.after
        if after is None:
            return

"""The course that a case took, as its log tells it: what a definition needs that it was not opened under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import attrs

Entered = tuple[datetime, str, str]
"""When, from which state (empty at the beginning), into which."""


@attrs.frozen
class Done:
    """Who fired a trigger last, and the fields that somebody changed since."""

    person: str
    changed: frozenset[str] = frozenset()


@attrs.frozen
class Course:
    """The states that each workflow entered, in order, and who fired which trigger last; without what was undone."""

    entered: Mapping[str, tuple[Entered, ...]]
    done: Mapping[str, Done]


def since(entered: Sequence[Entered], during: tuple[str, ...]) -> datetime | None:
    """When a workflow last came into the states *during* from outside, or from one of them to itself; None if never."""
    began = None
    for at, source, target in entered:
        if target in during and (source not in during or source == target):
            began = at
    return began


def under_new_names(entered: Iterable[Entered], names: Mapping[str, str]) -> tuple[Entered, ...]:
    """The same way where states are called otherwise; a step between two that became one state is none any more."""
    renamed = (
        (at, names.get(source, source), names.get(target, target), source == target) for at, source, target in entered
    )
    return tuple((at, source, target) for at, source, target, again in renamed if again or source != target)

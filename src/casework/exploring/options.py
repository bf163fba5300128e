"""What may come of a move: the moves themselves, and those that are refused for what must always hold."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework.exploring.passage import Passage
from casework.exploring.way import Label

AUTOMATIC_STEPS = "automatic steps"
"""The rule that automatic steps come to rest."""


@attrs.frozen(eq=False)
class Move:
    """Cases of *before* come to *after* in the slots *changed*, and stay as they were in all others.

    Of states it says only what it changes: configurations in which it is the same share it. *passages* are the
    transitions taken, in order; *opaque* names the Python that decides whether it goes this way.
    """

    label: Label
    before: int
    after: int
    changed: int
    passages: tuple[Passage, ...] = ()
    opaque: tuple[str, ...] = ()


@attrs.frozen(eq=False)
class Stopped:
    """A move that is refused whoever asks, for what must always hold would not: the *rule* says what.

    *named* is what deciding names as its source: of several workflows left behind it names the first.
    """

    rule: str
    named: str
    label: Label
    before: int
    passages: tuple[Passage, ...]
    opaque: tuple[str, ...]


Merged = tuple[tuple[Passage, ...], tuple[Move, ...]]
"""Transitions taken on another way to what some moves bring about, with those moves."""


@attrs.define(eq=False)
class Options:
    """Moves, and what is stopped; *merged* are other ways to the same moves."""

    moves: tuple[Move, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    merged: tuple[Merged, ...] = ()


NONE = Options()


def joined(options: Iterable[Options]) -> Options:
    """All of *options*, each move once."""
    several = [each for each in options if each is not NONE]
    if len(several) < 2:
        return several[0] if several else NONE
    return Options(
        tuple(dict.fromkeys(move for each in several for move in each.moves)),
        tuple(dict.fromkeys(stopped for each in several for stopped in each.stopped)),
        tuple(merged for each in several for merged in each.merged),
    )

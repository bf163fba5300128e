"""A path as strides and stops: what every picture of it starts from. All words are in one language already."""

from __future__ import annotations

from typing import Literal

import attrs

from casework.diagram.edges import By

Tone = Literal["bad", "odd", "plain"]
"""How the end is meant: something that must not be, something to look at, or merely where the path leads."""


@attrs.frozen(kw_only=True)
class Standing:
    """The state of one workflow in a stop; *fresh* where the stride before brought it about."""

    workflow: str
    state: str
    fresh: bool = False


@attrs.frozen(kw_only=True)
class Aside:
    """Another move that leaves a stop, which the path does not take: in words, and what it leads to or asks for."""

    text: str
    then: str
    by: By = "person"


@attrs.frozen(kw_only=True)
class Stop:
    """One configuration on the path, a row for each workflow. *more* is how many asides were left out.

    *barred* says that the asides are refused to the very case that came here.
    """

    rows: tuple[Standing, ...]
    asides: tuple[Aside, ...] = ()
    more: int = 0
    barred: bool = False


@attrs.frozen(kw_only=True)
class Stride:
    """One step of the path in words, and the stop that it leads to; None where the case stays where it is."""

    text: str
    by: By = "person"
    refused: bool = False
    stop: Stop | None = None


@attrs.frozen(kw_only=True)
class Trail:
    """A path from the opening on. *title* and *subtitle* stand above it. *whole* is that it leads to what they say."""

    title: str
    subtitle: str
    strides: tuple[Stride, ...]
    tone: Tone = "plain"
    whole: bool = True

    @property
    def last(self) -> Stop | None:
        """The stop at which the path ends."""
        return next((stride.stop for stride in reversed(self.strides) if stride.stop is not None), None)

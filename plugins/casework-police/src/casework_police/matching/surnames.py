"""Surnames: how they are read, whether one has two characters, and how many people share it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import log2
from types import MappingProxyType
from typing import Any

import attrs

RAREST_BITS = 9.0
"""No surname says more than this, however rare: a rare one is also more often written down wrongly."""


@attrs.frozen(kw_only=True)
class Surnames:
    """The table of the file ``surnames.toml``, whose head tells where its facts come from."""

    readings: Mapping[str, tuple[str, ...]]
    compound: Mapping[str, tuple[str, ...]]
    share: Mapping[str, float]
    rest: float

    def known(self, text: str) -> bool:
        """Whether *text* is a surname of this table."""
        return text in self.share or text in self.compound

    def bits(self, surname: str) -> float:
        """How much it says that two people have this surname, in bits: few for 王, many for a rare one."""
        return min(RAREST_BITS, -log2(self.share.get(surname, self.rest) / 100))


@cache
def surnames() -> Surnames:
    """The surnames that ship with this package, read once."""
    told = tomllib.loads(files(__package__).joinpath("surnames.toml").read_text(encoding="utf-8"))
    return Surnames(
        readings=MappingProxyType({name: tuple(readings) for name, readings in told["readings"].items()}),
        compound=MappingProxyType({name: tuple(reading.split()) for name, reading in told["compound"].items()}),
        share=MappingProxyType(_shares(told)),
        rest=told["beyond_the_hundred"],
    )


def _shares(told: Mapping[str, Any]) -> dict[str, float]:
    shares: dict[str, float] = dict.fromkeys("".join(told["others"].split()), told["beyond_the_hundred"])
    shares.update(dict.fromkeys("".join(told["the_hundred"].split()), told["among_the_hundred"]))
    shares.update(told["shares"])
    return shares

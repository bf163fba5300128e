"""The figures that a community may set for itself: the cap of an account, what counts as a difference."""

from __future__ import annotations

import attrs

from casework import InvalidValue


def _whole(instance: Rules, attribute: attrs.Attribute[int], value: object) -> None:
    if type(value) is not int or value < 1:
        raise InvalidValue(f"Rules.{attribute.name}", f"takes a whole number from 1 up, not {value!r}")


@attrs.frozen(kw_only=True)
class Rules:
    """What a time bank is run by, in minutes unless another unit is named. Raises InvalidValue below 1.

    *cap*: what one person's account holds at most; what is earned above it goes to the donated minutes
    (1,500 hours in Nanjing, 2019). *tolerance*: two attestations that lie further apart are
    disputed. *over_length*: what a service may bring at most, in per cent of its planned length.
    *preferred_from*: minutes on record from which a request for help is preferred.
    """

    cap: int = attrs.field(default=1_500 * 60, validator=_whole)
    tolerance: int = attrs.field(default=15, validator=_whole)
    over_length: int = attrs.field(default=125, validator=_whole)
    preferred_from: int = attrs.field(default=300, validator=_whole)


USUAL = Rules()
LONGEST = 12 * 60
"""The longest task and the longest service that can be attested, in minutes."""

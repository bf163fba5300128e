"""Which of two versions of a record holds: the one that was written later, as far as their dates can be true."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from casework_police.pfif.kinds import ahead
from casework_police.pfif.record import Tombstone

Order = Literal["newer", "same", "older", "unknown"]


def order_of(told: datetime, held: datetime | None, now: datetime) -> Order:
    """How a source date that is *told* stands to the one that is *held*, at *now*.

    A date in the future says nothing about its order, so whatever has a date that can be true comes before it, and is
    newer than it. Of two in the future the later is newer: a clock that is wrong goes on nevertheless.
    """
    if held is None:
        return "newer"
    if told == held:
        return "same"
    if ahead(told, now):
        return "newer" if ahead(held, now) and told > held else "unknown"
    return "newer" if ahead(held, now) or told > held else "older"


def clears(stone: Tombstone, held: datetime | None, now: datetime) -> bool:
    """Whether a record with the source date that is *held* ends by a tombstone, at *now*.

    A placeholder is made when its record is over, whatever source date it tells: only what was written after its
    expiry, at an instant that is past, restored the record. A copy from before the expiry ends what is not newer.
    """
    if held is None:
        return True
    if stone.placeholder:
        return held <= max(stone.source_date, stone.expiry_date) or held > now
    return held <= stone.source_date or ahead(held, now)

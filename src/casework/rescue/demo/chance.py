"""What the register leaves open, drawn for each person from the seed; and the hours that offices keep."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from random import Random

from casework.rescue.demo.register import STATION_TIME

_OPENS, _CLOSES = time(8, 30), time(17, 30)


class Chance:
    """Draws for one person. *made* counts over all persons which mistakes were made, so that each is made once."""

    def __init__(self, seed: int, number: str, made: Counter[str]) -> None:
        # Seeded by text: the same in every process, whatever its hash seed.
        self.rng = Random(f"{seed} {number}")
        self._made = made

    def slips(self, mistake: str, share: float = 0.03) -> bool:
        """Whether the mistake is made here: always the first time, then in a share of the occasions."""
        if self._made[mistake] and self.rng.random() >= share:
            return False
        self._made[mistake] += 1
        return True

    def happens(self, share: float) -> bool:
        """Whether something happens that happens in that share of cases."""
        return self.rng.random() < share

    def between(self, low: float, high: float) -> timedelta:
        """Some hours."""
        return timedelta(minutes=int(self.rng.uniform(low, high) * 60))


def in_office_hours(at: datetime) -> datetime:
    """*at*, or the next opening of the office. Reception never closes; tracers and directors go home."""
    local = at.astimezone(STATION_TIME)
    if local.time() > _CLOSES:
        local = datetime.combine(local.date() + timedelta(days=1), _OPENS, STATION_TIME) + _past(local)
    elif local.time() < _OPENS:
        local = datetime.combine(local.date(), _OPENS, STATION_TIME) + _past(local)
    return local


def _past(local: datetime) -> timedelta:
    # Not everybody is first in the morning.
    return timedelta(minutes=local.minute)

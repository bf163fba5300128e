"""When the parts of one person's stay begin and end, drawn once for all of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from casework.rescue.demo.chance import Chance
from casework.rescue.demo.register import Row

DAY = timedelta(days=1)
_PERIOD = 10 * DAY
_LONGEST = 45 * DAY


@attrs.frozen(kw_only=True)
class Times:
    """*discharged* is when the hospital is left, or nothing where none was needed or they died in it.

    A *long* stay is one of more than ten days in the station without a break.
    """

    arrived: datetime
    discharged: datetime | None
    ends: datetime
    long: bool

    @property
    def in_station_from(self) -> datetime:
        """Since when they have been in the station without a break."""
        return self.discharged or self.arrived


def times_of(row: Row, chance: Chance) -> Times:
    """The register tells whole days; the hours within them are drawn."""
    arrived = row.arrived_at
    ends = arrived + (row.days * DAY + chance.between(-3, 6) if row.days else chance.between(1.5, 7))
    discharged = None
    if row.needs_hospital and row.outcome != "died":
        treated = (ends - arrived) * chance.rng.uniform(0.45, 0.75)
        discharged = arrived + min(max(treated, timedelta(hours=1)), _LONGEST)
    lodged = row.in_station and (discharged is not None or not row.needs_hospital)
    long = lodged and (row.outcome == "staying" or ends - (discharged or arrived) > _PERIOD)
    return Times(arrived=arrived, discharged=discharged, ends=ends, long=long)

"""Where a local day begins and ends, clock changes and skipped days included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from casework.errors import InvalidValue

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@cache
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises InvalidValue where this machine knows none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise InvalidValue("zone", f"there is no time zone {name!r}; write one such as 'Asia/Shanghai'") from None


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day that *instant* belongs to there."""
    return instant.astimezone(zone).date()


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which *day* is over there: 24:00, or what the clocks show instead.

    A day that the zone skipped is over when the next one begins; one that the clocks go back into is over the second
    time.
    """
    return _wall(day + _DAY, time(), zone)


def closing(day: date, closes: str, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which business closes on *day*; ``24:00`` is the end of the day itself."""
    return day_end(day, zone) if closes == "24:00" else _wall(day, time.fromisoformat(closes), zone)


def _wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The last instant before which the clocks there have not yet reached *at* of *day* for good."""
    wall = datetime.combine(day, at)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first < second and _shown(second - _MOMENT, zone) < wall:
        return second  # the clocks went back over it: it has been there once before
    if first > second or _shown(first - _MOMENT, zone) >= wall:
        return _gap(first, wall, zone)
    return first


def _gap(near: datetime, wall: datetime, zone: ZoneInfo) -> datetime:
    """Where the clocks jump over *wall*, the instant of the jump, found by halving to the second."""
    early, late = near - 2 * _DAY, near
    while late - early > _MOMENT:
        middle = early + (late - early) / 2
        if _shown(middle, zone) >= wall:
            late = middle
        else:
            early = middle
    return late


def _shown(instant: datetime, zone: ZoneInfo) -> datetime:
    """What a clock there shows."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)

"""Where the time comes from. Nothing else in casework asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Anything that tells an aware instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is told to move; for tests, demos and replays."""

    def __init__(self, start: datetime) -> None:
        self._now = utc(start)

    def now(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        """Move to *instant*, forwards or backwards."""
        self._now = utc(instant)

    def advance(self, by: timedelta) -> None:
        """Move by a duration."""
        self._now += by


def utc(instant: datetime) -> datetime:
    """*instant* in UTC. A naive one raises ValueError, for it names no instant."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime names no instant; give it a time zone")
    return instant.astimezone(UTC)


def to_micros(instant: datetime) -> int:
    """Whole microseconds since 1970, exactly (a float would lose the last digits)."""
    return (instant - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The instant of a count of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)

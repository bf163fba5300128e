"""Where the time comes from. Nothing else in casework asks what time it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import attrs

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
DRIFT = 0.0005
"""By what share of the seconds that it counts a steady clock is wrong at most, while it follows a time server."""
READ_AFTER, READ_AT_LATEST = 30.0, 600.0
"""Seconds after which another clock is read again, by whoever comes by; and after which somebody is sent."""
_SINCE_BOOT: int | None = getattr(time, "CLOCK_BOOTTIME", None)


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


def steady() -> float:
    """Seconds since some instant, which nobody sets; where the system can tell, those of its sleep count too."""
    return time.clock_gettime(_SINCE_BOOT) if _SINCE_BOOT is not None else time.monotonic()


@attrs.frozen
class Reading:
    """What another clock said when the steady one stood at *at*; true within *uncertainty* seconds."""

    instant: datetime
    at: float
    uncertainty: float

    def uncertainty_at(self, at: float) -> float:
        """The same at another time: a steady clock goes wrong by DRIFT at most."""
        return self.uncertainty + DRIFT * abs(at - self.at)


class ReckonedClock:
    """The clock of somebody else, read now and then; between two readings a steady clock counts the seconds.

    It does not matter to it what *own*, the clock of this machine, says, nor whether that jumps: it is asked only
    where the other one cannot be read. *ask* is to have the other one read, by `read`; it is called where that has
    not happened for long. Whoever comes by the other clock besides reads it where it is `due`.
    """

    def __init__(self, own: Clock, *, ask: Callable[[], None], steady: Callable[[], float] = steady) -> None:
        self.own, self._ask, self._steady = own, ask, steady
        self._reading: Reading | None = None
        self._read_at = self._asked_at = float("-inf")

    def now(self) -> datetime:
        at = self._steady()
        if at - self._read_at > READ_AT_LATEST and at - self._asked_at > READ_AFTER:
            self._asked_at = at
            self._ask()
            at = self._steady()
        reading = self._reading
        return self.own.now() if reading is None else reading.instant + timedelta(seconds=at - reading.at)

    @property
    def due(self) -> bool:
        """Whether the other clock is to be read again."""
        return self._steady() - self._read_at > READ_AFTER

    @property
    def uncertainty(self) -> timedelta | None:
        """How far at most it may be from the other clock just now; None where that was never read."""
        reading = self._reading
        return None if reading is None else timedelta(seconds=reading.uncertainty_at(self._steady()))

    def read(self, ask: Callable[[], datetime]) -> None:
        """Read the other clock, which *ask* asks: it stood there at some moment between question and answer.

        An answer that took long says less than an earlier one that came at once; where both agree that one is kept.
        """
        began = self._steady()
        instant = ask()
        self._read_at = self._steady()
        half = (self._read_at - began) / 2
        found, known = Reading(instant, began + half, half * (1 + DRIFT)), self._reading
        if known is None or not _says_more(known, found):
            self._reading = found


def _says_more(known: Reading, found: Reading) -> bool:
    """Whether *known* tells the present more narrowly than *found*, and nothing else."""
    doubt = known.uncertainty_at(found.at)
    apart = (known.instant - found.instant).total_seconds() + found.at - known.at
    return doubt <= found.uncertainty and abs(apart) <= doubt + found.uncertainty


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

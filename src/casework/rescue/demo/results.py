"""All that a run found out, put together once for the terminal and for the page."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import Case, HistoryEntry, Verdict
from casework.rescue.demo.census import Census, Level
from casework.rescue.demo.imports import Imported
from casework.rescue.demo.player import Tally


@attrs.frozen
class Hop:
    """One case of the person who is followed: the station that had it, and its whole log."""

    unit: str
    case: Case
    entries: tuple[HistoryEntry, ...]


@attrs.frozen(kw_only=True)
class Results:
    """What was played, what the records say of it, and whether they are whole."""

    seed: int
    until: datetime
    tally: Tally
    census: Census
    levels: tuple[Level, ...]
    hops: tuple[Hop, ...]
    imported: Imported | None
    verdict: Verdict
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.verdict.whole and not self.problems

    def peak(self, sex: str) -> Level | None:
        """The fullest hour of the rooms for one sex."""
        return max((level for level in self.levels if level.sex == sex), key=lambda level: level.used, default=None)


def disagreements(tally: Tally, census: Census) -> list[str]:
    """Where the records say otherwise than the player counted, or the log otherwise than the engine's timers."""
    found = []
    if tally.outcomes != census.outcomes:
        found.append(f"the records count {dict(census.outcomes)}, the player counted {dict(tally.outcomes)}")
    for name, judged in census.clocks.judged.items():
        # A step between two looks at the clock may be late without an entry; no entry may stand without lateness.
        if judged.noted > judged.late:
            found.append(
                f"deadline {name}: {judged.noted} entries say it ran out, the log has {judged.late} late steps"
            )
    return found

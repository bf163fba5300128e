"""All that a season came to, put together once for the terminal, the page and the files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from statistics import median

import attrs

from casework import Case, HistoryEntry, Verdict
from casework.volunteering.demo.census import Census
from casework.volunteering.demo.stage import Tally
from casework.volunteering.yearly import Year


@attrs.frozen(kw_only=True)
class Results:
    """What was played, what the records say of it, and whether they are whole."""

    seed: int
    until: datetime
    volunteers: int
    tally: Tally
    census: Census
    years: tuple[Year, ...]
    honoured: tuple[Year, ...]
    employers: Mapping[str, tuple[Year, ...]]
    followed: tuple[Case, tuple[HistoryEntry, ...]] | None
    verdict: Verdict
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.verdict.whole and not self.problems

    def wait(self, reason: str) -> float | None:
        """The median wait in days of requests with that priority."""
        waits = self.census.waits.get(reason)
        return median(waits) if waits else None


def disagreements(tally: Tally, census: Census) -> list[str]:
    """Where the records, the ledger and what the players counted do not say the same."""
    paid = census.paid["own"] + census.paid["donated"]
    claims = (
        ("minutes credited by the records and by the players", census.credited, tally.minutes),
        ("minutes credited by the records and issued by the ledger", census.credited, -census.ledger["issued"]),
        ("minutes paid for help by the records and by the players", paid, tally.spent),
        ("minutes given away by the ledger and by the players", census.ledger["donated"], tally.given),
        ("the sum of all postings, and nothing", sum(census.ledger.values()), 0),
    )
    return [f"{what}: {one} and {other}" for what, one, other in claims if one != other]


def level_rates(census: Census) -> dict[str, tuple[int, int]]:
    """For each level how many matters it had to its end, and how many of them it solved itself."""
    found = {}
    for level in ("corridor", "estate", "community"):
        ended = {state: count for (one, state), count in census.grid.items() if one == level}
        found[level] = (sum(ended.values()), ended.get("solved", 0))
    return found

"""The figures as files: all of them in ``figures.json``, teams and years as CSV for spreadsheets, and a guide."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from casework.volunteering.demo.guide import TEAM_COLUMNS, YEAR_COLUMNS, guide
from casework.volunteering.demo.results import Results, level_rates
from casework.volunteering.demo.words import TEAMS


def write_tables(results: Results, out: Path) -> None:
    """Write the files into the folder *out*. Nobody's name is in them, only numbers of volunteers."""
    text = json.dumps(figures(results), ensure_ascii=False, indent=1, sort_keys=True)
    (out / "figures.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    # Not README.md: the folder may be one that has such a file of its own.
    (out / "volunteering.md").write_text(guide(), encoding="utf-8", newline="\n")
    teams = [
        (TEAMS[name][0].en, TEAMS[name][0].zh, team.services, team.minutes, team.absences)
        for name, team in sorted(results.census.teams.items())
    ]
    _write(out / "teams.csv", TEAM_COLUMNS, teams)
    years = [
        (
            year.volunteer,
            year.minutes,
            year.services,
            year.absences,
            "" if year.rating is None else f"{year.rating:.2f}",
        )
        for year in results.years
    ]
    _write(out / "years.csv", YEAR_COLUMNS, years)


def figures(results: Results) -> dict[str, Any]:
    """Every figure of the season under its name."""
    census, tally = results.census, results.tally
    return {
        "seed": results.seed,
        "volunteers": results.volunteers,
        "cases": dict(census.cases),
        "firings": tally.firings,
        "timers": tally.timers,
        "refusals": dict(tally.codes),
        "services": dict(census.services),
        "settled": dict(census.settled),
        "minutes_credited": census.credited,
        "minutes_paid": dict(census.paid),
        "minutes_given": tally.given,
        "waiting_list": {"waited": census.waited, "moved_up": census.moved_up},
        "settled_late": census.late,
        "activities": dict(census.activities),
        "tasks": dict(census.tasks),
        "free_clinics": census.clinics,
        "people_served": census.people_served,
        "help": dict(census.help),
        "median_wait_days": {
            reason: round(wait, 2) for reason in census.waits if (wait := results.wait(reason)) is not None
        },
        "grid": {level: {"ended": ended, "solved": solved} for level, (ended, solved) in level_rates(census).items()},
        "missing": dict(census.missing),
        "honoured": len(results.honoured),
        "entries": results.verdict.entries,
        "whole": results.whole,
    }


def _write(path: Path, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    # The byte order mark makes Excel read the file as UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(tuple(heads))
        writer.writerows(tuple(row) for row in rows)

"""What the records say when the season is over, read through the desks of an auditor and a coordinator."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import attrs

from casework import Case, HistoryEntry
from casework.volunteering.demo.stage import Stage
from casework.volunteering.yearly import CHINA, every

RECORDING = timedelta(days=14)
"""Stands for the ten working days of the rule: plain days, for no calendar of public holidays is kept here."""
_SERIAL = 12


@attrs.define
class Team:
    """One team's season."""

    activities: int = 0
    services: int = 0
    minutes: int = 0
    absences: int = 0
    served: int = 0


@attrs.define
class Census:
    """Counts of cases by state, minutes by week and team, statements by what each side said."""

    cases: Counter[str] = attrs.field(factory=Counter)
    services: Counter[str] = attrs.field(factory=Counter)
    settled: Counter[str] = attrs.field(factory=Counter)
    statements: Counter[tuple[int, int]] = attrs.field(factory=Counter)
    weeks: Counter[date] = attrs.field(factory=Counter)
    teams: dict[str, Team] = attrs.field(factory=lambda: defaultdict(Team))
    waited: int = 0
    moved_up: int = 0
    late: int = 0
    lines: list[Case] = attrs.field(factory=list)
    ledger: Counter[str] = attrs.field(factory=Counter)
    tasks: Counter[str] = attrs.field(factory=Counter)
    activities: Counter[str] = attrs.field(factory=Counter)
    people_served: int = 0
    clinics: int = 0
    help: Counter[str] = attrs.field(factory=Counter)
    waits: dict[str, list[float]] = attrs.field(factory=lambda: defaultdict(list))
    paid: Counter[str] = attrs.field(factory=Counter)
    spent_weeks: Counter[date] = attrs.field(factory=Counter)
    grid: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    missing: Counter[str] = attrs.field(factory=Counter)
    volunteers: Counter[str] = attrs.field(factory=Counter)

    @property
    def credited(self) -> int:
        """All minutes that were credited."""
        return sum(team.minutes for team in self.teams.values())


def take_census(stage: Stage) -> Census:
    """Read every case once."""
    census = Census()
    team_of = {case.subjects["task"]: _task(census, case) for case in every(stage.coordinator, "task")}
    for case in every(stage.coordinator, "service"):
        _service(census, case, stage.auditor.history(case), team_of[str(case.data["task"])])
    for case in every(stage.auditor, "activity"):
        _activity(census, case)
    for case in every(stage.coordinator, "help_request"):
        _help(census, case, stage.auditor.history(case))
    for case in every(stage.coordinator, "grid_matter"):
        census.cases["grid_matter"] += 1
        census.grid[str(case.data["level"]), case.state] += 1
        if "missing" in case.data:
            census.missing[str(case.data["missing"])] += 1
    for case in every(stage.auditor, "volunteer"):
        census.cases["volunteer"] += 1
        census.volunteers[case.state] += 1
        _post(census, stage.auditor.history(case))
    for kind in ("team", "project"):
        census.cases[kind] += sum(1 for _ in every(stage.auditor, kind))
    return census


def monday(at: datetime) -> date:
    """The first day of the week, by the clock of the community."""
    day = at.astimezone(CHINA).date()
    return day - timedelta(days=day.weekday())


def _task(census: Census, case: Case) -> str:
    census.cases["task"] += 1
    census.tasks[case.state] += 1
    return str(case.data.get("team"))


def _activity(census: Census, case: Case) -> None:
    census.cases["activity"] += 1
    census.activities[case.state] += 1
    if case.state == "closed":
        served = case.data["people_served"]
        assert isinstance(served, int)
        census.people_served += served
        census.clinics += "义诊" in str(case.data["name"])


def _service(census: Census, case: Case, log: tuple[HistoryEntry, ...], name: str) -> None:
    census.cases["service"] += 1
    census.services[case.state] += 1
    census.settled[case.states["settling"]] += 1
    team = census.teams[name]
    entered = {step.target for entry in log for step in entry.steps if step.workflow == "service"}
    census.waited += "waiting" in entered
    census.moved_up += {"waiting", "placed"} <= entered
    team.absences += case.state == "absent"
    _post(census, log)
    _line(census, case)
    if "told_certified" in case.data:
        census.statements[_number(case, "told_certified"), _number(case, "told_confirmed")] += 1
    came, closed = case.data.get("came_at"), case.closed_at
    if isinstance(came, datetime) and closed is not None:
        done = max(entry.at for entry in log for step in entry.steps if step.target == "done")
        census.late += closed - done > RECORDING
        if case.state == "credited":
            team.services += 1
            team.minutes += _number(case, "credited_minutes")
            census.weeks[monday(came)] += _number(case, "credited_minutes")


def _line(census: Census, case: Case) -> None:
    """Keep the latest few of each ending, to be listed."""
    if sum(one.state == case.state for one in census.lines) < 3 and len(census.lines) < _SERIAL:
        census.lines.append(case)


def _help(census: Census, case: Case, log: tuple[HistoryEntry, ...]) -> None:
    census.cases["help_request"] += 1
    census.help[case.state] += 1
    at = {step.target: entry.at for entry in reversed(log) for step in entry.steps}
    verified = next((at[state] for state in ("queued", "preferred", "urgent") if state in at), None)
    if verified is not None and "matched" in at:
        reason = next((entry.changes["priority"] for entry in log if "priority" in entry.changes), None)
        census.waits[str(reason)].append((at["matched"] - verified) / timedelta(days=1))
    if case.state == "helped":
        census.paid[str(case.data["paid_from"])] += _number(case, "minutes")
        if case.data["paid_from"] != "free" and case.closed_at is not None:
            census.spent_weeks[monday(case.closed_at)] += _number(case, "minutes")


def _post(census: Census, log: tuple[HistoryEntry, ...]) -> None:
    for entry in log:
        for debit, credit, commodity, amount in entry.postings:
            if commodity == "minute":
                census.ledger[debit.partition("|")[0]] -= amount
                census.ledger[credit.partition("|")[0]] += amount


def _number(case: Case, name: str) -> int:
    value = case.data[name]
    assert isinstance(value, int)
    return value

"""The commands of outreach, together under ``casework patrol``."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from casework import SetupError, field, state
from casework.calendars import known_calendar, local_day
from casework.cli.commands import OK, Column, Session, command, group, json_option, option
from casework.outreach import figures
from casework.outreach.alert import Alert, cancelled
from casework.outreach.cap import read_alert_file
from casework.outreach.proposing import Proposal, called_for_no_more, for_alerts, for_days, propose
from casework.outreach.roster import roster_calendar
from casework.outreach.table import Table, load_table, usual_table

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_table = option(
    "--table",
    "table_file",
    type=_FILE,
    metavar="FILE",
    en="The table of alerts and days; the usual one by default.",
    zh="预警与日期对照表；默认使用内置表。",
)
_open = option(
    "--open",
    "to_open",
    is_flag=True,
    en="Open a patrol for each, to be confirmed by a person.",
    zh="逐一建立待人工确认的巡查。",
)


def patrol_commands() -> click.Group:
    """What ``casework patrol`` can do."""
    return group(
        "patrol",
        "Patrols: what alerts and days off call for, the roster as a calendar, figures.",
        "街面巡查：预警与节假日的巡查建议、排班日历、统计。",
        [plan, days_off, calendar, tell],
    )


def _read_table(file: Path | None) -> Table:
    return usual_table() if file is None else load_table(file)


@command(
    "plan",
    "Read CAP alerts and show which patrols they call for.\n"
    "With --open each is opened as a proposal; feeding the same alert again opens nothing.",
    "读取 CAP 预警，列出相应的巡查建议。\n加 --open 时建立待确认的巡查；重复读取不重复建立。",
)
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@_table
@option("--days", "ahead", type=click.IntRange(1, 14), default=3, en="So many days ahead (3).", zh="今后几日（3）。")
@_open
@json_option
@click.pass_obj
def plan(
    session: Session, files: tuple[Path, ...], table_file: Path | None, ahead: int, to_open: bool, as_json: bool
) -> int:
    """Plan from alerts."""
    alerts = [read_alert_file(file) for file in files]
    table = _read_table(table_file)
    proposals = for_alerts(alerts, table, now=session.now(), days=ahead)
    _warn(session, alerts)
    _show(session, table, proposals, to_open=to_open, as_json=as_json)
    if to_open and not as_json:
        for case in called_for_no_more(session.desk, sorted(cancelled(alerts))):
            text = session.screen.told("its alert is cancelled, call it off", "预警已解除，请取消巡查")
            session.screen.error_line(f"{case.id} {case.data['route']}: {text}", "yellow")
    return OK


@command(
    "days",
    "Show which patrols the weekends and holidays to come call for.",
    "列出今后双休日和节假日的巡查建议。",
)
@option("--from", "first", metavar="DATE", en="From this day on (today).", zh="起始日期（今日）。")
@option("--days", "ahead", type=click.IntRange(1, 366), default=14, en="So many days (14).", zh="天数（14）。")
@_table
@_open
@json_option
@click.pass_obj
def days_off(
    session: Session, first: str | None, ahead: int, table_file: Path | None, to_open: bool, as_json: bool
) -> int:
    """Plan from days off."""
    table = _read_table(table_file)
    known = known_calendar(table.calendar)
    if known is None:
        raise SetupError(f"there is no calendar {table.calendar!r}; write cn, weekdays, or a country such as DE")
    found = for_days(table, known, first=_day(first, table, session.now()), days=ahead)
    for year in found.unpublished:
        text = session.screen.told(
            f"the days off of {year} are not published, so nothing is proposed for it",
            f"{year}年放假安排尚未公布，未作建议",
        )
        session.screen.error_line(f"{text} ({known.advice.in_(session.screen.language)})", "yellow")
    _show(session, table, found.proposals, to_open=to_open, as_json=as_json)
    return OK


def _day(told: str | None, table: Table, now: datetime) -> date:
    if told is None:
        return local_day(now, table.zone)
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise click.BadParameter("takes a date as 2026-10-01", param_hint="--from") from None


def _warn(session: Session, alerts: list[Alert]) -> None:
    for alert in alerts:
        if alert.status != "Actual":
            text = session.screen.told("is no real alert and calls for nothing", "并非正式预警，不作建议")
            session.screen.error_line(f"{alert.identifier} ({alert.status}): {text}", "yellow")


def _show(session: Session, table: Table, proposals: tuple[Proposal, ...], *, to_open: bool, as_json: bool) -> None:
    done = {item.proposal.key: item for item in propose(session.desk, proposals)} if to_open else {}
    if as_json:
        told = [
            _plain(item) | ({"case": done[item.key].case.id, "new": done[item.key].new} if to_open else {})
            for item in proposals
        ]
        session.screen.json({"proposals": told})
        return
    screen = session.screen
    if not proposals:
        screen.note("nothing calls for a patrol", "没有需要安排的巡查")
        return
    columns = [Column(screen.told(en, zh)) for en, zh in (("begins", "出发"), ("route", "线路"), ("why", "事由"))]
    if to_open:
        columns.append(Column(screen.told("patrol", "巡查"), whole=True))
    screen.table(columns, [_row(session, table, item, done) for item in proposals])


def _row(session: Session, table: Table, item: Proposal, done: dict[str, Any]) -> tuple[str, ...]:
    begins = f"{item.starts_at.astimezone(table.zone):%Y-%m-%d %H:%M}"
    cells = (begins, item.route, item.because.in_(session.screen.language))
    if item.key not in done:
        return cells
    there = session.screen.told(" (there already)", "（已建立）")
    return (*cells, done[item.key].case.id + ("" if done[item.key].new else there))


def _plain(item: Proposal) -> dict[str, Any]:
    return {
        "occasion": item.occasion,
        "level": item.level,
        "route": item.route,
        "starts_at": item.starts_at.isoformat(),
        "ends_at": item.ends_at.isoformat(),
        "hazards": item.hazards,
        "kit": dict(item.kit),
        "because": {"en": item.because.en, "zh": item.because.zh},
        "alert": item.alert,
        "rule": item.rule,
    }


@command(
    "calendar",
    "The patrols of the weeks to come, with who is on them, as an iCalendar feed on stdout.",
    "以 iCalendar 格式输出今后数周的巡查及排班。",
)
@option("--days", "ahead", type=click.IntRange(1, 366), default=28, en="So many days (28).", zh="天数（28）。")
@click.pass_obj
def calendar(session: Session, ahead: int) -> int:
    """The roster as a calendar."""
    now = session.now()
    near = (field("starts_at") >= now - timedelta(days=1)) & (field("starts_at") < now + timedelta(days=ahead))
    patrols = figures.read_all(session.desk, "patrol", near & ~state("patrol").in_("proposed", "dismissed"))
    turns = figures.read_all(session.desk, "patrol_turn", near)
    feed = roster_calendar(patrols, turns, now=now, language=session.screen.language)
    session.screen.raw(feed.decode())
    return OK


@command(
    "figures",
    "Coverage of sleeping places, time from alert to first contact, answers of contacts.",
    "露宿点位覆盖率、预警至首次接触用时、接触结果。",
)
@option(
    "--within",
    type=click.IntRange(1, 366),
    default=7,
    metavar="DAYS",
    en="Seen in so many days (7).",
    zh="几日内查看（7）。",
)
@json_option
@click.pass_obj
def tell(session: Session, within: int, as_json: bool) -> int:
    """Figures."""
    desk, now = session.desk, session.now()
    contacts = tuple(figures.read_all(desk, "contact"))
    covered = figures.coverage(figures.read_all(desk, "sleeping_place"), now=now, within=timedelta(days=within))
    told = figures.responses(figures.read_all(desk, "patrol"), contacts)
    wait, met = figures.median_wait(told), figures.answers(contacts)
    if as_json:
        session.screen.json(
            {
                "places": {"known": covered.known, "seen": covered.seen, "unseen": list(covered.unseen)},
                "alerts": [_response(item) for item in told],
                "median_minutes": None if wait is None else round(wait.total_seconds() / 60),
                "contacts": dict(met),
            }
        )
        return OK
    screen = session.screen
    share = "–" if covered.share is None else f"{covered.share:.0%}"
    rows = [
        (screen.told("places seen", "已查看点位"), f"{covered.seen} / {covered.known} ({share})"),
        (
            screen.told("alerts with a contact", "有接触的预警"),
            f"{sum(i.wait is not None for i in told)} / {len(told)}",
        ),
        (
            screen.told("median minutes to the first contact", "预警至首次接触（中位数，分钟）"),
            "–" if wait is None else f"{wait.total_seconds() / 60:.0f}",
        ),
        *((name.replace("_", " "), f"{count:,}") for name, count in met.items()),
    ]
    screen.table((Column(screen.told("figure", "指标")), Column(screen.told("value", "数值"), right=True)), rows)
    return OK


def _response(item: figures.Response) -> dict[str, Any]:
    first = None if item.first_contact is None else item.first_contact.astimezone(UTC).isoformat()
    return {"alert": item.alert, "alerted_at": item.alerted_at.isoformat(), "first_contact": first}

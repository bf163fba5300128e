"""Who saw what: the glass that is broken in an emergency, its review, and the access log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from casework import Case, Reading
from casework.cli.cases import REQUEST, REVISION, expected, shown
from casework.cli.command import command, json_option, option
from casework.cli.looks import moment
from casework.cli.plain import reading as plain_reading
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.cli.usage import Usage


def _at(session: Session, case: str, if_revision: int | None) -> Case | str:
    return case if if_revision is None else expected(session.desk.get(case), if_revision)


@command(
    "break-glass",
    "Read more of one case in an emergency, for a short time.\nSomebody is told at once, and has to review it.",
    "紧急情况下在短时间内查阅一个案件的更多内容。\n系统立即通知有关人员，并须复核。",
)
@click.argument("case")
@option("--reason", required=True, metavar="TEXT", en="Why it cannot wait.", zh="紧急原因。")
@REQUEST
@json_option
@click.pass_obj
def break_glass(session: Session, case: str, reason: str, request_id: str | None, as_json: bool) -> None:
    """Break the glass of a case."""
    shown(session, session.desk.break_glass(case, reason=reason, request_id=request_id), as_json)


@command(
    "review",
    "Say what came of looking at a broken glass.\n`casework history CASE` numbers the entries.",
    "复核一次紧急查阅。\n`casework history CASE` 列出各条记录的编号。",
)
@click.argument("case")
@click.argument("entry", type=click.IntRange(1))
@option("--finding", required=True, metavar="TEXT", en="What came of it.", zh="复核意见。")
@REVISION
@REQUEST
@json_option
@click.pass_obj
def review(
    session: Session,
    case: str,
    entry: int,
    finding: str,
    if_revision: int | None,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Review a broken glass."""
    at = _at(session, case, if_revision)
    shown(session, session.desk.review(at, entry, finding=finding, request_id=request_id), as_json)


@command(
    "readings",
    "Show the access log: who was shown what kind of sensitive values, never the values.",
    "显示查阅日志：何人查阅过何类敏感信息，不含其内容。",
)
@click.argument("case", required=False)
@option("--by", "by", metavar="PERSON", en="Only by this person.", zh="仅该人员。")
@option("--since", type=click.DateTime(), en="Only from then on.", zh="仅自该时刻起。")
@option("--until", type=click.DateTime(), en="Only before then.", zh="仅在该时刻之前。")
@option("--after", metavar="CURSOR", en="Go on behind this page.", zh="从该页之后继续。")
@option("--limit", type=click.IntRange(1, 500), default=100, en="Lines of a page.", zh="每页条数。")
@option(
    "--forget-after",
    type=click.IntRange(183),
    metavar="DAYS",
    en="Remove what is older than so many days instead; asks for no role.",
    zh="改为删除早于若干天的记录；不要求角色。",
)
@json_option
@click.pass_obj
def readings(
    session: Session,
    case: str | None,
    by: str | None,
    since: datetime | None,
    until: datetime | None,
    after: str | None,
    limit: int,
    forget_after: int | None,
    as_json: bool,
) -> None:
    """Read the access log, or cut it short."""
    if forget_after is not None:
        _forgotten(session, forget_after, as_json, alone=case is None and by is None and since is None)
        return
    page = session.desk.readings(case, person=by, since=_zoned(since), until=_zoned(until), after=after, limit=limit)
    if as_json:
        session.screen.json({"readings": [plain_reading(line) for line in page.lines], "after": page.after})
        return
    _table(session, page.lines)
    if page.more:
        session.screen.note(f"there are more: --after {page.after}", f"还有更多：--after {page.after}")


def _forgotten(session: Session, days: int, as_json: bool, *, alone: bool) -> None:
    if not alone:
        raise Usage("--forget-after takes no case, person or time", "--forget-after 不与案件、人员或时间同用")
    more: dict[str, Any] = {} if session.settings.one("tenant") is None else {"tenant": session.settings.one("tenant")}
    count = session.opened.forget_readings(older_than=timedelta(days=days), **more)
    if as_json:
        session.screen.json({"forgotten": count})
    else:
        session.screen.line(session.screen.told(f"{count:,} lines removed", f"已删除{count:,}条"))


def _zoned(instant: datetime | None) -> datetime | None:
    """What was typed is meant in the zone of this machine."""
    return None if instant is None else instant.astimezone()


def _table(session: Session, lines: tuple[Reading, ...]) -> None:
    screen = session.screen
    if not lines:
        screen.note("there is no such line", "没有此类记录")
        return
    titles = (("at", "时间"), ("person", "人员"), ("case", "案件"), ("by", "方式"), ("classes", "类别"))
    more = (("as", "角色"), ("for", "用途"))
    columns = [Column(screen.told(*title), whole=True) for title in (*titles, *more)]
    screen.table(columns, [_row(line) for line in lines])


def _row(line: Reading) -> tuple[str, ...]:
    told = (line.verb, ", ".join(line.classes), ", ".join(line.roles), line.purpose)
    return moment(line.at), line.person, line.case_id, *told

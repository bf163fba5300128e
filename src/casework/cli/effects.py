"""Messages that go out: which wait, died or are in doubt, trying one again, dropping one."""

from __future__ import annotations

from typing import Any

import click

from casework import Text
from casework.cli.clean import clean
from casework.cli.command import command, group, json_option, option
from casework.cli.faults import OK
from casework.cli.looks import moment
from casework.cli.plain import value
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.storage.outbox import Outgoing

_STATES = {
    "waiting": Text("waiting", "待发送"),
    "doubtful": Text("doubtful", "结果不明"),
    "dead": Text("dead", "已放弃重试"),
    "sent": Text("sent", "已发送"),
    "emptied": Text("emptied", "已发送并清空"),
    "dropped": Text("dropped", "已取消"),
}
_because = option("--because", metavar="TEXT", required=True, en="Why; it is kept.", zh="原因，将保存。")


@command(
    "list",
    "List messages without recipients and bodies; without --state, those that are dead or in doubt.",
    "列出消息（不含收件人和内容）；不给 --state 时列出已放弃重试或结果不明的消息。",
)
@option(
    "--state",
    "states",
    type=click.Choice(tuple(_STATES)),
    multiple=True,
    en="In this state; may be repeated.",
    zh="指定状态，可多次给出。",
)
@option("--channel", metavar="NAME", en="Of this channel only.", zh="仅此渠道。")
@option("--case", "case_id", metavar="CASE", en="Of this case only.", zh="仅此案件。")
@option(
    "--limit", type=click.IntRange(1, 10_000), default=100, metavar="N", en="At most (100).", zh="最多几条（100）。"
)
@json_option
@click.pass_obj
def list_command(
    session: Session, states: tuple[Any, ...], channel: str | None, case_id: str | None, limit: int, as_json: bool
) -> int:
    """Show messages."""
    tenant = session.settings.one("tenant")
    asked = states or ("dead", "doubtful")
    rows = session.opened.effects(*asked, channel=channel, tenant=tenant, case_id=case_id, limit=limit)
    screen = session.screen
    if as_json:
        screen.json({"messages": [_plain(row) for row in rows]})
    elif not rows:
        screen.note("there is no such message", "没有此类消息")
    else:
        titles = (("key", "编号"), ("channel", "渠道"), ("state", "状态"), ("tries", "次数"), ("next", "时间"))
        columns = [*(Column(screen.told(*title), whole=True) for title in titles), Column(screen.told("why", "原因"))]
        screen.table(columns, [_row(session, row) for row in rows])
    return OK


@command(
    "retry",
    "Have messages tried again that wait, are dead or in doubt.",
    "重新发送待发送、已放弃重试或结果不明的消息。",
)
@click.argument("chosen", metavar="KEY...", nargs=-1, required=True)
@_because
@json_option
@click.pass_obj
def retry(session: Session, chosen: tuple[str, ...], because: str, as_json: bool) -> int:
    """Try again."""
    return _tell(session, [session.opened.retry(key, by=session.actor.id, because=because) for key in chosen], as_json)


@command(
    "drop",
    "Never send messages that wait, are dead or in doubt; bodies and recipients are removed.",
    "不再发送待发送、已放弃重试或结果不明的消息，并清除其内容和收件人。",
)
@click.argument("chosen", metavar="KEY...", nargs=-1, required=True)
@_because
@json_option
@click.pass_obj
def drop(session: Session, chosen: tuple[str, ...], because: str, as_json: bool) -> int:
    """Drop."""
    return _tell(session, [session.opened.drop(key, by=session.actor.id, because=because) for key in chosen], as_json)


def _tell(session: Session, rows: list[Outgoing], as_json: bool) -> int:
    if as_json:
        session.screen.json({"messages": [_plain(row) for row in rows]})
    else:
        for row in rows:
            session.screen.line(f"{row.key}  {_STATES[row.state].in_(session.screen.language)}")
    return OK


def _row(session: Session, row: Outgoing) -> tuple[str, ...]:
    state = _STATES[row.state].in_(session.screen.language)
    decided = f"{row.decided_by}: {row.because}" if row.decided_by else ""
    why = "; ".join(part for part in (row.problem, decided) if part)
    return (str(row.key), row.channel, state, str(row.attempts), moment(row.next_at), clean(why))


def _plain(row: Outgoing) -> dict[str, Any]:
    return {
        "key": str(row.key),
        "tenant": row.key.tenant,
        "case": row.key.case_id,
        "channel": row.channel,
        "state": row.state,
        "attempts": row.attempts,
        "next_at": value(row.next_at),
        "problem": row.problem,
        "leased_until": value(row.leased_until),
        "decided_by": row.decided_by,
        "decided_at": value(row.decided_at),
        "because": row.because,
    }


effects = group(
    "effects",
    "Messages that go out: list them, try them again, drop them.",
    "外发消息：列出、重试、取消。",
    [list_command, retry, drop],
)

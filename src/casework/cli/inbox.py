"""Messages that came in: which wait and why, trying them again, dropping one for good."""

from __future__ import annotations

from typing import Any

import click

from casework import Text
from casework.cli.clean import clean
from casework.cli.command import command, group, json_option, option
from casework.cli.faults import OK, REFUSED
from casework.cli.looks import moment
from casework.cli.plain import value
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.model.actor import DEFAULT_TENANT
from casework.storage.inbox import INBOX_STATES, InboxRow, InboxState

_STATES = {
    "parked": Text("parked", "待处理"),
    "applied": Text("applied", "已处理"),
    "dropped": Text("dropped", "已放弃"),
}
_PROBLEMS = {
    "kind-unknown": Text("nothing here takes this kind", "此处不接收这种消息"),
    "refused": Text("refused", "被拒绝"),
    "asked": Text("put aside", "暂缓"),
    "failed": Text("what takes it failed", "处理程序出错"),
}
_source = option("--source", metavar="NAME", en="Of this source only.", zh="仅此来源。")


def _tenant(session: Session) -> str:
    return session.settings.one("tenant") or DEFAULT_TENANT


@command(
    "list",
    "List messages that came in, in the order in which they were sent; without --state, those that wait.",
    "按发送顺序列出收到的消息；不给 --state 时列出待处理的消息。",
)
@option(
    "--state",
    type=click.Choice(INBOX_STATES),
    default="parked",
    en="parked (usual), applied or dropped.",
    zh="parked（默认）、applied 或 dropped。",
)
@_source
@option(
    "--limit", type=click.IntRange(1, 10_000), default=200, metavar="N", en="At most (200).", zh="最多几条（200）。"
)
@json_option
@click.pass_obj
def list_command(session: Session, state: InboxState, source: str | None, limit: int, as_json: bool) -> int:
    """Show messages, never their bodies."""
    rows = session.opened.inbox(state, source=source, tenant=_tenant(session), limit=limit)
    screen = session.screen
    if as_json:
        screen.json({"messages": [_plain(row) for row in rows]})
    elif not rows:
        screen.note(f"no message is {state}", f"没有{_STATES[state].zh}的消息")
    else:
        titles = (("source", "来源"), ("id", "编号"), ("kind", "种类"), ("sent", "发送时间"), ("tries", "次数"))
        columns = [*(Column(screen.told(*title), whole=True) for title in titles), Column(screen.told("why", "原因"))]
        screen.table(columns, [_row(session, row) for row in rows])
    return OK


def _row(session: Session, row: InboxRow) -> tuple[str, ...]:
    why = _told(session, row.problem)
    if row.settled_by and row.state == "dropped":
        why = f"{why} ({row.settled_by})"
    return (row.source, clean(row.id), clean(row.kind), moment(row.sent_at), str(row.attempts), clean(why))


def _told(session: Session, problem: str) -> str:
    """A problem in the language of the call; what comes behind the colon is a code, or somebody's own words."""
    head, colon, rest = problem.partition(": ")
    if head not in _PROBLEMS:
        return problem
    return _PROBLEMS[head].in_(session.screen.language) + (f"{session.screen.told(': ', '：')}{rest}" if colon else "")


def _plain(row: InboxRow) -> dict[str, Any]:
    return {
        "source": row.source,
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "problem": row.problem,
        "attempts": row.attempts,
        "sent_at": value(row.sent_at),
        "received_at": value(row.received_at),
        "settled_at": value(row.settled_at),
        "settled_by": row.settled_by,
    }


@command(
    "retry",
    "Try parked messages again now, in the order in which they were sent.\n"
    "Ends with 3 where some stay parked. Sources are those of the plugins in use.",
    "立即按发送顺序重新处理待处理的消息。\n仍有消息未能处理时以 3 结束。来源由所用插件提供。",
)
@_source
@json_option
@click.pass_obj
def retry(session: Session, source: str | None, as_json: bool) -> int:
    """Reconsider what is parked."""
    done = session.opened.reconsider(source, everything=True)
    if as_json:
        session.screen.json({"applied": done.applied, "failed": done.failed})
    else:
        session.screen.line(
            session.screen.told(
                f"{done.applied} applied, {done.failed} still parked", f"已处理 {done.applied}，仍待处理 {done.failed}"
            )
        )
    return REFUSED if done.failed else OK


@command(
    "drop",
    "Drop a parked message for good: its content goes; who did so and why stays.",
    "彻底放弃一条待处理的消息：内容删除，保留放弃人及原因。",
)
@click.argument("source")
@click.argument("message_id", metavar="ID")
@option("--because", required=True, metavar="TEXT", en="Why, without names of persons.", zh="原因，不含人名。")
@json_option
@click.pass_obj
def drop(session: Session, source: str, message_id: str, because: str, as_json: bool) -> int:
    """Discard one message."""
    by = session.actor.id
    done = session.opened.discard(source, message_id, by=by, because=because, tenant=_tenant(session))
    if as_json:
        session.screen.json({"dropped": done})
    elif done:
        session.screen.line(session.screen.told("dropped", "已放弃"))
    else:
        session.screen.note("there is no such parked message", "没有这条待处理的消息")
    return OK if done else REFUSED


inbox = group(
    "inbox",
    "Messages of other systems that came in: list them, try parked ones again, drop one.",
    "其他系统发来的消息：列出、重新处理或放弃。",
    (list_command, retry, drop),
)

"""Erase what is known of a person: asked for by one, confirmed by another; and the legal holds that forbid it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from casework import Text
from casework.cli.command import command, group, json_option, option
from casework.cli.faults import BROKEN, OK
from casework.cli.looks import moment
from casework.cli.plain import erasure as plain_erasure
from casework.cli.plain import legal_hold as plain_hold
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.model.erasure import ERASURE_REASONS, ERASURE_STATES, HOLD_REASONS, Erasure, LegalHold

_STATES = {
    "asked": Text("asked for", "已提出"),
    "confirmed": Text("confirmed", "已确认"),
    "erased": Text("erased", "已清除"),
    "scrubbed": Text("erased and scrubbed", "已清除并抹净"),
    "dropped": Text("dropped", "已撤销"),
}


def _shown(session: Session, found: Iterable[Erasure], as_json: bool) -> None:
    screen, items = session.screen, tuple(found)
    if as_json:
        screen.json({"erasures": [plain_erasure(item) for item in items]})
        return
    if not items:
        screen.note("there is no such erasure", "没有此类清除")
        return
    titles = (("subject", "当事人"), ("state", "状态"), ("asked", "提出时间"), ("by", "提出人"), ("why", "原因"))
    columns = [Column(screen.told(*title), whole=True) for title in titles]
    screen.table(columns, [_row(session, item) for item in items])


def _row(session: Session, item: Erasure) -> tuple[str, ...]:
    language = session.screen.language
    state = _STATES[item.state].in_(language)
    held = session.screen.told(f"{state}, on legal hold", f"{state}，法律保全中") if item.held else state
    return item.subject, held, moment(item.asked_at), item.asked_by, ERASURE_REASONS[item.because].in_(language)


@command(
    "ask",
    "Ask to erase what is known of a person, by the person's number. Nothing goes before somebody else confirms it.",
    "按编号提出清除某人的信息。须由另一人确认后方才清除。",
)
@click.argument("subject")
@option("--because", type=click.Choice(tuple(ERASURE_REASONS)), required=True, en="Why.", zh="原因。")
@option(
    "--leave-balances",
    is_flag=True,
    en="Let what is left on the person's accounts stay there, nobody's.",
    zh="账户余额保留在原账户，不再归属任何人。",
)
@json_option
@click.pass_obj
def _ask(session: Session, subject: str, because: Any, leave_balances: bool, as_json: bool) -> int:
    """Ask for an erasure."""
    _shown(session, [session.desk.erase(subject, because=because, leaves_balances=leave_balances)], as_json)
    return OK


@command(
    "confirm",
    "Confirm what somebody else asked for, and erase. It cannot be taken back.",
    "确认他人提出的清除并执行。不可撤回。",
)
@click.argument("subject")
@json_option
@click.pass_obj
def _confirm(session: Session, subject: str, as_json: bool) -> int:
    """Confirm an erasure."""
    _shown(session, [session.desk.confirm_erasure(subject)], as_json)
    return OK


@command("drop", "Take back that somebody asked for it.", "撤销已提出的清除。")
@click.argument("subject")
@json_option
@click.pass_obj
def _drop(session: Session, subject: str, as_json: bool) -> int:
    """Drop an erasure."""
    _shown(session, [session.desk.drop_erasure(subject)], as_json)
    return OK


@command(
    "list",
    "List the erasures that you may confirm; without --state, those that were asked for and wait.",
    "列出您可确认的清除；不给 --state 时列出待确认的。",
)
@option(
    "--state",
    "states",
    type=click.Choice(ERASURE_STATES),
    multiple=True,
    en="In this state; may be repeated.",
    zh="指定状态，可多次给出。",
)
@json_option
@click.pass_obj
def _list(session: Session, states: tuple[Any, ...], as_json: bool) -> int:
    """List erasures."""
    _shown(session, session.desk.erasures(states or ("asked",)), as_json)
    return OK


@command(
    "scrub",
    "Have the database forget the bytes of what was erased. It rewrites whole tables; on PostgreSQL nobody can work\n"
    "meanwhile. Ends with 6 where something is left for the owner of the database to do.",
    "使数据库抹去已清除内容的残留字节。将重写整张表；在 PostgreSQL 上其间无法办理业务。\n"
    "尚有须由数据库所有者处理的事项时以 6 结束。",
)
@json_option
@click.pass_obj
def _scrub(session: Session, as_json: bool) -> int:
    """Scrub the database."""
    left, screen = session.opened.scrub(), session.screen
    if as_json:
        screen.json({"left": list(left)})
    elif not left:
        screen.line(screen.told("nothing of it is left in the database", "数据库中已无残留"))
    for line in () if as_json else left:
        screen.error_line(line)
    return BROKEN if left else OK


@command(
    "reapply",
    "Erase again whom a restored backup has brought back, and go on with what was broken off.",
    "对恢复备份后重现的人员再次清除，并继续中断的清除。",
)
@json_option
@click.pass_obj
def _reapply(session: Session, as_json: bool) -> int:
    """Apply erasures again."""
    count, screen = session.opened.reapply_erasures(), session.screen
    if as_json:
        screen.json({"erased": count})
    else:
        screen.line(screen.told(f"{count:,} persons erased again", f"再次清除 {count:,} 人"))
    return OK


erase = group(
    "erase",
    "Erase what is known of a person: one asks, another confirms.",
    "清除某人的信息：一人提出，另一人确认。",
    (_ask, _confirm, _drop, _list, _scrub, _reapply),
)


def _shown_holds(session: Session, found: Iterable[LegalHold], as_json: bool) -> None:
    screen, items = session.screen, tuple(found)
    if as_json:
        screen.json({"legal_holds": [plain_hold(item) for item in items]})
        return
    if not items:
        screen.note("there is no legal hold", "没有法律保全")
        return
    titles = (("subject", "当事人"), ("since", "起始"), ("by", "办理人"), ("why", "原因"), ("lifted", "解除"))
    columns = [Column(screen.told(*title), whole=True) for title in titles]
    rows = [
        (
            item.subject,
            moment(item.placed_at),
            item.placed_by,
            HOLD_REASONS[item.because].in_(screen.language),
            "" if item.lifted_at is None else moment(item.lifted_at),
        )
        for item in items
    ]
    screen.table(columns, rows)


@command("place", "Forbid to erase what is known of a person.", "禁止清除某人的信息。")
@click.argument("subject")
@option("--because", type=click.Choice(tuple(HOLD_REASONS)), required=True, en="Why.", zh="原因。")
@json_option
@click.pass_obj
def _place(session: Session, subject: str, because: Any, as_json: bool) -> int:
    """Place a legal hold."""
    _shown_holds(session, [session.desk.place_legal_hold(subject, because=because)], as_json)
    return OK


@command("lift", "Lift the legal holds on a person.", "解除对某人的法律保全。")
@click.argument("subject")
@json_option
@click.pass_obj
def _lift(session: Session, subject: str, as_json: bool) -> int:
    """Lift legal holds."""
    _shown_holds(session, session.desk.lift_legal_hold(subject), as_json)
    return OK


@command("list", "List the legal holds that stand.", "列出现有的法律保全。")
@json_option
@click.pass_obj
def _holds(session: Session, as_json: bool) -> int:
    """List legal holds."""
    _shown_holds(session, session.desk.legal_holds(), as_json)
    return OK


legal_hold = group(
    "legal-hold",
    "Legal holds: while one stands on a person, nothing of that person is erased.",
    "法律保全：在此期间不清除该人的任何信息。",
    (_place, _lift, _holds),
)

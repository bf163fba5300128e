"""Deadlines: what is over and what comes, how a due date was derived, more time, and what other rules would do."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from casework.cli.cases import REQUEST, REVISION, expected, shown
from casework.cli.command import command, json_option, option
from casework.cli.looks import moment
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.deadlines import Changed, Deadlines, Derivation, Due, Unknown
from casework.rulebook import load_rulebook

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _deadlines(session: Session) -> Deadlines:
    return session.opened.deadlines(session.actor)


def _plain(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


@command(
    "deadlines",
    "List the deadlines of open cases: what is over, and what runs out within some days.\n"
    "With --ical, as an iCalendar feed on stdout.",
    "列出未结案件的期限：已逾期的，以及若干日内届满的。\n加 --ical 时以 iCalendar 格式输出。",
)
@click.argument("case_types", nargs=-1, metavar="[CASE_TYPE]...")
@option(
    "--within",
    type=click.IntRange(0, 3660),
    default=7,
    metavar="DAYS",
    en="Of those to come, so many days ahead (7).",
    zh="列出今后几日内届满的（7）。",
)
@option("--ical", is_flag=True, en="As an iCalendar feed.", zh="以 iCalendar 格式输出。")
@json_option
@click.pass_obj
def deadlines(session: Session, case_types: tuple[str, ...], within: int, ical: bool, as_json: bool) -> None:
    """List deadlines."""
    known, ahead = _deadlines(session), timedelta(days=within)
    if ical:
        session.screen.raw(known.feed(*case_types, within=ahead, language=session.screen.language).decode())
        return
    over, coming = known.overdue(*case_types), known.upcoming(*case_types, within=ahead)
    waiting = known.unknown(*case_types)
    if as_json:
        session.screen.json(
            {
                "overdue": [_due_json(item) for item in over],
                "upcoming": [_due_json(item) for item in coming],
                "unknown": [_unknown_json(item) for item in waiting],
            }
        )
        return
    told = session.screen.told
    if not over and not coming and not waiting:
        session.screen.note("nothing is over or comes up", "没有逾期或即将届满的期限")
        return
    columns = (
        Column(told("due", "届满"), whole=True),
        Column(told("deadline", "期限")),
        Column(told("case", "案件"), whole=True),
    )
    rows = [_row(session, item) for item in (*over, *coming)]
    session.screen.table(columns, [*rows, *(_unknown_row(session, item) for item in waiting)])


def _row(session: Session, item: Due) -> tuple[str, str, str]:
    late = session.screen.told("  overdue", "  已逾期") if item.over else ""
    return moment(item.due) + late, item.title.in_(session.screen.language) or item.deadline, item.case.id


def _unknown_row(session: Session, item: Unknown) -> tuple[str, str, str]:
    when = session.screen.told(
        f"not known yet, not before {moment(item.earliest)}", f"尚不能确定，不早于 {moment(item.earliest)}"
    )
    return when, item.title.in_(session.screen.language) or item.deadline, item.case.id


def _unknown_json(item: Unknown) -> dict[str, Any]:
    return {
        "case": item.case.id,
        "case_type": item.case.case_type,
        "deadline": item.deadline,
        "earliest": _plain(item.earliest),
    }


def _due_json(item: Due) -> dict[str, Any]:
    return {
        "case": item.case.id,
        "case_type": item.case.case_type,
        "deadline": item.deadline,
        "due": _plain(item.due),
        "over": item.over,
    }


@command(
    "derive",
    "Show how the due dates of a case were derived: rule, authority, pauses, days off.\nNames one deadline, or all.",
    "说明案件期限届满日的推算过程：规则、依据、中止、休息日。\n可指定一项期限，不指定时列出全部。",
)
@click.argument("case")
@click.argument("deadline", required=False)
@json_option
@click.pass_obj
def derive(session: Session, case: str, deadline: str | None, as_json: bool) -> None:
    """Derive due dates."""
    known, screen = _deadlines(session), session.screen
    found = known.derivations(case) if deadline is None else (known.derivation(case, deadline),)
    if as_json:
        screen.json({"derivations": [_derivation_json(item) for item in found]})
        return
    if not found:
        screen.note("no rule sets a deadline of this case now", "本案现无按规则计算的期限")
    for item in found:
        screen.heading(f"{item.title.in_(screen.language) or item.deadline} ({item.deadline})")
        for step in item.steps:
            screen.line(f"  {step.text.in_(screen.language)}")
        if not item.holds:
            screen.note(
                "it does not come out the same when derived again", "重新推算的结果与原届满日不一致", "bold red"
            )


def _derivation_json(item: Derivation) -> dict[str, Any]:
    return {
        "deadline": item.deadline,
        "rule": None if item.rule is None else item.rule.version,
        "confidence": None if item.rule is None else item.rule.confidence,
        "started": _plain(item.started),
        "due": _plain(item.due),
        "earliest": _plain(item.earliest),
        "paused": item.paused,
        "holds": item.holds,
        "steps": [{"kind": step.kind, "en": step.text.en, "zh": step.text.zh} for step in item.steps],
    }


@command(
    "extend",
    "Give a running deadline more time, with the reason and the authority for it.",
    "延长正在计算的期限，并注明理由和依据。",
)
@click.argument("case")
@click.argument("deadline")
@option(
    "--by",
    "amount",
    required=True,
    type=click.IntRange(1),
    metavar="N",
    en="So many units of its rule.",
    zh="延长的数量，按规则的单位。",
)
@option("--because", required=True, metavar="TEXT", en="Why.", zh="理由。")
@option("--authority", required=True, metavar="TEXT", en="Who has allowed it, and where.", zh="批准机关及文号。")
@REVISION
@REQUEST
@json_option
@click.pass_obj
def extend(
    session: Session,
    case: str,
    deadline: str,
    amount: int,
    because: str,
    authority: str,
    if_revision: int | None,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Extend a deadline."""
    at = case if if_revision is None else expected(session.desk.get(case), if_revision)
    longer = _deadlines(session).extend(
        at, deadline, by=amount, because=because, authority=authority, request_id=request_id
    )
    shown(session, longer, as_json)


@command(
    "try-rules",
    "List the open cases of which the rules of another rulebook would make something else. Nothing is written.",
    "列出按另一规则册计算时届满日、是否逾期或承办角色会不同的未结案件。不写入任何内容。",
)
@click.argument("rulebook", type=FILE)
@click.argument("case_types", nargs=-1, metavar="[CASE_TYPE]...")
@option("--from-memory", is_flag=True, en="Also its rules of confidence M.", zh="包括可信度为 M 的规则。")
@json_option
@click.pass_obj
def try_rules(session: Session, rulebook: Path, case_types: tuple[str, ...], from_memory: bool, as_json: bool) -> None:
    """Try a rulebook."""
    book = load_rulebook(rulebook, from_memory=from_memory)
    found = _deadlines(session).what_if(book, *case_types)
    if as_json:
        session.screen.json({"rulebook": book.name, "changed": [_changed_json(item) for item in found]})
        return
    told = session.screen.told
    if not found:
        session.screen.note("nothing would change", "没有变化")
        return
    columns = (
        Column(told("case", "案件"), whole=True),
        Column(told("deadline", "期限")),
        Column(told("due", "届满")),
        Column(told("would be due", "改按新规则届满")),
        Column(told("for whom", "承办角色")),
    )
    session.screen.table(columns, [_changed_row(session, item) for item in found])


def _changed_row(session: Session, item: Changed) -> tuple[str, ...]:
    now, later = ("-" if due is None else moment(due) for due in (item.due, item.due_proposed))
    if item.breached_proposed and not item.breached:
        later += session.screen.told("  overdue", "  已逾期")
    owners = [", ".join(roles) for roles in (item.owners, item.owners_proposed)]
    return item.case_id, item.deadline, now, later, " → ".join(dict.fromkeys(owners))


def _changed_json(item: Changed) -> dict[str, Any]:
    return {
        "case": item.case_id,
        "case_type": item.case_type,
        "deadline": item.deadline,
        "due": _plain(item.due),
        "due_proposed": _plain(item.due_proposed),
        "breached": item.breached,
        "breached_proposed": item.breached_proposed,
        "owners": list(item.owners),
        "owners_proposed": list(item.owners_proposed),
    }

"""The verbs of a desk: open, fire, why-not, show, history."""

from __future__ import annotations

from typing import Any

import attrs
import click

from casework import Case, Refusal, Refused
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import OK, REFUSED, refusal_lines
from casework.cli.looks import Looks
from casework.cli.session import Session
from casework.cli.values import data_of, filled, form_of, pairs, refusal

VALUES = click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
REQUEST = option(
    "--request-id",
    metavar="ID",
    en="The same call under the same id again does nothing twice.",
    zh="以同一编号重复调用不会重复办理。",
)
REVISION = option(
    "--if-revision",
    type=click.IntRange(1),
    metavar="N",
    en="Refuse if the case has moved on since that revision.",
    zh="案件已不是该版本时拒绝办理。",
)


def looks(session: Session, case: Case) -> Looks:
    """How to show *case*: with the titles of what it is pinned to."""
    return Looks(session.screen, session.opened.manifest(case).case_type)


def shown(session: Session, case: Case, as_json: bool) -> None:
    """The case as it is after something was done with it."""
    if as_json:
        session.screen.json({"case": plain.case(case)})
    else:
        looks(session, case).headline(case)


def expected(case: Case, revision: int | None) -> Case | str:
    """The case at the revision that the caller read, or as it is where none was said."""
    return case.id if revision is None else attrs.evolve(case, revision=revision)


@command(
    "open",
    "Open a case of a type with the values of its data.\nA field left empty (NAME=) is not known.",
    "按案件类型立案，并填写其内容。\n留空（名称=）表示不详。",
)
@click.argument("case_type")
@VALUES
@option(
    "--in",
    "unit",
    metavar="UNIT",
    en="The unit that the case belongs to; else yours.",
    zh="案件所属单位；默认为您的单位。",
)
@option(
    "--subject",
    "subjects",
    multiple=True,
    metavar="NAME=ID",
    en="A person whom other cases are about already.",
    zh="已有案件所涉的当事人。",
)
@REQUEST
@json_option
@click.pass_obj
def open_case(
    session: Session,
    case_type: str,
    values: tuple[str, ...],
    unit: str | None,
    subjects: tuple[str, ...],
    request_id: str | None,
    as_json: bool,
) -> None:
    """Open a case."""
    told = pairs(values)
    known = session.opened.manifests.get(case_type)
    form: dict[str, Any]
    form, problems = filled(data_of(known.case_type), told) if known is not None else ({}, ())
    if problems:
        raise Refused(refusal(problems, "open"))
    given: dict[str, Any] = {"request_id": request_id, "unit": unit, "subjects": pairs(subjects)}
    shown(session, session.desk.open(case_type, **given, **form), as_json)


def _form(session: Session, case: Case, trigger: str, told: dict[str, str]) -> dict[str, object]:
    """What was typed, as values for the form of *trigger*.

    Where the trigger cannot be asked for at all, that is the answer, rather than what is wrong with the form.
    """
    fields = form_of(session.opened.manifest(case).case_type, trigger)
    if fields is None:
        return dict(told)
    values, problems = filled(fields, told)
    if problems:
        raise Refused(session.desk.why_not(case, trigger) or refusal(problems, trigger, case.id))
    return values


@command(
    "fire",
    "Fire a trigger on a case, filling in its form.\n`casework show CASE` lists what you can fire.",
    "办理一项操作，并填写其表单。\n`casework show CASE` 列出您可以办理的操作。",
)
@click.argument("case")
@click.argument("trigger")
@VALUES
@REVISION
@option("--dry-run", is_flag=True, en="Show what would become of the case; write nothing.", zh="只显示结果，不写入。")
@REQUEST
@json_option
@click.pass_obj
def fire(
    session: Session,
    case: str,
    trigger: str,
    values: tuple[str, ...],
    if_revision: int | None,
    dry_run: bool,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Fire a trigger."""
    found = session.desk.get(case)
    form = _form(session, found, trigger, pairs(values))
    at = expected(found, if_revision)
    if dry_run:
        result = session.desk.what_if(at, trigger, form)
        session.screen.note("nothing was written; this is how it would be:", "未写入；结果将是：")
    else:
        result = session.desk.fire(at, trigger, form, request_id=request_id)
    shown(session, result, as_json)


@command(
    "why-not",
    "Say why a trigger cannot be fired, and what would help.\n"
    "Without values: whether it can be asked for at all. Ends with 0 if it can, with 3 if not.",
    "说明某项操作为何不能办理，以及可行的办法。\n不填写内容时，只看能否提出。可以则以 0 结束，否则以 3 结束。",
)
@click.argument("case")
@click.argument("trigger")
@VALUES
@json_option
@click.pass_obj
def why_not(session: Session, case: str, trigger: str, values: tuple[str, ...], as_json: bool) -> int:
    """Ask why not."""
    found = session.desk.get(case)
    no = _foreseen(session, found, trigger, pairs(values))
    if as_json:
        session.screen.json({"refusal": None if no is None else plain.refusal(no)})
    elif no is None:
        session.screen.line(session.screen.told("Nothing stands in the way.", "可以办理。"))
    else:
        for line in refusal_lines(no, session.screen.language):
            session.screen.line(line)
        session.screen.line(f"[{no.page}]", "dim")
    return OK if no is None else REFUSED


def _foreseen(session: Session, case: Case, trigger: str, told: dict[str, str]) -> Refusal | None:
    if not told:
        return session.desk.why_not(case, trigger)
    try:
        form = _form(session, case, trigger, told)
    except Refused as no:
        return no.refusal
    return session.desk.why_not(case, trigger, form)


@command(
    "show",
    "Show a case: its states, what you may read of it, its deadlines, what you can do.",
    "查看案件：状态、您可查看的内容、期限，以及您可以办理的操作。",
)
@click.argument("case")
@json_option
@click.pass_obj
def show(session: Session, case: str, as_json: bool) -> None:
    """Show a case."""
    found = session.desk.get(case)
    triggers = session.desk.available(found)
    if as_json:
        session.screen.json({"case": plain.case(found), "available": list(triggers)})
    else:
        looks(session, found).case(found, triggers, session.now())


@command(
    "history",
    "Show the log of a case, oldest entry first: who did what when.",
    "查看案件记录，最早的在前：何人何时办了何事。",
)
@click.argument("case")
@json_option
@click.pass_obj
def history(session: Session, case: str, as_json: bool) -> None:
    """Show a case's log."""
    found = session.desk.get(case)
    entries = session.desk.history(found.id)
    if as_json:
        session.screen.json({"case": found.id, "entries": [plain.entry(item) for item in entries]})
    else:
        looks(session, found).history(found.id, entries)

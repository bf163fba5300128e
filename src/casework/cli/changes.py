"""The verbs of a desk that need no trigger: amend, note, assign, claim, correct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from casework import Case, Refused
from casework.cli.cases import REQUEST, REVISION, VALUES, expected, shown
from casework.cli.command import command, json_option, option
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.cli.values import data_of, filled, pairs, refusal

F = TypeVar("F", bound=Callable[..., Any])


def _changing(function: F) -> F:
    """The options of every verb that changes a case."""
    return REVISION(REQUEST(json_option(click.pass_obj(function))))  # type: ignore[return-value]


def _case(session: Session, case: str, if_revision: int | None) -> Case | str:
    """What to act on; with a revision it is read first, to be refused where it has moved on."""
    return case if if_revision is None else expected(session.desk.get(case), if_revision)


@command(
    "amend",
    "Give fields of a case new values, without a step.\nA field left empty (NAME=) becomes unknown.",
    "修改案件内容，不办理任何操作。\n留空（名称=）改为不详。",
)
@click.argument("case")
@VALUES
@_changing
def amend(
    session: Session,
    case: str,
    values: tuple[str, ...],
    if_revision: int | None,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Amend a case."""
    told = pairs(values)
    if not told:
        raise Usage("say what to amend: NAME=VALUE", "请给出要修改的内容：名称=值")
    found = session.desk.get(case)
    fields: dict[str, Any]
    fields, problems = filled(data_of(session.opened.manifest(found).case_type), told, whole=False)
    if problems:
        raise Refused(refusal(problems, case_id=found.id))
    shown(session, session.desk.amend(expected(found, if_revision), request_id=request_id, **fields), as_json)


@command("note", "Write a remark into the log of a case.", "在案件记录中写下备注。")
@click.argument("case")
@click.argument("text")
@_changing
def note(
    session: Session, case: str, text: str, if_revision: int | None, request_id: str | None, as_json: bool
) -> None:
    """Note a remark."""
    shown(session, session.desk.note(_case(session, case, if_revision), text, request_id=request_id), as_json)


@command(
    "assign",
    "Give a role on one case to a person, or take it away (--nobody).",
    "将案件角色指派给某人，或予以取消（--nobody）。",
)
@click.argument("case")
@click.argument("role")
@click.argument("holder", metavar="[PERSON]", required=False)
@option("--nobody", is_flag=True, en="Take the role away from whoever has it.", zh="取消现有指派。")
@_changing
def assign(
    session: Session,
    case: str,
    role: str,
    holder: str | None,
    nobody: bool,
    if_revision: int | None,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Assign a local role."""
    if (holder is None) != nobody:
        raise Usage("name a person, or say --nobody", "请给出指派对象，或使用 --nobody")
    at = _case(session, case, if_revision)
    shown(session, session.desk.assign(at, role, holder, request_id=request_id), as_json)


@command(
    "claim",
    "Take a free role on one case for yourself; without a name, that of the owner.",
    "本人认领无人承担的案件角色；不给名称时为 owner。",
)
@click.argument("case")
@click.argument("role", default="owner")
@_changing
def claim(
    session: Session, case: str, role: str, if_revision: int | None, request_id: str | None, as_json: bool
) -> None:
    """Claim a local role."""
    shown(session, session.desk.claim(_case(session, case, if_revision), role, request_id=request_id), as_json)


@command(
    "correct",
    "Undo the last step of a case by an entry that names it.\n`casework history CASE` numbers the entries.",
    "以一条更正记录撤销案件的最近一步。\n`casework history CASE` 列出各条记录的编号。",
)
@click.argument("case")
@click.argument("entry", type=click.IntRange(1))
@option("--because", required=True, metavar="TEXT", en="Why it was wrong.", zh="更正原因。")
@_changing
def correct(
    session: Session,
    case: str,
    entry: int,
    because: str,
    if_revision: int | None,
    request_id: str | None,
    as_json: bool,
) -> None:
    """Correct a wrong step."""
    at = _case(session, case, if_revision)
    shown(session, session.desk.correct(at, entry, because=because, request_id=request_id), as_json)

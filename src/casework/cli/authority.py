"""Who can ever bring something about, over all paths, and who may ever see what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from casework.cli import plain
from casework.cli.command import command, group, json_option, option
from casework.cli.faults import OK, UNFIT
from casework.cli.proving import ANSWERS, case_type_of, path_json, proving_app, show_path
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.exploring import Authority, Proofs
from casework.exploring.proofs import Form
from casework.model.fields import FIELD_CLASSES, FieldClass

EXPECT = option(
    "--expect",
    type=click.Choice(["yes", "no"]),
    en="End with 4 where this is not the proven answer.",
    zh="若得到证明的答案与此不同，以 4 结束。",
)

OUT = option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Draw the way there: .svg, else Mermaid text.",
    zh="将路径画入文件：.svg，否则为 Mermaid 文本。",
)


@command(
    "can",
    "Whether people with these roles and no others can bring a case to a state, whoever opened it.",
    "仅凭这些角色（无论由谁立案）能否使案件到达某状态。",
)
@click.argument("case_type", metavar="CASE_TYPE")
@option(
    "--roles", "held", required=True, multiple=True, metavar="R,…", en="The roles that they have.", zh="所具有的角色。"
)
@option(
    "--reach",
    required=True,
    metavar="STATE",
    en="A state, WORKFLOW.STATE beside the main workflow.",
    zh="要到达的状态。",
)
@EXPECT
@OUT
@json_option
@click.pass_obj
def _can(session: Session, /, case_type: str, held: tuple[str, ...], reach: str, **how: Any) -> int:
    """Reachable by some roles alone."""
    roles = [role for word in held for role in word.split(",") if role]
    if not roles:
        raise Usage("--roles names one role or several", "--roles 须给出至少一个角色")
    return _tell(session, case_type, lambda proofs: proofs.can(case_type, roles=roles, reach=reach), **how)


@command(
    "two-persons",
    "Whether a trigger or state always takes two persons, whatever roles one person has.",
    "某一操作或状态是否必须由两人办理，无论一人有何角色。",
)
@click.argument("case_type", metavar="CASE_TYPE")
@click.argument("what", metavar="TRIGGER|STATE")
@EXPECT
@OUT
@json_option
@click.pass_obj
def _two_persons(session: Session, /, case_type: str, what: str, **how: Any) -> int:
    """Always two persons."""
    return _tell(session, case_type, lambda proofs: proofs.needs_two_persons(case_type, what), **how)


@command(
    "may-see",
    "Whether somebody with this role alone may read fields of a class in any state that a case can come to.",
    "仅有此角色者能否在案件可能到达的任何状态下读到某类字段。",
)
@click.argument("case_type", metavar="CASE_TYPE")
@click.argument("role", metavar="ROLE")
@click.argument("field_class", metavar="CLASS", type=click.Choice(FIELD_CLASSES))
@EXPECT
@OUT
@json_option
@click.pass_obj
def _may_see(session: Session, /, case_type: str, role: str, field_class: FieldClass, **how: Any) -> int:
    """Ever sees a class."""
    return _tell(session, case_type, lambda proofs: proofs.may_ever_see(case_type, role, field_class), **how)


def _tell(
    session: Session,
    case_type: str,
    asked: Callable[[Proofs], Authority],
    *,
    expect: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    screen, app = session.screen, proving_app(session)
    case_type_of(app, case_type)
    found = asked(app.proofs)
    if as_json:
        told = {"holds": found.holds, "answer": found.answer, "text": plain.text(found.text)}
        screen.json({**told, "path": path_json(found.path)})
    else:
        said = screen.told("yes", "是") if found.holds else screen.told("no", "否")
        answer, text = ANSWERS[found.answer].in_(screen.language), found.text.in_(screen.language)
        screen.line(screen.told(f"{said}: {text} ({answer})", f"{said}：{text}（{answer}）"))
        show_path(session, found.path)
    if out is not None:
        form: Form = "svg" if out.suffix == ".svg" else "mermaid"
        out.write_text(app.proofs.drawing(case_type, found, language=screen.language, form=form), encoding="utf-8")
        screen.note(f"written: {out}", f"已写入：{out}")
    if expect is None:
        return OK
    return OK if found.answer == "proven" and found.holds == (expect == "yes") else UNFIT


authority = group(
    "authority",
    "Who can ever bring a case to a state, what always takes two persons, who may ever see a class.",
    "谁能使案件到达某状态，什么必须由两人办理，谁能看到某类信息。",
    (_can, _two_persons, _may_see),
)

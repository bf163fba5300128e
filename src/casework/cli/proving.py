"""Prove that what is loaded fits: which case types are sound over everything that a case can come to, and which not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from casework import CaseType, Casework, Language, Text
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import OK, UNFIT
from casework.cli.session import MEMORY, Session
from casework.cli.usage import Usage
from casework.exploring import Proof, Proofs, Proving, Told, Verdict
from casework.exploring.proofs import Form
from casework.exploring.reach import CONFIGURATION_LIMIT
from casework.exploring.words import configuration_text
from casework.titles import Titles

OF_A_CONFIGURATION = ("CW601", "CW602", "CW609", "CW612", "CW615", "CW616")
"""The findings about a configuration, which people read by its titles."""

FORMS: tuple[tuple[str, Form], ...] = (("svg", "svg"), ("mmd", "mermaid"))
"""What a picture is written as, by the ending of its file."""

ANSWERS = {
    "proven": Text("proven", "已证明"),
    "refuted": Text("refuted", "已推翻"),
    "not proven": Text("not proven", "未能证明"),
}


@command(
    "prove",
    "Prove that case types fit together with everything attached to them: named ones, or all that are loaded.\n"
    "Looks at everything that a case can come to.\n"
    "What is refuted comes with the shortest way there; what is not proven says what would settle it.\n"
    "Ends with 4 where something is refuted.",
    "证明案件类型与其全部附加流程相容：指定的，或已加载的全部。\n"
    "考察案件可能到达的一切。被推翻的附最短路径，未能证明的说明如何判定。有被推翻者时以 4 结束。",
)
@click.argument("case_types", nargs=-1, metavar="[CASE_TYPE]...")
@option(
    "--limit",
    type=click.IntRange(min=1),
    default=CONFIGURATION_LIMIT,
    metavar="N",
    en=f"Look at no more than N configurations of each ({CONFIGURATION_LIMIT:,}).",
    zh=f"每种至多考察 N 个组合状态（{CONFIGURATION_LIMIT:,}）。",
)
@option(
    "--waits",
    is_flag=True,
    en="Ask also whether somebody can move on, and a clock runs, wherever a case waits.",
    zh="并考察案件在每个等待之处是否有人能推进、有期限在计时。",
)
@option("--strict", is_flag=True, en="What warns or is not proven counts as well.", zh="警告和未能证明的也计入。")
@option(
    "--drawing",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    en="Draw the way to each finding, as SVG and as Mermaid text, into this folder.",
    zh="将通向每个结果的路径画成 SVG 和 Mermaid 文本，存入此文件夹。",
)
@json_option
@click.pass_obj
def prove(
    session: Session,
    case_types: tuple[str, ...],
    limit: int,
    waits: bool,
    strict: bool,
    drawing: Path | None,
    as_json: bool,
) -> int:
    """Prove case types."""
    app = proving_app(session)
    names = case_types or tuple(item.name for item in app.case_types)
    chosen = {name: case_type_of(app, name) for name in names}
    proofs = [app.proofs.prove(name, limit=limit, waits=waits) for name in chosen]
    drawn = () if drawing is None else _draw(app, proofs, drawing, session.screen.language)
    if as_json:
        session.screen.json({"proofs": [_json(proof) for proof in proofs], "drawings": [str(path) for path in drawn]})
    else:
        for proof in proofs:
            _show(session, proof, Titles(chosen[proof.case_type]))
        for path in drawn:
            session.screen.note(f"written: {path}", f"已写入：{path}")
    unfit = any(proof.refuted or (strict and (proof.warnings or proof.answer != "proven")) for proof in proofs)
    return UNFIT if unfit else OK


def proving_app(session: Session) -> Casework:
    """The application over no store, built whatever would be refuted of it; that is for the command to tell."""
    return session.app(MEMORY, proving=Proving(limit=0))


def case_type_of(app: Casework, name: str) -> CaseType:
    """The case type of that name, with everything attached to it; a wrong call where there is none."""
    known = {item.name: item for item in app.case_types}
    if name not in known:
        names = ", ".join(known) or "-"
        raise Usage(f"there is no case type {name!r}; there is {names}", f"没有案件类型“{name}”；现有：{names}")
    return known[name]


def show_path(session: Session, path: tuple[Told, ...]) -> None:
    """The steps of a path, one a line."""
    for number, told in enumerate(path, start=1):
        session.screen.line(f"    {number}. {told.text.in_(session.screen.language)}")


def path_json(path: tuple[Told, ...]) -> list[dict[str, Any]]:
    """The steps of a path."""
    return [
        {
            "kind": told.step.kind,
            "name": told.step.name,
            "at": plain.value(told.step.at),
            "roles": list(told.step.roles),
            "person": told.step.person,
            "values": plain.values(told.step.values),
            "states": dict(told.step.states),
            "refused": told.step.refused,
            "text": plain.text(told.text),
        }
        for told in path
    ]


def _show(session: Session, proof: Proof, titles: Titles) -> None:
    screen = session.screen
    count = screen.told(
        f"{proof.configurations:,} configurations and {proof.moves:,} moves were looked at",
        f"考察了 {proof.configurations:,} 个组合状态、{proof.moves:,} 个操作",
    )
    answer = ANSWERS[proof.answer].in_(screen.language)
    title = titles("case_type", proof.case_type, screen.language)
    named = (
        proof.case_type if title == proof.case_type else screen.told(proof.case_type, f"{title}（{proof.case_type}）")
    )
    screen.line(f"{named}: {answer} ({count})" if screen.language == "en" else f"{named}：{answer}（{count}）", "bold")
    for verdict in (*proof.refuted, *proof.unproven, *proof.warnings):
        _show_verdict(session, verdict, titles)
    if proof.opaque:
        names = ", ".join(proof.opaque)
        screen.line(screen.told(f"  both answers were tried of {names}", f"  两种结果都试过：{names}"))
    if not proof.complete:
        screen.line(
            screen.told(
                "  there are more configurations than were looked at; a higher --limit goes on",
                "  组合状态多于所考察的；提高 --limit 可继续",
            )
        )


def _show_verdict(session: Session, verdict: Verdict, titles: Titles) -> None:
    screen = session.screen
    lead = screen.told("warning", "警告") if verdict.level == "warning" else ANSWERS["refuted"].in_(screen.language)
    if verdict.answer != "refuted":
        lead = ANSWERS[verdict.answer].in_(screen.language)
    place = _place(verdict, titles)
    told = screen.told(": ", "：").join(filter(None, (place.in_(screen.language), verdict.text.in_(screen.language))))
    screen.line(f"  {lead} {verdict.code} {told}")
    show_path(session, verdict.path)
    if verdict.settle:
        settle = verdict.settle.in_(screen.language)
        screen.line(screen.told(f"    what would settle it: {settle}", f"    如何判定：{settle}"))
    screen.line(f"    {verdict.finding.page}", "dim")


def _place(verdict: Verdict, titles: Titles) -> Text:
    """What a verdict is about, in words where it is a configuration; nothing where the verdict's text tells it."""
    if verdict.code not in OF_A_CONFIGURATION:
        return Text(verdict.about, verdict.about)
    return configuration_text(titles, verdict.path[-1].step.states) if verdict.path else Text()


def _json(proof: Proof) -> dict[str, Any]:
    return {
        "case_type": proof.case_type,
        "manifest": proof.manifest,
        "answer": proof.answer,
        "configurations": proof.configurations,
        "moves": proof.moves,
        "complete": proof.complete,
        "opaque": list(proof.opaque),
        "verdicts": [
            {
                "code": verdict.code,
                "answer": verdict.answer,
                "level": verdict.level,
                "about": verdict.about,
                "text": plain.text(verdict.text),
                "path": path_json(verdict.path),
                "settle": plain.text(verdict.settle),
                "page": verdict.finding.page,
            }
            for verdict in proof.verdicts
        ],
    }


def _draw(app: Casework, proofs: list[Proof], folder: Path, language: Language) -> tuple[Path, ...]:
    """Each finding that has a path, and each case type whole where that can be seen: the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, str | None] = {}
    for proof in proofs:
        pictures |= _pictures(app.proofs, proof, language)
    written = []
    for name, picture in pictures.items():
        if picture is not None:
            (folder / name).write_text(picture, encoding="utf-8")
            written.append(folder / name)
    return tuple(written)


def _pictures(asked: Proofs, proof: Proof, language: Language) -> dict[str, str | None]:
    """By name of the file what is drawn; None where a graph is too large to be drawn whole."""
    name, found = proof.case_type, dict[str, str | None]()
    for ending, form in FORMS:
        found[f"{name}.{ending}"] = asked.overview(name, language=language, form=form)
        for number, verdict in enumerate((v for v in proof.verdicts if v.path), start=1):
            file = f"{name}-{number}-{verdict.code}"
            found[f"{file}.{ending}"] = asked.drawing(name, verdict, language=language, form=form)
            found[f"{file}-whole.{ending}"] = asked.overview(name, verdict.path, language=language, form=form)
    return found

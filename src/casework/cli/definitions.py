"""Definitions without cases: check them, draw them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from casework import (
    CaseType,
    Casework,
    DocumentError,
    Finding,
    UnsoundDefinition,
    Workflow,
    check,
    mermaid,
    svg,
)
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import OK, UNFIT
from casework.cli.session import MEMORY, Session, document, imported
from casework.cli.usage import Usage
from casework.soundness import check_workflow

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")


def is_file(target: str) -> bool:
    """Whether *target* names a document rather than a module or a case type."""
    return Path(target).suffix in (".yaml", ".yml", ".json") or _MODULE.match(target) is None or Path(target).is_file()


@command(
    "check",
    "Check a document, a module, or (without a target) everything that is loaded.\n"
    "Ends with 4 if there is a mistake. A module is imported, so name only one that you trust.",
    "检查文档或模块；不给目标时检查已加载的一切。有错误时以 4 结束。\n模块会被导入执行，请只检查可信的模块。",
)
@click.argument("target", required=False)
@option("--strict", is_flag=True, en="Warnings are mistakes too.", zh="警告也算错误。")
@json_option
@click.pass_obj
def check_command(session: Session, target: str | None, strict: bool, as_json: bool) -> int:
    """Check definitions."""
    if target is not None and is_file(target):
        checked, findings = _document_findings(session, target)
    else:
        checked, findings = _module_findings(session, None if target is None else imported(target))
    bad = [item for item in findings if strict or item.level == "error"]
    if as_json:
        told = [plain.finding(item) for item in findings]
        session.screen.json({"target": target, "checked": checked, "sound": not bad, "findings": told})
    else:
        _report(session, target if target is not None and is_file(target) else "", checked, findings)
    return UNFIT if bad else OK


def _document_findings(session: Session, path: str) -> tuple[list[str], list[Finding]]:
    try:
        found = document(path)
    except DocumentError as error:
        return [], list(error.findings)
    if isinstance(found, Workflow):
        return [found.name], check_workflow(found)
    # Which parts and other case types the document will live with is not known here.
    return [found.name], check(found)


def _module_findings(session: Session, module: ModuleType | None) -> tuple[list[str], list[Finding]]:
    """Everything together, as an application would see it: what is loaded, and what the module holds."""
    own = [] if module is None else _values(module, CaseType)
    loose = [] if module is None else _values(module, Workflow)
    plugins = dict.fromkeys((*session.plugins, *([module] if module is not None and has_hooks(module) else [])))
    if module is not None and not own and not loose and not has_hooks(module):
        raise Usage(
            f"{module.__name__} holds no case type, no workflow and no hook",
            f"{module.__name__} 中没有案件类型、流程或钩子",
        )
    findings = [item for workflow in loose if workflow.slots for item in check_workflow(workflow)]
    try:
        app = Casework(MEMORY, case_types=(*session.definitions, *own), plugins=plugins)
    except UnsoundDefinition as error:
        return [item.name for item in own], [*findings, *error.findings]
    names = [item.name for item in app.case_types] if module is None or has_hooks(module) else [i.name for i in own]
    app.dispose()
    return [*names, *(item.name for item in loose if item.slots)], [*findings, *app.warnings]


def _values(module: ModuleType, kind: type[Any]) -> list[Any]:
    return list({id(item): item for item in vars(module).values() if isinstance(item, kind)}.values())


def has_hooks(module: ModuleType) -> bool:
    """Whether the module implements a hook of casework."""
    return any(hasattr(item, "casework_impl") for item in vars(module).values())


def _report(session: Session, source: str, checked: Iterable[str], findings: list[Finding]) -> None:
    screen = session.screen
    for item in findings:
        place = f"{source}:{item.line}: " if source and item.line else f"{source}: " if source else ""
        level = "" if item.level == "error" else screen.told("warning: ", "警告：")
        screen.line(f"{place}{level}{item.code} {item.path}: {item.message}")
        screen.line(f"    {item.page}", "dim")
    names = ", ".join(checked)
    if findings:
        count = len(findings)
        screen.note(f"{count} finding{'s' if count != 1 else ''}", f"共 {count} 处问题")
    else:
        screen.note(
            f"sound: {names}" if names else "there is nothing to check", f"无误：{names}" if names else "无可检查"
        )


@command(
    "draw",
    "Draw a document or a case type, as Mermaid text or SVG.\n--case or --state marks where a case is.",
    "将文档或案件类型画成图（Mermaid 文本或 SVG）。\n--case 或 --state 标出案件所处状态。",
)
@click.argument("target", required=False)
@option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg"]),
    en="Which (by the file, else mermaid).",
    zh="格式（依文件名，否则 mermaid）。",
)
@option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", en="Write there.", zh="写入文件。")
@option("--case", "case_id", metavar="ID", en="Mark the states that this case is in.", zh="标出该案件所处的状态。")
@option("--state", "states", multiple=True, metavar="WORKFLOW=STATE", en="Mark a state.", zh="标出一个状态。")
@click.pass_obj
def draw(
    session: Session,
    target: str | None,
    form: str | None,
    out: Path | None,
    case_id: str | None,
    states: tuple[str, ...],
) -> None:
    """Draw a definition."""
    definition, marked = _drawn(session, target, case_id)
    marked = {**marked, **_marks(definition, states)}
    chosen = form or ("svg" if out is not None and out.suffix == ".svg" else "mermaid")
    make = svg if chosen == "svg" else mermaid
    picture = make(definition, language=session.screen.language, states=marked or None)
    if out is None:
        session.screen.raw(picture)
    else:
        out.write_text(picture, encoding="utf-8")
        session.screen.note(f"written: {out}", f"已写入：{out}")


def _drawn(session: Session, target: str | None, case_id: str | None) -> tuple[CaseType | Workflow, Mapping[str, str]]:
    marked: Mapping[str, str] = {}
    pinned: CaseType | None = None
    if case_id is not None:
        case = session.desk.get(case_id)
        pinned, marked = session.opened.manifest(case).case_type, case.states
    if target is not None and is_file(target):
        return document(target), marked
    if target is None and pinned is not None:
        return pinned, marked
    known = {item.name: item for item in session.app(MEMORY).case_types}
    if pinned is not None and target == pinned.name:
        return pinned, marked
    if target is None or target not in known:
        names = ", ".join(known) or "-"
        raise Usage(f"name a document or a case type; there is {names}", f"请给出文档或案件类型；现有：{names}")
    return known[target], marked


def _marks(definition: CaseType | Workflow, states: tuple[str, ...]) -> dict[str, str]:
    chain = definition.chain if isinstance(definition, CaseType) else (definition,)
    known = {workflow.name: [state.name for state in workflow.states] for workflow in chain}
    found: dict[str, str] = {}
    for word in states:
        workflow, _, state = word.partition("=")
        if workflow not in known:
            names = ", ".join(known)
            raise Usage(f"there is no workflow {workflow!r}; there is {names}", f"没有流程“{workflow}”；现有：{names}")
        if state not in known[workflow]:
            names = ", ".join(known[workflow])
            raise Usage(
                f"{workflow} has no state {state!r}; it has {names}", f"{workflow} 没有状态“{state}”；现有：{names}"
            )
        found[workflow] = state
    return found

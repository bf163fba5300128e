"""Write a definition of another system as one of casework, and say what was not carried over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from casework import InvalidValue, check, dump
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.exporting import written_whole
from casework.cli.faults import finding_line
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.interchange import load_dcworkflow

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command(
    "convert",
    "Write the definition.xml of a workflow of Plone (DCWorkflow) as a case type in YAML.\n"
    "What is not carried over as it was, and what the check finds, is told beside it.",
    "将 Plone（DCWorkflow）的 definition.xml 转为 YAML 案件类型。\n未能照原样转换的内容及检查结果一并说明。",
)
@click.argument("file", type=FILE, metavar="FILE")
@option(
    "--final",
    "finals",
    multiple=True,
    metavar="STATE",
    en="A state that ends a case; several may be given.",
    zh="结案状态，可多次给出。",
)
@option(
    "--site",
    type=FILE,
    metavar="FILE",
    en='The roles that have a permission at the site, as JSON: {"Request review": ["Owner"]}.',
    zh='站点级权限与角色的 JSON：{"Request review": ["Owner"]}。',
)
@option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", en="Write there.", zh="写入文件。"
)
@json_option
@click.pass_obj
def convert(
    session: Session, file: Path, finals: tuple[str, ...], site: Path | None, out: Path | None, as_json: bool
) -> None:
    """Convert a definition."""
    try:
        carried = load_dcworkflow(file, acquired=None if site is None else _site(site), finals=finals or None)
    except InvalidValue as error:
        raise Usage(f"--final: {error.problem}", f"--final：{error.zh}") from None
    text, found = dump(carried.case_type), check(carried.case_type)
    if out is not None:
        with written_whole(out) as stream:
            stream.write(text)
    if as_json:
        session.screen.json(
            {
                "definition": text,
                "guards": dict(carried.guards),
                "facts": dict(carried.facts),
                "roles": dict(carried.roles),
                "notes": [plain.finding(item) for item in carried.notes],
                "findings": [plain.finding(item) for item in found],
            }
        )
        return
    if out is None:
        session.screen.raw(text)
    for item in (*carried.notes, *found):
        session.screen.error_line(finding_line(item))


def _site(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and all(
        isinstance(roles, list) and all(isinstance(role, str) for role in roles) for roles in told.values()
    ):
        return told
    raise Usage(
        f"--site: {path} is no JSON object of permissions and roles", f"--site：{path} 不是权限与角色的 JSON 对象"
    )

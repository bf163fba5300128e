"""Move running cases into the present manifest of their case type: named ones, or all that are behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import click

from casework import Case, Refusal, Refused
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import OK, REFUSED, refusal_lines
from casework.cli.planning import migration_in
from casework.cli.selecting import of_type
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.migrating import Migration


@attrs.define
class _Tally:
    """What became of the cases."""

    adopted: list[str] = attrs.field(factory=list)
    already: list[str] = attrs.field(factory=list)
    refused: list[tuple[str, Refusal]] = attrs.field(factory=list)
    moved: int = 0
    unseen: int = 0


@command(
    "adopt",
    "Move running cases into the present definition of their case type, as after installing or removing a plugin.\n"
    "A case that does not fit as it stands is left alone, with the reasons. Ends with 3 if there is one.",
    "将在办案件转入其案件类型的现行定义，例如在安装或移除插件之后。\n"
    "目前情况不符的案件保持不变，并说明原因；有此类案件时以 3 结束。",
)
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@option("--all", "everything", is_flag=True, en="All open cases that are behind.", zh="所有沿用旧定义的未结案件。")
@option("--type", "case_type", metavar="CASE_TYPE", en="With --all: of this type only.", zh="与 --all 连用：仅此类型。")
@option("--map", "path", metavar="FILE", en="By the migration in this file.", zh="按此文件中的迁移转入。")
@option("--dry-run", is_flag=True, en="Say what would become of them; write nothing.", zh="只显示结果，不写入。")
@json_option
@click.pass_obj
def adopt(
    session: Session,
    cases: tuple[str, ...],
    everything: bool,
    case_type: str | None,
    path: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Adopt cases."""
    if bool(cases) == everything or (case_type is not None and not everything):
        raise Usage(
            "name cases, or say --all (with --type for one case type)", "请给出案件，或使用 --all（可加 --type）"
        )
    migration = None if path is None else migration_in(path)
    tally = _Tally()
    if migration is not None and everything:
        if case_type not in (None, migration.case_type):
            raise Usage(f"{path} is for {migration.case_type}", f"{path} 适用于 {migration.case_type}")
        _migrate_all(session, migration, dry_run, tally)
    else:
        for case_id in cases if cases else _behind(session, case_type):
            _adopt(session, case_id, dry_run, tally, migration)
    if as_json:
        session.screen.json(_json(tally, dry_run))
    else:
        _report(session, tally, dry_run)
    return REFUSED if tally.refused else OK


def _behind(session: Session, case_type: str | None) -> Iterator[str]:
    """The ids of the open cases that whoever acts may view and that are pinned to an older manifest."""
    manifests = session.opened.manifests
    for name in manifests if case_type is None else [case_type]:
        for case in of_type(session.desk, name, open_only=True):
            if case.manifest != manifests[name].hash:
                yield case.id


def _migrate_all(session: Session, migration: Migration, dry_run: bool, tally: _Tally) -> None:
    """Move all that are behind, many at a time; of those that moved no more is told than how many they are."""
    told = session.desk.migrate_all(migration, dry_run=dry_run)
    tally.moved, tally.unseen = told.moved, told.unseen
    tally.refused += told.refused


def _adopt(session: Session, case_id: str, dry_run: bool, tally: _Tally, migration: Migration | None) -> None:
    try:
        before = session.desk.get(case_id)
        if migration is None:
            after: Case = session.desk.adopt(before, dry_run=dry_run)
        else:
            after = session.desk.migrate(before, migration, dry_run=dry_run)
    except Refused as no:
        if no.refusal.code in ("store-unavailable", "outcome-unknown"):
            raise
        tally.refused.append((case_id, no.refusal))
        return
    (tally.already if after.manifest == before.manifest else tally.adopted).append(case_id)


def _json(tally: _Tally, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "adopted": tally.adopted,
        "moved": tally.moved + len(tally.adopted),
        "unseen": tally.unseen,
        "already": tally.already,
        "refused": [{"case": case_id, "refusal": plain.refusal(no)} for case_id, no in tally.refused],
    }


def _report(session: Session, tally: _Tally, dry_run: bool) -> None:
    screen = session.screen
    if dry_run:
        screen.note("nothing was written; this is how it would be:", "未写入；结果将是：")
    counts = (tally.moved + len(tally.adopted), len(tally.already), len(tally.refused))
    screen.line(
        screen.told(
            "{} adopted, {} under the present definition already, {} refused".format(*counts),
            "转入 {} 件，已沿用现行定义 {} 件，未能转入 {} 件".format(*counts),
        )
    )
    if tally.unseen:
        screen.line(screen.told(f"{tally.unseen} that you may not view", f"另有 {tally.unseen} 件您无权查看"))
    for case_id, no in tally.refused:
        screen.error_line(case_id, "bold")
        for line in refusal_lines(no, screen.language):
            screen.error_line(f"  {line}")

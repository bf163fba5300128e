"""The versions that cases are under, and what a migration would make of them: shown, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from casework import Casework
from casework.cli import plain
from casework.cli.command import command, json_option
from casework.cli.faults import OK
from casework.cli.screen import Screen
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.desk.planning import CasePlan
from casework.loader import text_of
from casework.migrating import Migration, load_migration
from casework.migrating.certificate import KINDS
from casework.migrating.landing import Configuration

_TOLD = {
    "safe": ("safe", "可直接转入"),
    "mapped": ("mapped", "按规则转入"),
    "depends": ("depending on what they hold", "视案件内容而定"),
    "impossible": ("impossible", "无法转入"),
}


def migration_in(path: str) -> Migration:
    """The migration in a file; a file that cannot be read is a wrong call."""
    try:
        return load_migration(text_of(path), path)
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}", f"无法读取 {path}：{error.strerror}") from None


def planned(app: Casework, maps: Iterable[Migration]) -> Iterator[CasePlan]:
    """What becomes of the cases of every case type that are behind: by the maps that are given, else by adopting."""
    given = tuple(maps)
    mapped = {item.case_type for item in given}
    asked: list[Migration | str] = [*given, *(item.name for item in app.case_types if item.name not in mapped)]
    for migration in asked:
        yield from (plan for plan in app.plan_cases(migration) if plan.open)


@command(
    "versions",
    "List the definitions that cases are under, with how many are; the one of new cases is marked.",
    "列出案件所沿用的各版定义及件数，并标出现行定义。",
)
@click.argument("case_type", required=False)
@json_option
@click.pass_obj
def versions(session: Session, case_type: str | None, as_json: bool) -> int:
    """List versions."""
    app = session.opened
    names = [item.name for item in app.case_types]
    if case_type is not None and case_type not in names:
        known = ", ".join(names) or "-"
        raise Usage(
            f"there is no case type {case_type!r}; there is {known}", f"没有案件类型“{case_type}”；现有：{known}"
        )
    rows = [row for name in names if case_type in (None, name) for row in _rows(app, name)]
    if as_json:
        session.screen.json(rows)
        return OK
    for row in rows:
        mark = session.screen.told("  (present)", "（现行）") if row["present"] else ""
        session.screen.line(
            session.screen.told(
                f"{row['case_type']} {row['manifest'][:12]}: {row['open']:,} open, {row['closed']:,} closed{mark}",
                f"{row['case_type']} {row['manifest'][:12]}：未结 {row['open']:,} 件，已结 {row['closed']:,} 件{mark}",
            )
        )
    return OK


def _rows(app: Casework, name: str) -> list[dict[str, Any]]:
    present = app.manifests[name].hash
    rows = [
        {"case_type": name, "manifest": item.manifest, "open": item.open, "closed": item.closed, "present": False}
        for item in app.versions(name)
    ]
    if present not in {row["manifest"] for row in rows}:
        rows.append({"case_type": name, "manifest": present, "open": 0, "closed": 0, "present": False})
    return [{**row, "present": row["manifest"] == present} for row in rows]


def show_plan(screen: Screen, plan: CasePlan) -> None:
    """What becomes of the cases under one older definition."""
    certificate, totals = plan.certificate, plan.totals
    parts = [screen.told(*(f"{totals[kind]:,} {word}" for word in _TOLD[kind])) for kind in KINDS if totals[kind]]
    head = f"{certificate.case_type} {certificate.left[:12]} → {certificate.right[:12]}"
    screen.line(
        screen.told(
            f"{head}: {plan.open:,} open, {', '.join(parts)}", f"{head}：未结 {plan.open:,} 件，{'，'.join(parts)}"
        )
    )
    for item in plan.findings:
        screen.line(f"  {item}")
    for fate, count in plan.standing:
        if fate.kind in ("depends", "impossible"):
            reasons = "; ".join(reason.in_(screen.language) for reason in fate.because)
            screen.line(f"  {count:,} × {_spelled(fate.states)}: {reasons}")
    for name, count in plan.holding.items():
        en = f"  {count:,} know {name!r}, which not every case can take along"
        screen.line(screen.told(en, f"  {count:,} 件已填写“{name}”，未必都能随案转入"))
    _show_proof(screen, plan)
    if plan.yaml:
        screen.line(screen.told("  what the migration lacks:", "  迁移尚缺："))
        for line in plan.yaml.splitlines():
            screen.line(f"    {line}")


def _show_proof(screen: Screen, plan: CasePlan) -> None:
    counts = plan.certificate.counts()
    told = ", ".join(f"{counts[kind]:,} {screen.told(*_TOLD[kind])}" for kind in KINDS if counts[kind]) or "0"
    if plan.certificate.proven:
        en, zh = "proven for every configuration", "所有组合状态均已证明"
    elif plan.certificate.complete:
        en, zh = "of all configurations", "全部组合状态"
    else:
        en, zh = (
            "not proven, for there are more configurations than were looked at",
            "未能证明：组合状态过多，未全部检查",
        )
    screen.line(screen.told(f"  {en}: {told}", f"  {zh}：{told}"))


def _spelled(states: Configuration) -> str:
    return ", ".join(f"{workflow}={state}" for workflow, state in states)


def plan_json(plan: CasePlan) -> dict[str, Any]:
    """A plan for programs."""
    certificate = plan.certificate
    return {
        "case_type": certificate.case_type,
        "from": certificate.left,
        "to": certificate.right,
        "open": plan.open,
        "totals": dict(plan.totals),
        "configurations": dict(certificate.counts()),
        "complete": certificate.complete,
        "proven": certificate.proven,
        "standing": [
            {
                "states": dict(fate.states),
                "count": count,
                "kind": fate.kind,
                "becomes": [dict(states) for states in fate.becomes],
                "because": [{"en": reason.en, "zh": reason.zh} for reason in fate.because],
            }
            for fate, count in plan.standing
        ],
        "holding": dict(plan.holding),
        "findings": [plain.finding(item) for item in (*plan.findings, *certificate.obstacles)],
        "skeleton": plan.yaml,
    }

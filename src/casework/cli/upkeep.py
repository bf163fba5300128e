"""Keeping a store: make and migrate its tables, verify it; and what is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import Any

import attrs
import click

from casework import Verdict
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import BROKEN, OK
from casework.cli.planning import migration_in, plan_json, planned, show_plan
from casework.cli.screen import Column, console
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.desk.planning import CasePlan
from casework.hookspecs import PROJECT
from casework.plugins import Plugins
from casework.storage.diagnosis import Pinned, file_of
from casework.storage.fault import Fault
from casework.storage.tables import Plan
from casework.storage.treecheck import LogVerdict


@command(
    "migrate",
    "Make the tables of a store, or bring those of an older casework up to date.",
    "建立存储的数据表，或升级旧版本的数据表。",
)
@option("--plan", "only_plan", is_flag=True, en="Only show what there is to do.", zh="只列出将要执行的内容。")
@option("--map", "maps", multiple=True, metavar="FILE", en="With --plan: for cases.", zh="与 --plan 连用：案件迁移。")
@json_option
@click.pass_obj
def migrate(session: Session, only_plan: bool, maps: tuple[str, ...], as_json: bool) -> None:
    """Make or upgrade tables."""
    if maps and not only_plan:
        raise Usage("cases are moved by `casework adopt --map FILE`", "案件由 `casework adopt --map 文件` 转入")
    app = session.app()
    if only_plan:
        plan = app.plan_migration()
        # Cases are counted in tables that are as this casework makes them.
        ready = plan.before is not None and not plan.steps and not plan.columns
        given = [migration_in(path) for path in maps]
        _show(session, plan, list(planned(app, given)) if ready else [], as_json=as_json)
        return
    before, after = app.migrate()
    if as_json:
        session.screen.json({"before": before, "after": after, "case_types": [item.name for item in app.case_types]})
        return
    names = ", ".join(item.name for item in app.case_types) or "-"
    if before is None:
        told = (f"tables made, version {after}; case types: {names}", f"已建表，版本 {after}；案件类型：{names}")
    elif before == after:
        told = (f"version {after}, up to date; case types: {names}", f"版本 {after}，无需升级；案件类型：{names}")
    else:
        told = (
            f"from version {before} to {after}; case types: {names}",
            f"由版本 {before} 升级至 {after}；案件类型：{names}",
        )
    session.screen.line(session.screen.told(*told))


def _show(session: Session, plan: Plan, cases: list[CasePlan], *, as_json: bool) -> None:
    """What there is to migrate, and what would become of cases that are behind."""
    screen = session.screen
    if as_json:
        columns = {name: list(items) for name, items in plan.columns.items()}
        told = {"before": plan.before, "after": plan.after, "steps": list(plan.steps), "columns": columns}
        screen.json({**told, "cases": [plan_json(item) for item in cases]})
        return
    for revision, name in plan.steps:
        screen.line(f"{revision}  {name}")
    for table, items in plan.columns.items():
        screen.line(f"{table}: {', '.join(items)}")
    for item in cases:
        show_plan(screen, item)
    if not plan.steps and not plan.columns and not cases:
        screen.line(screen.told("nothing to do", "无需执行"))


@command(
    "verify",
    "Verify every case, its log, the ledger and the timers.\n"
    "With --checkpoints: also that the store is what was signed. Ends with 6 if something does not add up.",
    "核验每个案件及其记录、账目与期限。\n给出 --checkpoints 时，一并核对已签署的检查点。有不符之处时以 6 结束。",
)
@option("--rehash", is_flag=True, en="Read every file of the cases too.", zh="同时逐一重新读取案件附件。")
@option(
    "--log-only", is_flag=True, en="Only chains and log, replaying no case: fast.", zh="只核验记录链与总日志，速度快。"
)
@json_option
@click.pass_obj
def verify(session: Session, rehash: bool, log_only: bool, as_json: bool) -> int:
    """Verify a store."""
    app, screen = session.opened, console(error=True)
    if log_only:
        return _verify_log(session, app.verify_log(), as_json=as_json)
    if as_json or not screen.is_terminal:
        verdict = app.verify(rehash=rehash)
    else:
        with screen.status(session.screen.told("verifying …", "正在核验……")) as status:
            verdict = app.verify(
                lambda done: status.update(session.screen.told(f"{done} cases …", f"{done} 件……")), rehash=rehash
            )
    if as_json:
        session.screen.json(plain.verdict(verdict))
    else:
        tell_verdict(session, verdict)
    return OK if verdict.whole else BROKEN


def tell_verdict(session: Session, verdict: Verdict) -> None:
    """Show what a verification found."""
    screen = session.screen
    screen.line(
        screen.told(
            f"{verdict.cases:,} cases, {verdict.entries:,} entries, {verdict.erased:,} of them erased",
            f"{verdict.cases:,} 件案件，{verdict.entries:,} 条记录，其中 {verdict.erased:,} 条内容已删除",
        )
    )
    if verdict.enclosures:
        many = "enclosures" if verdict.enclosures != 1 else "enclosure"
        screen.line(screen.told(f"{verdict.enclosures:,} {many}", f"{verdict.enclosures:,} 份附件"))
    if verdict.unopened:
        screen.line(
            screen.told(
                f"{verdict.unopened:,} entries are sealed and were not opened: no keys were given",
                f"{verdict.unopened:,} 条记录的内容已加密，因未提供密钥而未解密核对",
            )
        )
    if verdict.log is not None:
        _tell_log(session, verdict.log)
    _tell_faults(session, verdict.faults)


def _verify_log(session: Session, verdict: LogVerdict, *, as_json: bool) -> int:
    if as_json:
        session.screen.json(plain.log_verdict(verdict))
    else:
        told = f"{verdict.entries:,} entries", f"{verdict.entries:,} 条记录"
        session.screen.line(session.screen.told(*told))
        _tell_log(session, verdict)
        _tell_faults(session, verdict.faults)
    return OK if verdict.whole else BROKEN


def _tell_log(session: Session, log: LogVerdict) -> None:
    """What the log of all entries was held against; accepted losses are told every time."""
    told, screen = session.screen.told, session.screen
    waiting = told(f", {log.queued:,} wait for it", f"，{log.queued:,} 条待入") if log.queued else ""
    if log.leaves or log.signed is not None:
        screen.line(told(f"{log.leaves:,} entries in the log", f"总日志共 {log.leaves:,} 条") + waiting)
    if log.signed is not None:
        many = "checkpoint" if log.checkpoints == 1 else "checkpoints"
        en = f"held against {log.checkpoints:,} {many}, the newest of size {log.signed:,}"
        screen.line(told(en, f"已核对 {log.checkpoints:,} 个检查点，最新为 {log.signed:,} 条"))
    for loss in log.losses:
        screen.line(told("loss: ", "损失：") + loss, "yellow")


def _tell_faults(session: Session, faults: Sequence[Fault]) -> None:
    screen = session.screen
    if not faults:
        screen.line(screen.told("everything adds up", "核验无误"), "green")
        return
    columns = (
        Column(screen.told("case", "案件"), whole=True),
        Column(screen.told("entry", "记录"), right=True),
        Column(screen.told("problem", "问题")),
    )
    rows = [(f"{f.tenant}/{f.case_id}", str(f.number or "-"), f.problem) for f in faults]
    screen.line()
    screen.table(columns, rows)
    count = len(rows)
    screen.note(f"{count} fault{'s' if count != 1 else ''}", f"共 {count} 处不符", "bold red")


def own_version() -> str:
    """The version of casework; of a source tree that was never installed it is not known."""
    try:
        return version(PROJECT)
    except PackageNotFoundError:
        return "?"


@attrs.frozen
class Loaded:
    """A plugin in use: where it comes from, and what it contributes, by kind.

    *origin* is the distribution with its version, or the option that named the module.
    """

    name: str
    origin: str
    distribution: str | None
    version: str | None
    contributes: dict[str, list[str]]


def loaded(session: Session) -> list[Loaded]:
    """Every plugin in use, in the order in which they count."""
    points = () if session.settings.given.get("no_installed") else entry_points(group=PROJECT)
    origins = {id(point.load()): _distribution(point) for point in points}
    found = []
    for plugin in session.plugins:
        one = Plugins([plugin])
        contributed: dict[str, list[str]] = {
            "case_types": [item.name for _, item in one.case_types()],
            "parts": [item.name for _, item in one.parts()],
            "attachments": [f"{item.workflow.name} → {item.case_type}" for _, item in one.attachments()],
            "requirements": list(dict.fromkeys(item.target for _, item in one.requirements())),
            "demos": [item.name for _, item in one.demos()],
            "commands": _commands(one),
            "observes": ["entries"] if one.observed else [],
        }
        distribution, number = origins.get(id(plugin), (None, None))
        origin = "--plugin" if distribution is None else f"{distribution} {number}"
        contributes = {kind: names for kind, names in contributed.items() if names}
        found.append(Loaded(one.names[0], origin, distribution, number, contributes))
    return found


def _commands(one: Plugins) -> list[str]:
    added = click.Group(PROJECT)
    one.add_commands(added)
    return sorted(added.commands)


def left_behind(session: Session) -> list[Pinned]:
    """The cases of the named store that need what is not loaded: a case type, a workflow, a part."""
    url = session.settings.one("store")
    file = None if url is None else file_of(url)
    if url is None or (file is not None and not file.exists()):
        return []
    found = session.opened.diagnose().pinned
    return [item for item in found if item.standing == "orphaned" or (item.open and (item.gone or item.absent))]


def _distribution(point: Any) -> tuple[str, str]:
    return ("?", "?") if point.dist is None else (point.dist.name, point.dist.version)


_KINDS = {
    "case_types": ("case types", "案件类型"),
    "parts": ("parts", "部件"),
    "attachments": ("attaches", "附加流程"),
    "requirements": ("requires", "附加要求"),
    "demos": ("demos", "演示"),
    "commands": ("commands", "命令"),
    "observes": ("observes", "观察"),
}


@command(
    "plugins",
    "Show what is loaded, from where, and what it contributes.\n"
    "Where a store is named: also which of its cases need what is not loaded.",
    "查看已加载的插件、其来源与内容。\n给出存储时，一并列出其中因缺少插件而受影响的案件。",
)
@json_option
@click.pass_obj
def plugins(session: Session, as_json: bool) -> None:
    """Show what is loaded."""
    found, screen = loaded(session), session.screen
    definitions = [item.name for item in session.definitions]
    if as_json:
        told = [attrs.asdict(item) for item in found]
        missing = [plain.left(item) for item in left_behind(session)]
        screen.json({"casework": own_version(), "plugins": told, "definitions": definitions, "left_behind": missing})
        return
    screen.line(f"casework {own_version()}", "bold")
    if found:
        columns = (
            Column(screen.told("plugin", "插件"), whole=True),
            Column(screen.told("from", "来源")),
            Column(screen.told("contributes", "提供")),
        )
        screen.line()
        screen.table(columns, ((item.name, item.origin, contents(session, item)) for item in found))
    else:
        screen.line(screen.told("no plugins", "没有插件"))
    if definitions:
        screen.line(screen.told("from documents: ", "来自文档：") + ", ".join(definitions))
    _left(session, left_behind(session))


def _left(session: Session, items: list[Pinned]) -> None:
    """The cases that need what is not loaded: they are kept, and go on when it is there again."""
    told, lacks = session.screen.told, {"gone": ("workflow", "流程"), "absent": ("part", "部件")}
    if not items:
        return
    session.screen.heading(told("Cases that need what is not loaded", "因缺少插件而受影响的案件"))
    columns = (
        Column(told("case type", "案件类型"), whole=True),
        Column(told("cases", "件数"), right=True),
        Column(told("open", "未结"), right=True),
        Column(told("not loaded", "未加载")),
    )
    rows = []
    for item in items:
        names = [f"{told(*words)} {name}" for kind, words in lacks.items() for name in getattr(item, kind)]
        if item.standing == "orphaned":
            names = [told("the case type", "案件类型本身")]
        rows.append((item.case_type, str(item.cases), str(item.open), names))
    session.screen.table(columns, rows)


def contents(session: Session, item: Loaded) -> list[str]:
    """What a plugin contributes, a line for each kind."""
    colon = session.screen.told(": ", "：")
    return [
        f"{session.screen.told(*_KINDS[kind])}{colon}{', '.join(names)}" for kind, names in item.contributes.items()
    ]

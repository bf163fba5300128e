"""Look at an installation and its store as a physician would: what is there, what is amiss, what to do."""

from __future__ import annotations

import platform

import attrs
import click

from casework import Text
from casework.cli import plain
from casework.cli.checks import Check, checks_of
from casework.cli.command import command, json_option, option
from casework.cli.faults import OK, STORE, UNFIT
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.cli.upkeep import loaded, own_version
from casework.storage.diagnosis import Diagnosis, Waiting

_LEVELS = {"ok": Text("ok", "正常"), "note": Text("note", "提示"), "problem": Text("PROBLEM", "问题")}
_STYLES = {"ok": "green", "note": "yellow", "problem": "bold red"}


@command(
    "doctor",
    "Look for what is amiss in what is loaded and in the store.\n"
    "Looks at tables, journal, orphaned cases, absent parts, timers and messages. Ends with 5 if the tables do not\n"
    "fit, with 4 if there is another problem.",
    "检查已加载的内容与存储是否有问题。\n"
    "查看数据表、日志方式、缺少的类型与部件、定时与消息。数据表不符时以 5 结束，其他问题以 4 结束。",
)
@option("--integrity", is_flag=True, en="Read every page of a SQLite file too.", zh="同时逐页读取 SQLite 文件。")
@json_option
@click.pass_obj
def doctor(session: Session, integrity: bool, as_json: bool) -> int:
    """Look for what is amiss."""
    found = session.opened.diagnose(integrity=integrity)
    checks = list(checks_of(found, session.now()))
    if as_json:
        session.screen.json(_json(session, found, checks))
    else:
        _report(session, found, checks)
    if not found.fits:
        return STORE
    return UNFIT if any(check.level == "problem" for check in checks) else OK


def _json(session: Session, found: Diagnosis, checks: list[Check]) -> dict[str, object]:
    return {
        "ok": found.fits and all(check.level != "problem" for check in checks),
        "casework": own_version(),
        "python": platform.python_version(),
        "plugins": [item.name for item in loaded(session)],
        "case_types": [item.name for item in session.opened.case_types],
        "store": {
            "url": found.url,
            "library": found.library,
            "journal": found.journal,
            "journal_reason": found.journal_reason,
            "synchronous": found.synchronous,
            "version": found.version,
            "expected": found.expected,
            "clock_uncertainty_seconds": None if found.uncertainty is None else found.uncertainty.total_seconds(),
        },
        "cases": [attrs.asdict(item) for item in found.pinned],
        "missing_columns": {table: list(columns) for table, columns in found.missing.items()},
        **_waiting(found.waiting),
        "stray": attrs.asdict(found.stray),
        "blobs": {"kept": found.blobs, "enclosures": found.enclosures, "orphans": found.orphans, "lost": found.lost},
        "checks": [{"name": item.name, "level": item.level, "text": plain.text(item.text)} for item in checks],
    }


def _waiting(found: Waiting) -> dict[str, object]:
    instants = (found.oldest_overdue, found.checkpoint)
    oldest, signed = (None if instant is None else plain.value(instant) for instant in instants)
    return {
        "timers": {"overdue": found.overdue, "oldest": oldest},
        "messages": dict(found.messages),
        "parked": dict(found.parked),
        "inbox": dict(found.inbox),
        "log": {"unlogged": found.unlogged, "checkpoint": signed},
        "erasures": dict(found.erasures),
        "holds": found.holds,
        "keys": found.keys,
    }


def _report(session: Session, found: Diagnosis, checks: list[Check]) -> None:
    screen = session.screen
    names = [f"{item.name} ({item.origin})" for item in loaded(session)] or ["-"]
    types = [item.name for item in session.opened.case_types] or ["-"]
    screen.pairs(
        (
            ("casework", f"{own_version()}, Python {platform.python_version()}"),
            (screen.told("plugins", "插件"), names),
            (screen.told("case types", "案件类型"), ", ".join(types)),
            (screen.told("store", "存储"), found.url),
        )
    )
    screen.line()
    columns = (Column(screen.told("looked at", "项目")), Column(""), Column(screen.told("found", "结果")))
    screen.table(
        columns,
        ((item.name, _LEVELS[item.level].in_(screen.language), item.text.in_(screen.language)) for item in checks),
    )
    problems = sum(item.level == "problem" for item in checks)
    if problems:
        screen.note(f"{problems} problem{'s' if problems != 1 else ''}", f"共 {problems} 个问题", _STYLES["problem"])
    else:
        screen.note("no problems", "没有问题", _STYLES["ok"])

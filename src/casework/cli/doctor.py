"""Look at an installation and its store as a physician would: what is there, what is amiss, what to do."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import Literal

import attrs
import click

from casework import Text
from casework.cli import plain
from casework.cli.command import command, json_option
from casework.cli.faults import OK, STORE, UNFIT
from casework.cli.looks import moment
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.cli.upkeep import loaded, own_version
from casework.storage.diagnosis import Diagnosis, JournalReason, Pinned

Level = Literal["ok", "note", "problem"]

JOURNALS: dict[JournalReason, Text] = {
    "memory": Text("a store in memory needs none", "内存存储无需日志"),
    "wal-safe": Text(
        "this SQLite (3.51.3 or later) has no WAL-reset bug", "此 SQLite（3.51.3 及以上）没有 WAL 重置缺陷"
    ),
    "sole-process": Text(
        "this SQLite is older than 3.51.3, but one process alone opens the file",
        "此 SQLite 低于 3.51.3，但只有一个进程打开该文件",
    ),
    "wal-reset-bug": Text(
        "this SQLite is older than 3.51.3, where the WAL-reset bug can corrupt a file that several processes open; "
        "so no write-ahead log is used",
        "此 SQLite 低于 3.51.3，多进程下 WAL 重置缺陷可能损坏文件，因此不用预写日志",
    ),
}
_LEVELS = {"ok": Text("ok", "正常"), "note": Text("note", "提示"), "problem": Text("PROBLEM", "问题")}
_STYLES = {"ok": "green", "note": "yellow", "problem": "bold red"}


@attrs.frozen
class Check:
    """One thing that was looked at."""

    name: str
    level: Level
    text: Text


@command(
    "doctor",
    "Look for what is amiss in what is loaded and in the store.\n"
    "Looks at tables, journal, orphaned cases, absent parts, timers and messages. Ends with 5 if the tables do not\n"
    "fit, with 4 if there is another problem.",
    "检查已加载的内容与存储是否有问题。\n"
    "查看数据表、日志方式、缺少的类型与部件、定时与消息。数据表不符时以 5 结束，其他问题以 4 结束。",
)
@json_option
@click.pass_obj
def doctor(session: Session, as_json: bool) -> int:
    """Look for what is amiss."""
    found = session.opened.diagnose()
    checks = list(checks_of(found))
    if as_json:
        session.screen.json(_json(session, found, checks))
    else:
        _report(session, found, checks)
    if not found.fits:
        return STORE
    return UNFIT if any(check.level == "problem" for check in checks) else OK


def checks_of(found: Diagnosis) -> Iterator[Check]:
    """What to say about a diagnosis, in a fixed order."""
    yield _tables(found)
    yield _journal(found)
    yield Check(
        "synchronous",
        "ok" if found.synchronous in ("FULL", "EXTRA") else "note",
        Text(f"synchronous={found.synchronous}", f"synchronous={found.synchronous}"),
    )
    if not found.fits:
        return
    for table, columns in found.missing.items():
        names = ", ".join(columns)
        yield Check(
            "columns",
            "problem",
            Text(f"{table} lacks {names}; run `casework migrate`", f"{table} 缺少 {names}；请运行 `casework migrate`"),
        )
    for pinned in found.pinned:
        yield from _pinned(pinned)
    yield _timers(found)
    yield from _messages(found)
    yield from _blobs(found)


def _tables(found: Diagnosis) -> Check:
    if found.version is None:
        return Check(
            "tables", "problem", Text("there are none; run `casework migrate`", "尚未建表；请运行 `casework migrate`")
        )
    if not found.fits:
        return Check(
            "tables",
            "problem",
            Text(
                f"version {found.version}, this casework writes {found.expected}; run `casework migrate`",
                f"版本 {found.version}，当前 casework 使用 {found.expected}；请运行 `casework migrate`",
            ),
        )
    return Check("tables", "ok", Text(f"version {found.version}", f"版本 {found.version}"))


def _journal(found: Diagnosis) -> Check:
    why = JOURNALS[found.journal_reason]
    text = Text(
        f"{found.library}, journal {found.journal}: {why.en}", f"{found.library}，日志 {found.journal}：{why.zh}"
    )
    risky = found.journal == "WAL" and found.journal_reason == "wal-reset-bug"
    return Check("journal", "problem" if risky else "ok", text)


def _pinned(pinned: Pinned) -> Iterator[Check]:
    many = f"{pinned.case_type}: {pinned.cases} ({pinned.open} open)"
    viele = f"{pinned.case_type}：{pinned.cases} 件（未结 {pinned.open} 件）"
    if pinned.standing == "current":
        yield Check("cases", "ok", Text(many, viele))
    elif pinned.standing == "older":
        text = Text(f"{many} under an older definition", f"{viele}，沿用旧定义")
        yield Check("cases", "ok", text)
    elif pinned.standing == "orphaned":
        text = Text(
            f"{many}: orphaned, the case type is not installed; they can be read, not moved",
            f"{viele}：案件类型未安装；可查看，不能办理",
        )
        yield Check("orphaned", "problem" if pinned.open else "note", text)
    else:
        text = Text(
            f"{many}: the definition they are pinned to cannot be read from the store",
            f"{viele}：无法从存储读出其定义",
        )
        yield Check("lost", "problem", text)
    if pinned.absent and pinned.open:
        names = ", ".join(pinned.absent)
        text = Text(
            f"{pinned.case_type} needs parts that are not installed: {names}", f"{pinned.case_type} 缺少部件：{names}"
        )
        yield Check("parts", "problem", text)


def _timers(found: Diagnosis) -> Check:
    if not found.overdue or found.oldest_overdue is None:
        return Check("timers", "ok", Text("none is overdue", "没有逾期的定时"))
    since = moment(found.oldest_overdue)
    return Check(
        "timers",
        "note",
        Text(
            f"{found.overdue} overdue, the oldest since {since}; does `casework work` run?",
            f"逾期 {found.overdue} 个，最早 {since}；`casework work` 是否在运行？",
        ),
    )


def _messages(found: Diagnosis) -> Iterator[Check]:
    if not found.messages:
        yield Check("messages", "ok", Text("none is waiting", "没有待发消息"))
    for state, count in found.messages.items():
        level: Level = "note" if state == "waiting" else "problem"
        word = {
            "waiting": Text("waiting to be sent", "待发送"),
            "dead": Text("given up after all attempts", "多次失败，已放弃"),
            "doubtful": Text("perhaps sent, perhaps not", "是否发出不明"),
        }.get(state, Text(state, state))
        yield Check("messages", level, Text(f"{count} {word.en}", f"{count} 条{word.zh}"))
    for channel, count in found.parked.items():
        text = Text(
            f"{count} wait for the channel {channel!r}, which nobody provides",
            f"{count} 条等待渠道“{channel}”，无人提供",
        )
        yield Check("channels", "problem", text)


def _blobs(found: Diagnosis) -> Iterator[Check]:
    """Nothing is said of files where there are none and nobody named a place for them."""
    if found.blobs is None:
        if found.enclosures:
            text = Text(
                f"enclosures: {found.enclosures}, and no place for their files is named; give --blobs DIR",
                f"有 {found.enclosures} 份附件，但未指明存放处；请给出 --blobs 文件夹",
            )
            yield Check("blobs", "problem", text)
        return
    told = Text(f"{found.blobs}, enclosures: {found.enclosures}", f"{found.blobs} 个，对应 {found.enclosures} 份附件")
    yield Check("blobs", "ok", told)
    if found.lost:
        text = Text(f"{found.lost} are not there; restore them from a backup", f"缺失 {found.lost} 个；请从备份恢复")
        yield Check("blobs", "problem", text)
    if found.orphans:
        text = Text(
            f"{found.orphans} that no case keeps; `casework blobs --sweep` removes those of more than a day",
            f"{found.orphans} 个无案件引用；`casework blobs --sweep` 可清除一天以前的",
        )
        yield Check("blobs", "note", text)


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
        },
        "cases": [attrs.asdict(item) for item in found.pinned],
        "missing_columns": {table: list(columns) for table, columns in found.missing.items()},
        "timers": {
            "overdue": found.overdue,
            "oldest": None if found.oldest_overdue is None else plain.value(found.oldest_overdue),
        },
        "messages": dict(found.messages),
        "parked": dict(found.parked),
        "blobs": {"kept": found.blobs, "enclosures": found.enclosures, "orphans": found.orphans, "lost": found.lost},
        "checks": [{"name": item.name, "level": item.level, "text": plain.text(item.text)} for item in checks],
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

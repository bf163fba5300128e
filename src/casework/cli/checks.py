"""What to say about a store that was looked at: one finding after the other, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import attrs

from casework import Text
from casework.cli.looks import moment
from casework.storage.diagnosis import Diagnosis, JournalReason, Pinned, Stray, Waiting

Level = Literal["ok", "note", "problem"]
STALE_CHECKPOINT = timedelta(days=1)

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


@attrs.frozen
class Check:
    """One thing that was looked at."""

    name: str
    level: Level
    text: Text


def checks_of(found: Diagnosis, now: datetime) -> Iterator[Check]:
    """What to say at *now* about a diagnosis, in a fixed order."""
    yield _tables(found)
    yield from _journal(found)
    yield from (Check(item.code, item.level, item.text) for item in found.amiss)
    yield from _time(found)
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
    yield from _waiting(found.waiting, now)
    yield from _stray(found.stray)
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


def _journal(found: Diagnosis) -> Iterator[Check]:
    durable = found.synchronous not in ("OFF", "NORMAL", "off", "local")
    said = Text(f"synchronous={found.synchronous}", f"synchronous={found.synchronous}")
    if found.journal_reason is None:
        yield Check("database", "ok", Text(found.library, found.library))
        said = Text(f"synchronous_commit={found.synchronous}", f"synchronous_commit={found.synchronous}")
    else:
        why = JOURNALS[found.journal_reason]
        text = Text(
            f"{found.library}, journal {found.journal}: {why.en}", f"{found.library}，日志 {found.journal}：{why.zh}"
        )
        risky = found.journal == "WAL" and found.journal_reason == "wal-reset-bug"
        yield Check("journal", "problem" if risky else "ok", text)
    yield Check("synchronous", "ok" if durable else "note", said)


def _time(found: Diagnosis) -> Iterator[Check]:
    """Whose clock counts, where it is not that of this machine."""
    if found.uncertainty is not None:
        milliseconds = f"{found.uncertainty / timedelta(milliseconds=1):.1f}"
        known = f"that of the database, known to {milliseconds} ms"
        yield Check("time", "ok", Text(known, f"以数据库时钟为准，误差不超过 {milliseconds} 毫秒"))


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


def _waiting(found: Waiting, now: datetime) -> Iterator[Check]:
    yield _timers(found)
    yield from _messages(found)
    yield from _came_in(found)
    yield from _checkpoint(found, now)
    yield from _erasures(found)


def _timers(found: Waiting) -> Check:
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


def _messages(found: Waiting) -> Iterator[Check]:
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


def _came_in(found: Waiting) -> Iterator[Check]:
    count = found.inbox.get("parked", 0)
    if count:
        text = Text(
            f"{count} messages that came in are parked and wait for somebody to look",
            f"{count} 条收到的消息被搁置，等待人工处理",
        )
        yield Check("inbox", "note", text)


def _checkpoint(found: Waiting, now: datetime) -> Iterator[Check]:
    """Whoever makes no checkpoints is not told about them here, but by the page on verification."""
    if found.checkpoint is None:
        return
    since = moment(found.checkpoint)
    old = found.unlogged > 0 and now - found.checkpoint > STALE_CHECKPOINT
    en = f"the last one was signed {since}; {found.unlogged} entries are in none yet"
    zh = f"最近一次签署于 {since}；{found.unlogged} 条记录尚未纳入"
    if old:
        en, zh = f"{en}; does `casework checkpoint` run?", f"{zh}；`casework checkpoint` 是否在运行？"
    yield Check("checkpoint", "note" if old else "ok", Text(en, zh))


def _erasures(found: Waiting) -> Iterator[Check]:
    for state, count in found.erasures.items():
        if state in _OPEN_ERASURES:
            word = _OPEN_ERASURES[state]
            yield Check("erasures", "note", Text(f"{count} {word.en}", f"{count} 项{word.zh}"))
    if found.holds:
        text = Text(f"{found.holds} legal holds stand", f"{found.holds} 项依法保留生效中")
        yield Check("holds", "ok", text)


_OPEN_ERASURES = {
    "asked": Text("wait for a second person", "待第二人确认"),
    "confirmed": Text("were confirmed and not carried out to the end", "已确认但尚未执行完毕"),
}


def _stray(found: Stray) -> Iterator[Check]:
    """What has lost its counterpart; nothing is said where nothing has."""
    told: tuple[tuple[str, Level, int | None, str, str], ...] = (
        (
            "keys",
            "note",
            found.unowned,
            "keys of subjects whom no case is about; was a part of the store restored?",
            "个密钥没有对应的案件；是否只恢复了部分存储？",
        ),
        (
            "tombstones",
            "problem",
            found.living,
            "persons were erased and their key is there; start the application with --erasures, which erases again",
            "名已清除者的密钥仍在；请带 --erasures 启动应用，将再次清除",
        ),
        (
            "tombstones",
            "note",
            found.unmarked,
            "persons were erased before there were keys, or their tombstone is gone",
            "名已清除者没有密钥墓碑：清除早于启用密钥，或墓碑丢失",
        ),
        (
            "jobs",
            "note",
            found.unwoken,
            "timers and messages are due and have no job; does `casework work --runner` run?",
            "个到期的定时或消息没有任务；`casework work --runner` 是否在运行？",
        ),
        ("jobs", "note", found.idle, "jobs have nothing to do; a worker clears them", "个任务无事可做，后台进程会清理"),
    )
    for name, level, count, en, zh in told:
        if count:
            yield Check(name, level, Text(f"{count} {en}", f"{count} {zh}"))


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

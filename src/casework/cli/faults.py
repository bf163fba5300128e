"""What went wrong, as an exit code, as sentences for people, and as JSON for programs."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import click

from casework import (
    BlobDamaged,
    CaseworkError,
    DocumentError,
    Finding,
    InvalidValue,
    Language,
    Refusal,
    Refused,
    SetupError,
    StoreMismatch,
    StoreUnavailable,
    Text,
    UnsoundDefinition,
)
from casework.cli import chinese, plain
from casework.cli.usage import Usage
from casework.errors import LogForked, StoreBehind, WitnessRefused

OK, UNEXPECTED, USAGE, REFUSED, UNFIT, STORE, BROKEN, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

_LEADS = {
    "blob-damaged": "附件内容缺失或已损坏，请从备份恢复",
    "setup-error": "应用设置有误",
    "unsound-definition": "定义不完善",
    "document-error": "文档无法读取",
    "conflict": "名称冲突",
    "invalid-value": "值不符合要求",
    "store-unavailable": "暂时无法使用存储，请重试",
    "outcome-unknown": "提交结果未知，请用请求编号查询",
    "store-mismatch": "存储与当前版本不符",
    "wrong-statement": "数据库无法执行语句；请用 casework doctor 检查数据表，否则为 casework 或插件的缺陷",
    "keys-mismatch": "密钥与存储不符，请提供该存储的密钥",
    "key-destroyed": "该当事人的密钥已销毁，不能再写入其内容",
    "seal-broken": "加密内容已损坏或被改动，请运行 casework verify",
    "store-behind": "存储比已签署的检查点旧，已暂停写入；请恢复较新的副本，或确认接受损失",
    "log-forked": "总日志与已签署的检查点不符，请运行 `casework verify`",
    "witness-refused": "见证人不予见证",
}


@attrs.frozen
class Answer:
    """How a call that failed ends: the code of its kind, what people read, where it is explained."""

    exit_code: int
    code: str
    lines: tuple[str, ...]
    page: str = ""
    refusal: Refusal | None = None
    findings: tuple[Finding, ...] = ()

    def json(self) -> dict[str, Any]:
        """The one document on stdout; absent keys are left out."""
        told: dict[str, Any] = {"code": self.code, "exit_code": self.exit_code, "message": self.lines[0]}
        if self.page:
            told["page"] = self.page
        if self.refusal is not None:
            told["refusal"] = plain.refusal(self.refusal)
        if self.findings:
            told["findings"] = [plain.finding(item) for item in self.findings]
        return {"error": told}


def answer(error: BaseException, language: Language) -> Answer:
    """What to say about *error*, and with which exit code to end."""
    if isinstance(error, Refused):
        return _refused(error, language)
    if isinstance(error, UnsoundDefinition | DocumentError):
        source = error.source if isinstance(error, DocumentError) else ""
        return _findings(error, source, error.findings, language)
    if isinstance(error, CaseworkError):
        return _told(error, language)
    if isinstance(error, click.ClickException):
        return _usage(error, language)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Answer(INTERRUPTED, "interrupted", (Text("interrupted", "已中断").in_(language),))
    if isinstance(error, OSError):
        told = f"{error.strerror or type(error).__name__}: {error.filename or ''}".removesuffix(": ")
        return Answer(USAGE, "file", (Text(told, chinese.of_file(error)).in_(language),))
    return _unexpected(error, language)


def _refused(error: Refused, language: Language) -> Answer:
    refusal = error.refusal
    out_of_reach = refusal.code in ("store-unavailable", "outcome-unknown")
    lasting = _lasting(error) if refusal.code == "store-unavailable" else None
    lines = refusal_lines(refusal, language) if lasting is None else (lasting.in_(language),)
    return Answer(STORE if out_of_reach else REFUSED, "refused", lines, refusal.page, refusal)


def refusal_lines(refusal: Refusal, language: Language) -> tuple[str, ...]:
    """A refusal as a headline, its reasons, and what would help."""
    bare = attrs.evolve(refusal, problems=(), unmet=(), help=())
    lines = [bare.sentence(language)]
    lines += [f"  - {problem.sentence(language)}" for problem in refusal.problems]
    for clause in refusal.unmet:
        who = Text(f" [asked by {clause.source}]", f"［{clause.source} 要求］").in_(language) if clause.source else ""
        lines.append(f"  - {clause.text.in_(language)}{who}")
    if refusal.help:
        lines.append(Text("what would help:", "可行的办法：").in_(language))
        lines += [f"  - {step.text.in_(language)}" for step in refusal.help]
    return tuple(lines)


def _findings(error: CaseworkError, source: str, found: tuple[Finding, ...], language: Language) -> Answer:
    count = len(found)
    said = Text(f"{count} mistake{'s' if count != 1 else ''}", f"{count} 处错误").in_(language)
    lead = Text(error.code.replace("-", " "), _LEADS[error.code]).in_(language)
    head = f"{f'{source}: ' if source else ''}{lead}{'：' if language == 'zh' else ': '}{said}"
    return Answer(UNFIT, error.code, (head, *(finding_line(item) for item in found)), error.page, findings=found)


def finding_line(finding: Finding) -> str:
    """One finding with the page that explains it."""
    return f"  {finding}  [{finding.page}]"


_LASTING = {
    "SQLITE_NOTADB": Text("the file is not a database; check --store", "该文件不是数据库，请检查 --store"),
    "SQLITE_CORRUPT": Text("the database is damaged; restore it from a backup", "数据库已损坏，请从备份恢复"),
    "SQLITE_CANTOPEN": Text(
        "the database cannot be opened; check that the folder of --store is there and may be written to",
        "无法打开数据库，请检查 --store 所在文件夹是否存在、是否可写",
    ),
    "SQLITE_READONLY": Text(
        "the database may not be written to; check the permissions of its file and folder",
        "数据库不可写入，请检查文件及所在文件夹的权限",
    ),
    "SQLITE_FULL": Text("the disk is full; make room, then try again", "磁盘已满，请清理后重试"),
}
"""What SQLite says that trying again never mends, by the name of its error."""


def _lasting(error: BaseException) -> Text | None:
    """What is wrong with the store, where trying again would not help."""
    for cause in _causes(error):
        name = getattr(cause, "sqlite_errorname", "")
        found = next((text for sign, text in _LASTING.items() if name.startswith(sign)), None)
        if found is not None:
            return found
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def _told(error: CaseworkError, language: Language) -> Answer:
    kinds: tuple[tuple[type[CaseworkError], int], ...] = (
        (StoreMismatch, STORE),
        (StoreUnavailable, STORE),
        (BlobDamaged, BROKEN),
        (StoreBehind, BROKEN),
        (LogForked, BROKEN),
        (WitnessRefused, BROKEN),
        (SetupError, UNFIT),
        (InvalidValue, USAGE),
    )
    exit_code = next((code for kind, code in kinds if isinstance(error, kind)), UNEXPECTED)
    lead, text = _LEADS.get(error.code), Text(str(error), str(error))
    if isinstance(error, InvalidValue):
        text = Text(str(error), f"{error.where}：{error.zh}" if error.where else error.zh)
    lasting = _lasting(error) if isinstance(error, StoreUnavailable) else None
    if lasting is not None:
        lead, text = "无法使用存储", lasting
    told = f"{lead}：{text.zh}" if language == "zh" and lead else text.in_(language)
    return Answer(exit_code, error.code, tuple(told.splitlines()), error.page)


def _usage(error: click.ClickException, language: Language) -> Answer:
    message = error.told.in_(language) if isinstance(error, Usage) else error.format_message()
    if language == "zh" and not isinstance(error, Usage):
        message = chinese.of_call(error)
    lines = [message]
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        lines.append(Text(f"see: {ctx.command_path} --help", f"参见：{ctx.command_path} --help").in_(language))
    return Answer(USAGE, "usage", tuple(lines))


def _unexpected(error: BaseException, language: Language) -> Answer:
    """Its kind and its place, never its words: those may hold what a case knows (F78)."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    kind = type(error).__name__
    text = Text(
        f"unexpected {kind} at {place}; this is a fault of casework or of a plugin, please report it (-v shows where)",
        f"意外错误 {kind}，位于 {place}；这是 casework 或插件的缺陷，请报告（-v 显示位置）",
    )
    return Answer(UNEXPECTED, "unexpected", (text.in_(language),))


def places(error: BaseException) -> list[str]:
    """Where an unexpected error came through, without its words."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]

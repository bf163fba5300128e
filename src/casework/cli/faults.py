"""What went wrong, as an exit code, as sentences for people, and as JSON for programs."""

from __future__ import annotations

import traceback
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
from casework.cli import plain
from casework.cli.usage import Usage

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
        return _refused(error.refusal, language)
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
        return Answer(USAGE, "file", (told,))
    return _unexpected(error, language)


def _refused(refusal: Refusal, language: Language) -> Answer:
    out_of_reach = refusal.code in ("store-unavailable", "outcome-unknown")
    lines = refusal_lines(refusal, language)
    return Answer(STORE if out_of_reach else REFUSED, "refused", lines, refusal.page, refusal)


def refusal_lines(refusal: Refusal, language: Language) -> tuple[str, ...]:
    """A refusal as a headline, its reasons, and what would help."""
    bare = attrs.evolve(refusal, problems=(), unmet=(), help=())
    lines = [bare.sentence(language)]
    lines += [f"  - {problem.text.in_(language)}" for problem in refusal.problems]
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


def _told(error: CaseworkError, language: Language) -> Answer:
    kinds: tuple[tuple[type[CaseworkError], int], ...] = (
        (StoreMismatch, STORE),
        (StoreUnavailable, STORE),
        (BlobDamaged, BROKEN),
        (SetupError, UNFIT),
        (InvalidValue, USAGE),
    )
    exit_code = next((code for kind, code in kinds if isinstance(error, kind)), UNEXPECTED)
    lead = _LEADS.get(error.code)
    text = Text(str(error), f"{lead}：{error}" if lead else str(error))
    return Answer(exit_code, error.code, tuple(text.in_(language).splitlines()), error.page)


def _usage(error: click.ClickException, language: Language) -> Answer:
    message = error.told.in_(language) if isinstance(error, Usage) else error.format_message()
    if language == "zh":
        message = _in_chinese(error, message)
    lines = [message]
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        lines.append(Text(f"see: {ctx.command_path} --help", f"参见：{ctx.command_path} --help").in_(language))
    return Answer(USAGE, "usage", tuple(lines))


def _in_chinese(error: click.ClickException, message: str) -> str:
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}"
        case click.NoSuchCommand():
            return f"没有命令“{error.command_name}”"
        case click.MissingParameter(param=param) if param is not None:
            return f"缺少 {param.get_error_hint(error.ctx)}"
        case click.BadParameter(param=param) if param is not None:
            return f"{param.get_error_hint(error.ctx)} 的值不对：{error.message}"
    return message


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

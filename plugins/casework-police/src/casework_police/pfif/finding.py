"""What is wrong with a PFIF document: where, what, and a code that leads to a heading of ``docs/pfif.md``."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Literal

import attrs

from casework import Language, Text

Level = Literal["warning", "error", "fatal"]

CODES = MappingProxyType(
    {
        "not-well-formed": Text("not well-formed XML", "不是格式良好的 XML"),
        "doctype": Text("a document type declaration is refused", "不接受文档类型声明（DTD）"),
        "encoding": Text("a PFIF document is UTF-8", "PFIF 文档须为 UTF-8 编码"),
        "xml-version": Text("a PFIF document is XML 1.0", "PFIF 文档须为 XML 1.0"),
        "compressed": Text("a compressed file is not unpacked", "不解压压缩文件"),
        "too-deep": Text("elements are nested too deeply", "元素嵌套过深"),
        "too-large": Text("larger than the limit", "超出大小限制"),
        "not-pfif": Text("not a PFIF document", "不是 PFIF 文档"),
        "unknown-version": Text("not a version of PFIF that is read", "不支持的 PFIF 版本"),
        "unknown-element": Text("no element of PFIF", "不是 PFIF 的元素"),
        "foreign-element": Text("an element of another vocabulary, left out", "其他词汇的元素，已忽略"),
        "foreign-attribute": Text("PFIF elements have no attributes; left out", "PFIF 元素没有属性，已忽略"),
        "misplaced-element": Text("an element where it may not stand", "元素位置不当"),
        "stray-text": Text("text between elements, left out", "元素之间的文字，已忽略"),
        "repeated-field": Text("a field stands twice", "字段重复"),
        "missing-field": Text("a field is missing", "缺少字段"),
        "too-long": Text("a text is longer than the limit", "文字超出长度限制"),
        "too-many-notes": Text("more notes than the limit", "备注数超出限制"),
        "other-person": Text("a note within a person names another one", "人员记录内的备注指向另一人"),
        "bad-record-id": Text("no record identifier", "记录编号不合格式"),
        "future-date": Text("lies in the future, so nobody can go by it", "日期在将来，不能作为依据"),
        "bad-time": Text("no instant in UTC", "不是世界标准时间"),
        "bad-date": Text("no date of birth", "出生日期不合格式"),
        "bad-age": Text("no age", "年龄不合格式"),
        "bad-sex": Text("no value of sex", "性别取值不当"),
        "bad-status": Text("no value of status", "状态取值不当"),
        "bad-boolean": Text("neither true nor false", "不是 true 或 false"),
        "bad-country": Text("no country code", "国家代码不合格式"),
        "bad-email": Text("no e-mail address", "电子邮箱不合格式"),
        "bad-phone": Text("no telephone number", "电话号码不合格式"),
        "bad-url": Text("no address of the web", "网址不合格式"),
        "bad-text": Text("a text that XML cannot hold", "文字含有 XML 不允许的字符"),
        "expired-contents": Text("contents past their expiry, not read", "内容已过失效日期，未读取"),
        "expired-note": Text("a note of an expired person, not read", "已失效人员的备注，未读取"),
        "repeated-record": Text("a record stands twice in the file", "文件中记录重复"),
        "older-record": Text("older than what is held, ignored", "早于已有记录，已忽略"),
        "unknown-order": Text(
            "dated in the future, so it may be older than what is held; ignored", "日期在将来，无法判断新旧，未采用"
        ),
        "older-tombstone": Text(
            "expired, but what is held was written later; not cleared", "已过期，但已有记录写于其后，未清除"
        ),
        "own-record": Text("a record of this register, ignored", "本登记系统的记录，已忽略"),
        "several-reports": Text("several reports mirror this record", "有多份报告对应该记录"),
        "no-such-person": Text("a note about a person who is not held", "备注所指人员不在册"),
        "note-of-gone": Text("a note about a report that is kept no longer", "备注所指报告已不再保存"),
        "closed-report": Text("the report is closed; somebody has to resume it", "报告已结案，须先恢复查找"),
        "not-cleared": Text(
            "expired, but the report is closed and keeps its contents", "已过期，但报告已结案、内容仍在"
        ),
        "kept-as-remark": Text("has no field here, kept as a remark", "没有对应字段，已记入备注"),
        "refused": Text("refused", "被拒绝"),
        "not-writable": Text(
            "a value that PFIF cannot hold; the report does not leave", "含有 PFIF 无法表示的内容，未导出"
        ),
        "not-remarked": Text("could not be remarked in the log; the report does not leave", "无法留下记录，未导出"),
    }
)


_SHOWN = 120


@attrs.frozen(kw_only=True)
class PfifFinding:
    """One violation: the *line* of the file (from 1, 0 where it is about no line), the *record*, the *field*, and why.

    After a ``fatal`` one reading stops; an ``error`` costs its record; a ``warning`` costs nothing.
    """

    code: str
    line: int
    message: Text
    level: Level = "error"
    record: str = ""
    field: str = ""

    @property
    def page(self) -> str:
        """Where the documentation explains it."""
        return f"plugins/casework-police/docs/pfif.md#{self.code}"

    def sentence(self, language: Language) -> str:
        """One line for people: where it is, then what it is."""
        place = Text(f"line {self.line}", f"第 {self.line} 行").in_(language) if self.line else ""
        where = " ".join(part for part in (self.record, self.field) if part)
        colon = Text(": ", "：").in_(language)
        return colon.join(part for part in (place, where, self.message.in_(language)) if part)

    def __str__(self) -> str:
        return f"{self.code} {self.sentence('en')}"

    def plain(self) -> dict[str, Any]:
        """The finding as JSON holds it."""
        told = {"code": self.code, "level": self.level, "line": self.line, "record": self.record, "field": self.field}
        return {**told, "message": {"en": self.message.en, "zh": self.message.zh}}


def finding(
    code: str, line: int, more: Text = Text(), *, level: Level = "error", record: str = "", field: str = ""
) -> PfifFinding:
    """A finding of that code: the code's own sentence, and what there is to say *more*."""
    title = CODES[code]
    message = Text(f"{title.en}: {more.en}", f"{title.zh}：{more.zh}") if more.en else title
    return PfifFinding(code=code, line=line, message=message, level=level, record=record, field=field)


def shown(name: str) -> str:
    """What a file calls something, short and in characters that every screen can show."""
    told = name if name.isprintable() else ascii(name)[1:-1]
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


@attrs.frozen(kw_only=True)
class Rejected:
    """A record that did not come through, with everything that is wrong with it. *line* is where it begins."""

    kind: Literal["person", "note"]
    line: int
    record: str
    findings: tuple[PfifFinding, ...]

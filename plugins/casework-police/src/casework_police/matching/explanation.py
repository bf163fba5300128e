"""The explanation of a score: a part for each topic, with a sentence in both languages that a caseworker can check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import attrs

from casework import Text
from casework_police.matching.description import Missing, NameKind, Topic
from casework_police.matching.weights import CONTRADICTS

Verdict = Literal["agrees", "near", "differs", "missing", "incomparable"]
Side = Literal["ours", "theirs"]
MayRead = Callable[[Side, Topic], bool]
"""Whether the asker may read what a side says of a topic."""

TITLES: Mapping[str, Text] = MappingProxyType(
    {
        "name": Text("name", "姓名"),
        "sex": Text("sex", "性别"),
        "age": Text("age", "年龄"),
        "home": Text("home", "家乡住址"),
        "place": Text("place where seen", "出现地点"),
        "date": Text("date when seen", "出现日期"),
    }
)
_SEXES = {"male": "男", "female": "女", "other": "其他"}
_VERDICTS = {
    "agrees": Text("agrees", "一致"),
    "near": Text("is near", "相近"),
    "differs": Text("differs", "不一致"),
    "missing": Text("is missing", "缺失"),
    "incomparable": Text("cannot be compared", "无法比较"),
}
_REASONS = {
    Missing.NOT_ASKED: Text("not asked", "未询问"),
    Missing.REFUSED: Text("refused to say", "拒绝说明"),
    Missing.UNABLE: Text("unable to say", "无法说明"),
    Missing.UNKNOWN: Text("asked, not known", "询问后不详"),
    Missing.BLANK: Text("left blank", "空白"),
}
_KINDS = {
    "stated": Text("stated", "陈述或证件"),
    "alias": Text("alias", "别名"),
    "former": Text("former name", "曾用名"),
    "heard": Text("as heard", "听称"),
}
_SHOWN = 80
_LEVELS = (
    Text("nothing", "无"),
    Text("province", "省级"),
    Text("city", "市级"),
    Text("county", "县级"),
    Text("town", "乡镇"),
    Text("village or street", "村或街道"),
)


@attrs.frozen
class Part:
    """What one topic says: whether it agrees, its weight in bits, and what was compared.

    *ours* and *theirs* are values as they are shown, None where there is none or the asker may not read it. They are
    left out of ``repr()``, so that no log holds them. A *hidden* part keeps its verdict alone.
    """

    topic: Topic
    verdict: Verdict
    weight: float
    ours: str | None = attrs.field(default=None, repr=False)
    theirs: str | None = attrs.field(default=None, repr=False)
    missing: tuple[Missing | None, Missing | None] = attrs.field(default=(None, None), kw_only=True)
    alike: float | None = attrs.field(default=None, kw_only=True)
    kinds: tuple[NameKind, NameKind] | None = attrs.field(default=None, kw_only=True)
    rare: bool = attrs.field(default=False, kw_only=True)
    against: bool = attrs.field(default=False, kw_only=True)
    years: float | None = attrs.field(default=None, kw_only=True)
    level: int = attrs.field(default=0, kw_only=True)
    by_sound: bool = attrs.field(default=False, kw_only=True)
    days: int | None = attrs.field(default=None, kw_only=True)
    hidden: bool = attrs.field(default=False, kw_only=True)

    @property
    def contradicts(self) -> bool:
        """Whether this, or half of a name in it, speaks against so clearly that somebody has to explain it first."""
        return self.against or self.weight <= CONTRADICTS

    def redacted(self, may_read: MayRead) -> Part:
        """The part without what the asker may not read: the verdict stays, values and everything measured go."""
        ours, theirs = may_read("ours", self.topic), may_read("theirs", self.topic)
        if ours and theirs:
            return self
        return Part(
            self.topic,
            self.verdict,
            0.0,
            self.ours if ours else None,
            self.theirs if theirs else None,
            against=self.contradicts,
            hidden=True,
        )

    @property
    def text(self) -> Text:
        """The part as one sentence."""
        title, verdict = TITLES[self.topic], _VERDICTS[self.verdict]
        if self.hidden:
            return Text(
                f"{title.en}: {verdict.en} (you may not read all of it)",
                f"{title.zh}：{verdict.zh}（部分内容不可查看）",
            )
        if self.verdict == "missing":
            return _missing(title, self.missing)
        seen, how = _values(self), _how(self)
        return Text(f"{title.en} {verdict.en}: {seen.en}{how.en}", f"{title.zh}{verdict.zh}：{seen.zh}{how.zh}")

    def plain(self) -> dict[str, Any]:
        """The part for JSON; null where something is not known or not shown."""
        return {
            "topic": self.topic,
            "verdict": self.verdict,
            "weight": None if self.hidden else round(self.weight, 2),
            "ours": self.ours,
            "theirs": self.theirs,
            "hidden": self.hidden,
            "text": {"en": self.text.en, "zh": self.text.zh},
        }


def _missing(title: Text, reasons: tuple[Missing | None, Missing | None]) -> Text:
    sides = (Text("this record", "本案"), Text("the other", "对方"))
    told = [(side, _REASONS[reason]) for side, reason in zip(sides, reasons, strict=True) if reason is not None]
    return Text(
        f"{title.en} is missing: " + ", ".join(f"{side.en}: {reason.en}" for side, reason in told),
        f"{title.zh}缺失：" + "，".join(f"{side.zh}{reason.zh}" for side, reason in told),
    )


def _values(part: Part) -> Text:
    ours, theirs = _short(part.ours), _short(part.theirs)
    if part.topic == "sex":
        return Text(f"{ours} / {theirs}", f"{_SEXES.get(ours, ours)}／{_SEXES.get(theirs, theirs)}")
    if part.kinds is not None:
        first, second = (_KINDS[kind] for kind in part.kinds)
        return Text(f"{ours} ({first.en}) / {theirs} ({second.en})", f"{ours}（{first.zh}）／{theirs}（{second.zh}）")
    return Text(f"{ours} / {theirs}", f"{ours}／{theirs}")


def _short(value: str | None) -> str:
    """A value on one line; a long one is cut, so that all reasons together fit a field of a form."""
    plain = " ".join((value or "-").split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"


def _how(part: Part) -> Text:
    """What was measured, where it explains the weight."""
    if part.verdict == "incomparable":
        return Text()
    if part.topic == "name" and part.alike is not None:
        rare = Text("; a rare name", "；姓名少见") if part.rare else Text()
        half = Text("; one part of it differs", "；姓或名不一致") if part.against else rare
        return Text(f"; likeness {part.alike:.2f}{half.en}", f"；相似度{part.alike:.2f}{half.zh}")
    if part.topic == "age" and part.years:
        return Text(f"; {part.years:g} years apart", f"；相差{part.years:g}年")
    if part.days is not None and part.days < 0:
        return Text(f"; found {-part.days} days before being lost", f"；发现日期早于走失{-part.days}天")
    if part.days is not None:
        return Text(f"; {part.days} days apart", f"；相隔{part.days}天")
    if part.level:
        level = _LEVELS[part.level]
        sound = Text(" by sound", "（读音）") if part.by_sound else Text()
        return Text(f"; same {level.en}{sound.en}", f"；{level.zh}相同{sound.zh}")
    return Text()

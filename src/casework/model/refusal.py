"""Why the engine said no, as a value: what is unmet, who could act, what would help."""

from __future__ import annotations

from itertools import zip_longest
from typing import Literal, get_args

import attrs

from casework.condition.tree import Condition
from casework.text import Language, Text

RefusalCode = Literal[
    "invalid-form",
    "wrong-state",
    "not-permitted",
    "unmet",
    "stale",
    "request-reused",
    "not-found",
    "part-absent",
    "part-failed",
    "limit-reached",
    "invariant-broken",
    "too-many-steps",
    "review-due",
    "not-undoable",
    "not-adoptable",
    "not-erasable",
    "erased",
    "store-unavailable",
    "outcome-unknown",
]
REFUSAL_CODES: tuple[RefusalCode, ...] = get_args(RefusalCode)

SENTENCES: dict[RefusalCode, Text] = {
    "invalid-form": Text("what was filled in cannot be taken", "所填内容无法接受"),
    "wrong-state": Text("this cannot be done in the present state", "当前状态下不能这样做"),
    "not-permitted": Text("you may not do this", "您无权这样做"),
    "unmet": Text("still to be met", "尚未满足的条件"),
    "stale": Text("somebody else was faster; look at the case again", "案件已被他人更新，请重新查看"),
    "request-reused": Text("this request id was used for something else", "该请求编号已用于其他内容"),
    "not-found": Text("there is no such case", "没有这个案件"),
    "part-absent": Text("a part that this needs is not installed", "所需的组件未安装"),
    "part-failed": Text("a part that this needs failed", "所需的组件出错"),
    "limit-reached": Text("there is not enough left", "余量不足"),
    "invariant-broken": Text("this would break what must always hold", "这将违反必须始终成立的约束"),
    "too-many-steps": Text("the automatic steps do not come to rest", "自动步骤无法停止"),
    "review-due": Text("a review has to come first", "须先完成复核"),
    "not-undoable": Text("this entry can no longer be undone", "该记录已无法撤销"),
    "not-adoptable": Text(
        "this case does not fit the present definition as it stands", "该案件目前的情况不符合现行定义"
    ),
    "not-erasable": Text("what is known of this person cannot be erased now", "目前不能清除此人的信息"),
    "erased": Text(
        "what was known of this person was erased; nothing personal is recorded here any more",
        "此人的信息已清除，不再记录其个人信息",
    ),
    "store-unavailable": Text("the records cannot be reached just now; try again", "暂时无法访问记录，请重试"),
    "outcome-unknown": Text(
        "it is not known whether this was done; ask with the request id", "结果未知，请用请求编号查询"
    ),
}


HIDDEN_TEXT = Text("it depends on information that you may not see", "取决于您无权查看的信息")


@attrs.frozen
class Problem:
    """One mistake in a form: the field, what is wrong, in words."""

    field: str
    text: Text

    def sentence(self, language: Language) -> str:
        """What is wrong, led by the field where the words do not name it themselves."""
        told = self.text.in_(language)
        if not self.field or self._named:
            return told
        return f"{self.field}{'：' if language == 'zh' else ': '}{told}"

    @property
    def _named(self) -> bool:
        """Whether the English begins with the field or quotes it; the Chinese then says its title."""
        en, after = self.text.en, self.text.en[len(self.field) : len(self.field) + 1]
        return repr(self.field) in en or (en.startswith(self.field) and after in ("", " ", ":", ","))


@attrs.frozen
class Unmet:
    """One clause that does not hold, in words.

    *unknown* says that a fact is missing rather than wrong. A *hidden* clause is about something that
    the asker may not see; it has neither condition nor words of its own. *source* is who asks for it.
    *because* is the reason that the definition gives, which stands in *text* as well.
    """

    text: Text
    condition: Condition | None = None
    unknown: bool = False
    hidden: bool = False
    source: str = ""
    because: Text = Text()

    def without_reason(self, language: Language) -> str:
        """The clause alone, for several that have one reason."""
        reason = self.because.in_(language)
        told = f"（{reason}）" if language == "zh" else f" ({reason})"
        return self.text.in_(language).replace(told, "", 1) if reason else self.text.in_(language)


@attrs.frozen
class Help:
    """A step that would bring the case nearer: the trigger, who may fire it, in words."""

    trigger: str
    roles: tuple[str, ...]
    text: Text


@attrs.frozen
class Refusal:
    """A no with its reasons. It precedes every write: nothing has happened."""

    code: RefusalCode
    trigger: str = ""
    case_id: str = ""
    text: Text = Text()
    problems: tuple[Problem, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    roles: tuple[str, ...] = ()
    help: tuple[Help, ...] = ()
    revision: int | None = None
    part: str = ""

    @property
    def page(self) -> str:
        """Where the documentation explains this refusal."""
        return f"docs/reference/refusals.md#{self.code}"

    def sentence(self, language: Language) -> str:
        """The whole refusal as a sentence or two."""
        colon, stop = ("：", "；") if language == "zh" else (": ", "; ")
        head = (self.text or SENTENCES[self.code]).in_(language)
        reasons = [problem.sentence(language) for problem in self.problems]
        for clause, later in zip_longest(self.unmet, self.unmet[1:]):
            again = later is not None and later.because == clause.because
            reasons.append(clause.without_reason(language) if again else clause.text.in_(language))
        text = head + (colon + stop.join(reasons) if reasons else "")
        if self.help:
            lead = "可行的办法：" if language == "zh" else "what would help: "
            text += (
                ("。" if language == "zh" else ". ") + lead + stop.join(step.text.in_(language) for step in self.help)
            )
        return text

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence('en')}"

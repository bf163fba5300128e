"""The reader for people: a condition as a sentence in Chinese or English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from casework.condition import tree
from casework.condition.literal import Value, duration_text
from casework.condition.tree import All, Among, Any, Compare, Condition, Differs, HasRole, Known, Not, Overdue
from casework.text import Language

Titles = Callable[[str, str, Language], str]
"""The title of a named thing: ``titles("field", "age", "zh")`` gives 年龄."""

_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_WORDS: dict[str, dict[Language, str]] = {
    "is": {"en": "{0} is {1}", "zh": "{0}为{1}"},
    "is not": {"en": "{0} is not {1}", "zh": "{0}不为{1}"},
    "sign": {"en": "{0} {2} {1}", "zh": "{0}{2}{1}"},
    "among": {"en": "{0} is one of {1}", "zh": "{0}为以下之一：{1}"},
    "none of": {"en": "{0} is none of {1}", "zh": "{0}不是以下任何一个：{1}"},
    "known": {"en": "{0} is known", "zh": "已知{0}"},
    "unknown": {"en": "{0} is not known", "zh": "{0}未知"},
    "overdue": {"en": "the deadline {0} has run out", "zh": "期限“{0}”已过"},
    "in time": {"en": "the deadline {0} has not run out", "zh": "期限“{0}”未过"},
    "role": {"en": "whoever acts is {0}", "zh": "办理人是{0}"},
    "no role": {"en": "whoever acts is not {0}", "zh": "办理人不是{0}"},
    "differs": {"en": "whoever acts is another person than the one who did: {0}", "zh": "办理人不是办理“{0}”的人"},
    "same": {"en": "whoever acts is the person who did: {0}", "zh": "办理人就是办理“{0}”的人"},
    "elapsed": {"en": "the time since {0} is {2} {1}", "zh": "自{0}起的时间{2}{1}"},
    "optional": {"en": "where there is {0}: {1}", "zh": "如有“{0}”：{1}"},
    "slot": {"en": "{0} (bound by the host)", "zh": "{0}（由宿主绑定）"},
    "not": {"en": "not ({0})", "zh": "并非（{0}）"},
    "and": {"en": " and ", "zh": "，且"},
    "or": {"en": " or ", "zh": "，或"},
    "always": {"en": "nothing more is asked", "zh": "无其他条件"},
    "never": {"en": "never", "zh": "永不"},
    "true": {"en": "yes", "zh": "是"},
    "false": {"en": "no", "zh": "否"},
}


def sentence(condition: Condition, titles: Titles, language: Language) -> str:
    """*condition* in words, with the titles that *titles* gives to its names."""
    return _Speaker(titles, language).say(condition)


class _Speaker:
    def __init__(self, titles: Titles, language: Language) -> None:
        self._titles, self._language = titles, language

    def _word(self, word: str, *parts: str) -> str:
        # Only our own templates are formatted; titles and values go in as arguments (F77).
        return _WORDS[word][self._language].format(*parts)

    def _title(self, kind: str, name: str) -> str:
        return self._titles(kind, name, self._language)

    def say(self, condition: Condition, inner: bool = False) -> str:
        match condition:
            case All(terms) | Any(terms):
                return self._joined(condition, terms, inner)
            case Not(term):
                return self._negated(term)
            case Compare(left, operator, right):
                return self._compared(left, operator, right)
            case Among(left, values):
                return self._word("among", self._operand(left), self._values(left, values))
            case tree.Optional(workflow, term):
                return self._word("optional", self._title("workflow", workflow), self.say(term))
            case tree.Slotted(slot):
                return self._word("slot", slot)
        return self._atom(condition, holds=True)

    def _joined(self, condition: Condition, terms: tuple[Condition, ...], inner: bool) -> str:
        every = isinstance(condition, All)
        if not terms:
            return self._word("always" if every else "never")
        text = self._word("and" if every else "or").join(self.say(term, inner=True) for term in terms)
        return f"({text})" if inner and len(terms) > 1 else text

    def _negated(self, term: Condition) -> str:
        match term:
            case Compare(left, operator, right):
                return self._compared(left, _OPPOSITE[operator], right)
            case Among(left, values):
                return self._word("none of", self._operand(left), self._values(left, values))
            case Known() | Overdue() | HasRole() | Differs():
                return self._atom(term, holds=False)
        return self._word("not", self.say(term))

    def _atom(self, condition: Condition, holds: bool) -> str:
        match condition:
            case Known(left):
                return self._word("known" if holds else "unknown", self._operand(left))
            case Overdue(deadline):
                return self._word("overdue" if holds else "in time", self._title("deadline", deadline))
            case HasRole(role):
                return self._word("role" if holds else "no role", self._title("role", role))
            case Differs(trigger):
                return self._word("differs" if holds else "same", self._title("trigger", trigger))
        raise TypeError(f"{condition!r} is not a condition")

    def _compared(self, left: tree.Operand, operator: str, right: Value | timedelta) -> str:
        if isinstance(left, tree.ElapsedRef):
            return self._word("elapsed", self._title("mark", left.mark), self._value(left, right), _SIGNS[operator])
        if operator in ("eq", "ne"):
            return self._word("is" if operator == "eq" else "is not", self._operand(left), self._value(left, right))
        return self._word("sign", self._operand(left), self._value(left, right), _SIGNS[operator])

    def _operand(self, left: tree.Operand) -> str:
        match left:
            case tree.FieldRef(name):
                return self._title("field", name)
            case tree.GivenRef(name):
                return self._title("given", name)
            case tree.StateRef(workflow):
                return self._title("workflow", workflow)
            case tree.BalanceRef(account):
                return self._title("account", account)
        return self._title("mark", left.mark)

    def _values(self, left: tree.Operand, values: tuple[Value, ...]) -> str:
        return ("、" if self._language == "zh" else ", ").join(self._value(left, value) for value in values)

    def _value(self, left: tree.Operand, value: Value | timedelta) -> str:
        match value:
            case timedelta():
                return duration_text(value)
            case bool():
                return self._word("true" if value else "false")
            case str() if isinstance(left, tree.StateRef):
                return self._title("state", f"{left.workflow}.{value}")
            case str() if isinstance(left, tree.FieldRef | tree.GivenRef):
                return self._title("choice", f"{left.name}.{value}")
            case datetime():
                return value.strftime("%Y-%m-%d %H:%M UTC")
            case date():
                return value.isoformat()
        return str(value)

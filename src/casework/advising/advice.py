"""The answer to "why not, and what would help", as values and as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import zip_longest
from types import MappingProxyType
from typing import Literal

import attrs

from casework.condition.tree import Condition
from casework.text import Language, Text

Answer = Literal["now", "steps", "barred", "no way", "not found"]
StepKind = Literal["fire", "amend", "wait"]


@attrs.frozen(kw_only=True)
class Lack:
    """One thing that would have to change: a clause, reduced to what does not hold of it.

    *alternatives* are the smallest sets of conditions each of which would do, those that take the fewest steps first;
    a clause without ``any`` has one. *unknown* says that a fact is missing rather than wrong, *until* when time alone
    makes it hold. A *hidden* one is about something that the asker may not see; whether it holds is not told either.
    """

    text: Text
    alternatives: tuple[tuple[Condition, ...], ...] = ()
    unknown: bool = False
    hidden: bool = False
    source: str = ""
    because: Text = Text()
    until: datetime | None = None

    def told(self, *, reason: bool) -> Text:
        """The clause in words, with the reason that the definition gives for it where that is asked for."""
        en, zh = self.text.en, self.text.zh
        if self.unknown:
            en, zh = f"{en} (not known yet)", f"{zh}（尚不清楚）"
        if reason and self.because:
            en, zh = f"{en} ({self.because.in_('en')})", f"{zh}（{self.because.in_('zh')}）"
        return Text(en, zh)


@attrs.frozen(kw_only=True)
class NextStep:
    """One step on the way: *name* is the trigger that is fired, the field that is amended, or what is waited for.

    Each of *roles* is enough to take it; where none is, *together* are roles that one person needs. *form* is one way
    to fill it in, as far as the asker may read it; of it the values of *matters* lead on, the others are examples.
    *others_than* are triggers whose doer has to be another person. *at* is until when one waits.
    """

    kind: StepKind
    name: str
    text: Text
    roles: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    form: Mapping[str, object] = MappingProxyType({})
    matters: tuple[str, ...] = ()
    others_than: tuple[str, ...] = ()
    at: datetime | None = None


@attrs.frozen(kw_only=True)
class Advice:
    """Why *trigger* cannot be fired, or the state *reach* is not reached, and what would help.

    *answer* is "now" where nothing is in the way, "steps" where *steps* lead there, "barred" where an account has to be
    given something from elsewhere first, "no way" where no steps can lead there, and "not found" where none was found
    among the *looked* configurations; *limit* says how many it may have been.
    *yours* says whether the asker may do it, then or now; *roles* are those of which each is enough to do it, held
    in one of *units*, the case's own and those above it.
    *shortest* says that no shorter way exists, *sure* that the way leads there whatever is kept from the asker; *at* is
    when it can be done without anybody doing anything, if time alone allows it.
    """

    case_id: str
    revision: int
    asked_at: datetime
    answer: Answer
    goal: Text
    trigger: str = ""
    reach: str = ""
    yours: bool = False
    lacks: tuple[Lack, ...] = ()
    roles: tuple[str, ...] = ()
    who: Text = Text()
    units: tuple[str, ...] = ()
    steps: tuple[NextStep, ...] = ()
    at: datetime | None = None
    shortest: bool = False
    sure: bool = True
    looked: int = 0
    limit: int = 0

    @property
    def wait(self) -> timedelta | None:
        """How long until time alone allows it; None where it does not."""
        return None if self.at is None else self.at - self.asked_at

    def sentence(self, language: Language) -> str:
        """The whole answer in a few sentences."""
        space, stop = ("", "。") if language == "zh" else (" ", ".")
        return space.join(f"{line}{stop}" for line in self.lines(language))

    def lines(self, language: Language) -> tuple[str, ...]:
        """What stands in the way, what would help, and from when: each a sentence, without its full stop."""
        colon, mark = ("：", "；") if language == "zh" else (": ", "; ")
        parts = self.parts(language)
        return tuple(f"{lead}{colon}{mark.join(items)}" if items else lead for lead, items in parts)

    def parts(self, language: Language) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The same, each as what leads it and what it lists: the clauses, the numbered steps, or nothing."""
        told = [(lead, items) for lead, items in self._told() if lead]
        return tuple((lead.in_(language), tuple(item.in_(language) for item in items)) for lead, items in told)

    def way(self, language: Language) -> tuple[str, ...]:
        """The steps in words, numbered, and who can do it then; empty where there are none."""
        return tuple(text.in_(language) for text in self._way()) if self.steps else ()

    def _told(self) -> Iterator[tuple[Text, tuple[Text, ...]]]:
        goal = self.goal
        if self.answer == "now":
            yield self._now(), ()
        elif self.lacks:
            lead = Text(f"{goal.en}: still to be met", f"{goal.zh}：尚未满足的条件")
            yield lead, tuple(self._lacking())
        if self.answer == "steps":
            lead = Text() if self.lacks else Text(f"{goal.en}: ", f"{goal.zh}：")
            yield Text(f"{lead.en}what would help", f"{lead.zh}可行的办法"), tuple(self._way())
        elif self.answer == "barred":
            yield Text(f"{goal.en}: this case alone cannot bring that about", f"{goal.zh}：仅靠本案无法做到"), ()
        elif self.answer == "no way":
            yield Text(f"{goal.en}: no steps lead there from here", f"{goal.zh}：从目前情况出发，没有步骤可以做到"), ()
        elif self.answer == "not found":
            en = f"{goal.en}: no way was found among {self.looked} configurations; there may be one"
            yield Text(en, f"{goal.zh}：已查看{self.looked}种情况，未找到办法，但不排除存在"), ()
        if self.at is not None:
            when = self.at.strftime("%Y-%m-%d %H:%M UTC")
            yield Text(f"time alone allows it from {when}", f"仅凭时间推移，自{when}起即可"), ()
        if not self.sure:
            yield Text("this is as far as you may see", "以上仅以您可查看的信息为限"), ()

    def _now(self) -> Text:
        if not self.trigger:
            return Text(f"{self.goal.en}: it is so already", f"{self.goal.zh}：已经如此")
        if self.yours:
            return Text(f"{self.goal.en}: nothing stands in the way", f"{self.goal.zh}：可以办理")
        return Text(
            f"{self.goal.en}: this is for {self.who.en}; nothing else stands in the way",
            f"{self.goal.zh}：此项由{self.who.zh}办理，无其他障碍",
        )

    def _lacking(self) -> Iterator[Text]:
        """Every lack in words; a reason that several have after each other is given once."""
        for lack, later in zip_longest(self.lacks, self.lacks[1:]):
            yield lack.told(reason=later is None or later.because != lack.because)

    def _way(self) -> Iterator[Text]:
        for number, step in enumerate(self.steps, 1):
            yield Text(f"{number}. {step.text.en}", f"{number}. {step.text.zh}")
        if self.trigger:
            you = Text(", you among them", "（包括您）") if self.yours else Text()
            yield Text(f"then {self.who.en} can do it{you.en}", f"然后可由{self.who.zh}办理{you.zh}")

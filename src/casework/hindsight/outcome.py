"""What would have become of recorded cases under another definition, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs

from casework.model.refusal import Refusal
from casework.text import Language, Text

Verdict = Literal["same", "stopped", "otherwise", "untold"]
VERDICTS: tuple[Verdict, ...] = ("same", "stopped", "otherwise", "untold")

Cause = Literal["opaque", "erased", "limit", "roles", "record", "withheld", "imported", "subjects"]

CAUSES: Mapping[Cause, Text] = {
    "opaque": Text("what a part or an account would have said is not in the log", "组件或账户当时的结果未记入日志"),
    "erased": Text("it depends on values that were erased or are sealed", "取决于已清除或加密的内容"),
    "limit": Text("whether an account would have had enough is not in the log", "账户余量当时是否足够未记入日志"),
    "roles": Text("whether they held one of these roles is not in the log", "当时是否具有这些角色未记入日志"),
    "record": Text("the log cannot be retold by what it was written under", "按原定义无法复述该记录"),
    "withheld": Text("you may not read all that is known of this case", "您无权查看该案件的全部内容"),
    "imported": Text("the case came in from elsewhere, where it stands", "该案件由别处转入"),
    "subjects": Text("the proposal is about persons whom the case does not name", "新定义涉及案件中没有的当事人"),
}


@attrs.frozen(kw_only=True)
class Stopped:
    """The recorded entry that would have been refused, and why."""

    entry: int
    at: datetime
    what: str
    refusal: Refusal

    def sentence(self, language: Language) -> str:
        """Why, as whoever was stopped would have read it."""
        return self.refusal.sentence(language)


@attrs.frozen(kw_only=True)
class Untold:
    """Something that the log does not tell: from which entry on, why, and the name of what it hangs on."""

    entry: int
    cause: Cause
    name: str = ""

    def sentence(self, language: Language) -> str:
        """Why it cannot be told."""
        text = CAUSES[self.cause].in_(language)
        return (
            f"{text} ({self.name})" if self.name and language == "en" else text + f"（{self.name}）" * bool(self.name)
        )


@attrs.frozen(kw_only=True)
class Waited:
    """One run of a deadline, as it was and as it would have been; None where it did not run or cannot be told.

    *breached* says whether it ran out before the case left its states.
    """

    deadline: str
    began: datetime
    due: datetime | None
    breached: bool | None
    due_proposed: datetime | None
    breached_proposed: bool | None

    @property
    def longer(self) -> bool | None:
        """Whether the proposal gives more time than there was; None where one of both did not run."""
        return None if self.due is None or self.due_proposed is None else self.due_proposed > self.due


@attrs.frozen(kw_only=True)
class AccessChange:
    """A right by which an entry was made, and how the roles that have it change: those that lose and gain it.

    *person* made the entry. *concerned* says whether they would have lost it; None where their roles are not known.
    """

    entry: int
    what: str
    person: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    concerned: bool | None


@attrs.frozen(kw_only=True)
class Replayed:
    """One case under the proposal. *states* are those of its end as it was, *states_proposed* as it would have been.

    A workflow that only one of both has makes no difference by itself.
    """

    case_id: str
    case_type: str
    entries: int
    stopped: Stopped | None = None
    untold: tuple[Untold, ...] = ()
    waited: tuple[Waited, ...] = ()
    access: tuple[AccessChange, ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    states_proposed: tuple[tuple[str, str], ...] = ()

    @property
    def verdict(self) -> Verdict:
        """*stopped* where an entry would be refused; *untold* before *otherwise* and *same*, for nothing is guessed."""
        if self.stopped is not None:
            return "stopped"
        if self.untold:
            return "untold"
        was, would = dict(self.states), dict(self.states_proposed)
        ended = all(would[name] == state for name, state in was.items() if name in would)
        return "same" if ended and not self.waited else "otherwise"


@attrs.frozen(kw_only=True)
class Replay:
    """Recorded cases under a proposed definition. Nothing was written."""

    case_type: str
    proposal: str
    cases: tuple[Replayed, ...]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many cases came to each verdict."""
        found = Counter(case.verdict for case in self.cases)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def access(self) -> Mapping[tuple[str, str, str], int]:
        """In how many entries a role would have lost or gained what they were made by: (what, role, lost or gained)."""
        found: Counter[tuple[str, str, str]] = Counter()
        for change in (item for case in self.cases for item in case.access):
            found.update((change.what, role, "lost") for role in change.lost)
            found.update((change.what, role, "gained") for role in change.gained)
        return dict(sorted(found.items()))

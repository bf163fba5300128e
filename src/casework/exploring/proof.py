"""What was asked of a case type with all that is attached to it, and the answers: proven, refuted, or open and why."""

from __future__ import annotations

from typing import Literal

import attrs

from casework.exploring.replay import Step
from casework.model.finding import Finding
from casework.text import Text

Answer = Literal["proven", "refuted", "not proven"]


@attrs.frozen(kw_only=True)
class Told:
    """One step of a counterexample: as deciding took it, and in words."""

    step: Step
    text: Text


@attrs.frozen(kw_only=True)
class Verdict:
    """The answer to one question. *about* is the state, transition, invariant or deadline that it is about.

    A refuted one has a *path*, the shortest there is, that deciding accepts step by step. One that is not proven says
    in *settle* what would settle it.
    """

    code: str
    answer: Answer
    about: str
    text: Text
    path: tuple[Told, ...] = ()
    settle: Text = Text()
    level: Literal["error", "warning"] = "error"

    @property
    def finding(self) -> Finding:
        """The verdict as the check tells it, with the path in a line."""
        way = " → ".join(told.text.en for told in self.path)
        told = f"{self.text.en}: {way}" if way else self.text.en
        return Finding(self.code, self.about, f"{told}; {self.settle.en}" if self.settle else told, level=self.level)


@attrs.frozen(kw_only=True)
class Proof:
    """All that was found out about one manifest, and how much was looked at."""

    case_type: str
    manifest: str
    configurations: int
    moves: int
    complete: bool
    verdicts: tuple[Verdict, ...]
    opaque: tuple[str, ...] = ()
    """The Python parts whose answers were tried both ways."""

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """What keeps a case type from being used."""
        return tuple(v for v in self.verdicts if v.answer == "refuted" and v.level == "error")

    @property
    def warnings(self) -> tuple[Verdict, ...]:
        """What should be looked at, and does not keep a case type from being used."""
        return tuple(v for v in self.verdicts if v.answer == "refuted" and v.level == "warning")

    @property
    def unproven(self) -> tuple[Verdict, ...]:
        """What could be neither proven nor refuted."""
        return tuple(v for v in self.verdicts if v.answer == "not proven")

    @property
    def answer(self) -> Answer:
        """Refuted where anything is, proven where everything is."""
        if self.refuted:
            return "refuted"
        return "not proven" if self.unproven or not self.complete else "proven"

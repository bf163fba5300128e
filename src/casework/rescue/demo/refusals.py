"""The refusals that were met, by code: how many, and one of each kind in words."""

from __future__ import annotations

from collections import Counter

import attrs

from casework import Refusal, Text
from casework.rescue.demo.acts import Act


@attrs.frozen
class Sample:
    """One refusal: what was tried, and what the engine answered."""

    code: str
    why: Text
    answer: Text


_FULL_HOUSE = Text("a bed in a full house", "床位已满时安排住宿")


@attrs.define
class Seen:
    """Counts by code, and the first sample of each thing that was tried."""

    counts: Counter[str] = attrs.field(factory=Counter)
    samples: dict[str, Sample] = attrs.field(factory=dict)
    tries: Counter[str] = attrs.field(factory=Counter)

    def add(self, act: Act, refusal: Refusal) -> None:
        """Count a refusal; keep the sentence of the first of its kind."""
        why = act.why or (_FULL_HOUSE if refusal.code == "limit-reached" else Text(act.trigger, act.trigger))
        if not act.expect and refusal.code != "limit-reached":
            return
        self.counts[refusal.code] += 1
        self.tries[why.en] += 1
        self.samples.setdefault(why.en, Sample(refusal.code, why, Text(refusal.sentence("en"), refusal.sentence("zh"))))

    def one_of_each(self) -> list[Sample]:
        """The first sample of each code, the most frequent code first."""
        first: dict[str, Sample] = {}
        for sample in self.samples.values():
            first.setdefault(sample.code, sample)
        return [first[code] for code, _ in self.counts.most_common()]

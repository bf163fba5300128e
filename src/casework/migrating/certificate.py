"""The certificate: what becomes of every configuration that a case of the old definition may stand in.

*safe* stands as it is, *mapped* goes where the rules say, *impossible* has no rule or lands where the new
definition forbids it; *depends* is decided by facts of the case itself, and it says by which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Literal

import attrs

from casework.condition.sentence import sentence
from casework.condition.tree import Condition
from casework.migrating.landing import Configuration, broken, configuration, landing
from casework.migrating.outcomes import answers
from casework.migrating.reaching import Configurations, reached
from casework.migrating.rules import Rules
from casework.model.finding import Finding
from casework.text import Text

Kind = Literal["safe", "mapped", "depends", "impossible"]
KINDS: tuple[Kind, ...] = ("safe", "mapped", "depends", "impossible")
LANDINGS_LIMIT = 256
"""A configuration whose rules lead to more places than this is said to depend on its facts."""


@attrs.frozen(kw_only=True)
class Fate:
    """What becomes of cases that stand in *states*: where they may come to rest, and why not all of them do."""

    states: Configuration
    kind: Kind
    becomes: tuple[Configuration, ...] = ()
    because: tuple[Text, ...] = ()


@attrs.frozen(kw_only=True)
class Certificate:
    """What becomes of every configuration of one older manifest.

    It is *complete* where no other configuration can be reached. *obstacles* are what cases may hold that has no
    place in the new definition, whatever state they are in; such cases stay, each with its reason.
    """

    case_type: str
    left: str
    right: str
    version: int
    fates: tuple[Fate, ...]
    complete: bool
    obstacles: tuple[Finding, ...]

    @property
    def proven(self) -> bool:
        """Whether every case is sure to move, but for those that somebody may not migrate."""
        return self.complete and not self.obstacles and all(fate.kind in ("safe", "mapped") for fate in self.fates)

    def counts(self) -> Mapping[Kind, int]:
        """How many configurations there are of each kind."""
        found = Counter(fate.kind for fate in self.fates)
        return {kind: found[kind] for kind in KINDS}


def certify(rules: Rules, configurations: Configurations | None = None) -> Certificate:
    """Classify *configurations*, by default those that are found by following the old definition's states."""
    from casework.migrating.checking import obstacles

    looked = configurations if configurations is not None else reached(rules.left)
    return Certificate(
        case_type=rules.left.case_type.name,
        left=rules.left.manifest.hash,
        right=rules.right.manifest.hash,
        version=rules.left.case_type.version,
        fates=tuple(fate_of(rules, states) for states in looked),
        complete=looked.complete,
        obstacles=tuple(obstacles(rules)),
    )


def fate_of(rules: Rules, states: Mapping[str, str]) -> Fate:
    """What becomes of cases that stand in *states*, one of every workflow of the old definition."""
    return _Judge(rules, states).fate()


class _Judge:
    """Asks every rule about one configuration."""

    def __init__(self, rules: Rules, states: Mapping[str, str]) -> None:
        self._rules, self._states = rules, states
        self._here = configuration(states)
        self._reasons: list[Text] = []
        self._sure = True

    def fate(self) -> Fate:
        targets = self._targets()
        if targets is None:
            return Fate(states=self._here, kind="impossible", because=tuple(self._reasons))
        rests, stuck = self._landings(targets)
        if stuck and not rests:
            return Fate(states=self._here, kind="impossible", because=tuple(dict.fromkeys(self._reasons)))
        kind: Kind = "mapped" if any(self._rules.declared(*place) for place in self._states.items()) else "safe"
        if stuck or not self._sure:
            kind = "depends"
        return Fate(states=self._here, kind=kind, becomes=rests, because=tuple(dict.fromkeys(self._reasons)))

    def _targets(self) -> dict[str, tuple[str | None, ...]] | None:
        """Where each workflow of the new definition may stand; None where one of them can stand nowhere."""
        right, found, possible = self._rules.right, dict[str, tuple[str | None, ...]](), True
        if right.main != self._rules.left.main:
            self._say(f"the main workflow is {right.main!r} now", f"主流程现为“{right.main}”")
            return None
        for name, state in self._states.items():
            rules = self._rules.of_state(name, state)
            told = answers(rules, self._states)
            if not rules:
                self._say(f"there is no rule for {state!r} of {name!r}", f"没有“{name}”的“{state}”的规则")
            possible = possible and bool(told.targets)
            self._open(name, told.unknown, told.none and bool(rules))
            if name in right.workflows:
                found[name] = told.targets
        for name in right.workflows:
            if name not in self._states:
                told = answers(self._rules.of_begin(name), self._states)
                self._open(name, told.unknown, told.none)
                found[name] = told.targets
        return found if possible else None

    def _open(self, workflow: str, unknown: tuple[Condition, ...], none: bool) -> None:
        titles = self._rules.left.titles
        for condition in unknown:
            asked = Text(sentence(condition, titles, "en"), sentence(condition, titles, "zh"))
            self._say(
                f"{workflow!r} depends on what may be unknown: {asked.en}",
                f"“{workflow}”取决于可能未知的内容：{asked.zh}",
            )
        if none:
            self._say(f"no rule of {workflow!r} may hold", f"“{workflow}”的规则可能都不成立")
        self._sure = self._sure and not unknown and not none

    def _landings(self, targets: Mapping[str, tuple[str | None, ...]]) -> tuple[tuple[Configuration, ...], bool]:
        """Where cases may come to rest, and whether some of them may not stand there."""
        rests: dict[Configuration, None] = {}
        stuck, right = False, self._rules.right
        ways = list(islice(product(*targets.values()), LANDINGS_LIMIT + 1))
        if len(ways) > LANDINGS_LIMIT:
            self._sure = False
            self._say("there are too many ways to look at", "可能的情况过多")
        for way in ways[:LANDINGS_LIMIT]:
            there = {name: state for name, state in zip(targets, way, strict=True) if state is not None}
            if len(there) < len(targets) or there[right.main] in right.workflows[right.main].finals:
                stuck = True
                self._say("a case that runs would have ended", "在办案件将被终结")
                continue
            found = landing(right, there)
            self._sure = self._sure and found.sure
            for rest in found.rests:
                wrong = list(broken(right, dict(rest)))
                self._reasons += [item.because for item in wrong]
                stuck = stuck or bool(wrong)
                if not any(item.surely for item in wrong):
                    rests[rest] = None
        return tuple(rests), stuck

    def _say(self, en: str, zh: str) -> None:
        self._reasons.append(Text(en, zh))


def totals(fates: Iterator[tuple[Fate, int]]) -> Mapping[Kind, int]:
    """How many cases there are of each kind, from how many stand in each configuration."""
    found: Counter[Kind] = Counter()
    for fate, count in fates:
        found[fate.kind] += count
    return {kind: found[kind] for kind in KINDS}

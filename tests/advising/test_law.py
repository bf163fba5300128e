"""What is proposed leads there on a real desk; no way is shorter; where nothing leads there, nothing is proposed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from itertools import product

import pytest
from advising.following import Followed
from exploring.exhaustion import BEGIN, Exhausting, Exhaustion, Standing
from exploring.small import DOMAINS, ROLES, compiled, small_case_types
from hypothesis import HealthCheck, Phase, given, settings
from stores import quick

from casework import Actor, CaseType, Casework, FrozenClock, Refused, check
from casework.advising import Advice
from casework.advising.advise import Wanted, advise
from casework.advising.sight import sight_of
from casework.compiled import Compiled
from casework.exploring import Proving

SHORT, LONG = 10, 1_000
LIMIT = 2_000
ASKER = Actor("asker", ROLES, unit="unit")


class Ways(Exhausting):
    """Brute force over how many moves at least lead from a case to where a trigger can be fired."""

    def openings(self) -> list[Standing]:
        """Every case that can be opened, each once."""
        return list({self.key(each): each for each in self._opened(Exhaustion())}.values())

    def least(self, begin: Standing) -> tuple[dict[str, int], bool]:
        """By trigger the fewest moves, and whether everything was looked at."""
        found: dict[str, int] = {}
        seen, queue = {self.key(begin)}, deque([(begin, 0)])
        while queue:
            if len(seen) > self.limit:
                return found, False
            here, moves = queue.popleft()
            for trigger in self.compiled.triggers:
                if trigger not in found and self._can(here, trigger):
                    found[trigger] = moves
            for later in self._onward(Exhaustion(), here, 0):
                if self.key(later) not in seen:
                    seen.add(self.key(later))
                    queue.append((later, moves + 1))
        return found, True

    def _can(self, here: Standing, trigger: str) -> bool:
        told = self.compiled.triggers[trigger]
        items = told.by_state.get(here.snapshot.states[told.workflow], ())
        persons = [*self._persons(here.snapshot), ASKER.person]
        asked = product(self._filled(items), persons, self.roles)
        return any(self._fires(here, trigger, *each) for each in asked)

    def _fires(self, here: Standing, trigger: str, form: object, person: str, roles: frozenset[str]) -> bool:
        decided = self._decided(Exhaustion(), here, 0, "fire", person, roles, trigger=trigger, form=form)
        return next(decided, None) is not None


def _drawn(examples: int, *, clocks: bool, law: object) -> None:
    options = {"derandomize": True, "database": None, "deadline": None, "phases": [Phase.generate]}
    checks = settings(max_examples=examples, suppress_health_check=list(HealthCheck), **options)  # type: ignore[arg-type]
    checks(given(small_case_types(clocks=clocks))(law))()  # type: ignore[operator]


def _advised(ready: Compiled, here: Standing, trigger: str) -> Advice:
    sight = sight_of(ready, here.snapshot, now=here.now, actor=ASKER, roles=ASKER.roles, units=("unit",))
    return advise(sight, Wanted(trigger=trigger), limit=LIMIT)


def _shortest(examples: int) -> Counter[str]:
    seen = Counter[str]()

    def law(case_type: CaseType) -> None:
        ready = compiled(case_type)
        ways = Ways(ready, DOMAINS, limit=200)
        for begin in ways.openings()[:2]:
            least, complete = ways.least(begin)
            for trigger in ready.triggers:
                seen[_held(_advised(ready, begin, trigger), least.get(trigger), complete)] += 1

    _drawn(examples, clocks=False, law=law)
    return seen


def _held(advice: Advice, least: int | None, complete: bool) -> str:
    """One answer beside what brute force found."""
    if advice.answer in ("now", "steps"):
        assert least is not None or not complete, f"{advice.trigger}: {advice.sentence('en')}"
        assert least is None or least <= len(advice.steps), "nothing is shorter than the shortest"
        assert least is None or not advice.shortest or least == len(advice.steps), f"{least}: {advice.sentence('en')}"
    else:
        assert least is None, f"{advice.trigger} takes {least} moves: {advice.sentence('en')}"
    return advice.answer


def test_no_way_is_shorter_and_none_is_missed() -> None:
    seen = _shortest(SHORT)

    assert min(seen["now"], seen["steps"], seen["no way"]) > 0, seen


@pytest.mark.long
def test_no_way_is_shorter_in_thousands() -> None:
    seen = _shortest(LONG)

    print(sorted(seen.items()))
    assert min(seen["now"], seen["steps"], seen["no way"], seen["not found"]) > 0, seen


def _walked(examples: int) -> Counter[str]:
    seen = Counter[str]()

    def law(case_type: CaseType) -> None:
        if any(finding.level == "error" for finding in check(case_type)):
            seen["unfit"] += 1
            return
        clock = FrozenClock(BEGIN)
        app = Casework(quick(), case_types=[case_type], clock=clock, proving=Proving(limit=0))
        app.create_tables()
        seen.update(_each_way(app, clock, case_type))

    _drawn(examples, clocks=True, law=law)
    return seen


def _each_way(app: Casework, clock: FrozenClock, case_type: CaseType) -> Iterator[str]:
    """Ask for every trigger, each time of a new case, and follow what is answered."""
    triggers = {step.trigger: step for w in case_type.chain for step in w.transitions if not step.automatic}
    required = {field.name: DOMAINS[field.name][0] for field in case_type.data if field.required}
    for trigger, step in triggers.items():
        try:
            case = app.desk(ASKER).open(case_type.name, required)
        except Refused:
            yield "not opened"
            continue
        advice = app.desk(ASKER).what_helps(case, trigger)
        yield advice.answer
        if advice.answer not in ("now", "steps"):
            continue
        followed = Followed(app, clock, case.id, "unit")
        followed.all(advice)
        roles = advice.roles or tuple(ROLES)
        somebody = ASKER if advice.yours else followed.somebody(roles[:1] if advice.roles else roles)
        forms = {field.name: DOMAINS[field.name] for field in step.form}
        assert followed.may(trigger, somebody, forms), f"{trigger}: {advice.sentence('en')}"
        if advice.at is not None:
            yield "by time alone"


def test_what_is_proposed_leads_there_on_a_real_desk() -> None:
    seen = _walked(SHORT)

    assert min(seen["now"], seen["steps"]) > 0, seen


@pytest.mark.long
def test_what_is_proposed_leads_there_thousands_of_times() -> None:
    seen = _walked(LONG)

    print(sorted(seen.items()))
    assert seen["steps"] > LONG // 20 and seen["by time alone"] > 0, seen

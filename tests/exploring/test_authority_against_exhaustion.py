"""Who can bring a small case type where: brute force with only these people finds no way that is proven not to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from exploring.exhaustion import STRANGERS, Exhausting, Exhaustion
from exploring.retracing import retraced
from exploring.small import DOMAINS, ROLES, compiled, small_case_types
from hypothesis import HealthCheck, Phase, given, settings

from casework.compiled import Compiled
from casework.exploring import authority
from casework.exploring.authority import Authority
from casework.model.casetype import CaseType

SHORT, LONG = 8, 1_000


def _found(ready: Compiled, *, roles: frozenset[str] | None = None, alone: bool = False) -> list[Exhaustion]:
    """What brute force finds from every opening, by anybody, where afterwards there are only these people."""
    exhausting = Exhausting(ready, DOMAINS, limit=300)
    begun = list(exhausting._opened(Exhaustion()))
    if roles is not None:
        exhausting.roles = [roles]
    if alone:
        exhausting.persons = STRANGERS[:1]
    return [exhausting.all(begin) for begin in begun]


def _states(found: Iterable[Exhaustion]) -> set[tuple[str, str]]:
    return {state for each in found for state in each.states}


def _held(answer: Authority, reached: bool, whole: bool, about: object) -> str:
    """Hold an answer against what brute force has reached, which is all there is where it is *whole*."""
    if reached:
        assert answer.holds, f"{about} is reached"
    elif whole and answer.holds:
        assert "proven" != answer.answer, f"{about} is never reached"
    return f"{'yes' if answer.holds else 'no'} {answer.answer}"


def _compared(case_type: CaseType) -> Counter[str]:
    seen, ready = Counter[str](), compiled(case_type)
    for roles in (frozenset({role}) for role in ROLES):
        found = _found(ready, roles=roles)
        for name, workflow in ready.workflows.items():
            for state in workflow.workflow.states:
                about = f"{name}.{state.name}"
                answer = authority.can(ready, roles=roles, reach=about)
                reached, whole = (name, state.name) in _states(found), all(each.complete for each in found)
                seen[_held(answer, reached, whole, (about, roles))] += 1
                if answer.path:
                    _by_these(ready, answer, roles)
    seen.update(_two_persons(ready))
    return seen


def _by_these(ready: Compiled, answer: Authority, roles: frozenset[str]) -> None:
    """The path is accepted, and takes nobody else after the opening."""
    if answer.answer == "proven":
        assert retraced(ready, [told.step for told in answer.path])
    fired = [told.step for told in answer.path if told.step.kind == "fire"]
    assert [] == [step for step in fired if roles.isdisjoint(step.roles)]


def _two_persons(ready: Compiled) -> Iterable[str]:
    found = _found(ready, alone=True)
    taken = {trigger for each in found for _, trigger, *_ in each.taken}
    rung = {d.trigger for workflow in ready.workflows.values() for d in workflow.workflow.deadlines}
    for trigger in ready.triggers:
        if trigger not in rung:
            answer = authority.needs_two_persons(ready, trigger)
            assert not (trigger in taken and answer.holds), f"one person alone fires {trigger}"
            if answer.answer == "proven" and all(each.complete for each in found):
                assert answer.holds or trigger in taken, f"no one person fires {trigger} alone"
            yield f"two persons {answer.holds} {answer.answer}"


def _agreeing(examples: int) -> Counter[str]:
    seen = Counter[str]()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(small_case_types(clocks=False))
    def agree(case_type: CaseType) -> None:
        seen.update(_compared(case_type))

    agree()
    return seen


def test_who_can_is_what_brute_force_finds() -> None:
    seen = _agreeing(SHORT)

    assert min(seen["yes proven"], seen["no proven"]) >= SHORT, seen


@pytest.mark.long
def test_it_is_so_of_a_thousand() -> None:
    seen = _agreeing(LONG)

    print(sorted(seen.items()))
    assert min(seen["yes proven"], seen["no proven"]) >= LONG, seen

"""One case type before the explorer and before brute force: where the two say otherwise, an assertion fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from exploring.exhaustion import Exhausting, Exhaustion, Taken
from exploring.retracing import retraced
from exploring.small import DOMAINS, compiled

from casework.compiled import Compiled
from casework.exploring.proof import Proof, Verdict
from casework.exploring.prove import prove
from casework.model.casetype import CaseType

STUCK = ("CW601", "CW602", "CW609")
NEVER_TAKEN = ("CW604", "CW605")
RULES = ("CW606", "CW607", "CW608")


def compared(case_type: CaseType, *, exact: bool) -> Counter[str]:
    """How often which answer was given and found right; *exact* where brute force meets all that there is.

    Half an hour is the least time that brute force knows of, so that with clocks it meets less than all.
    """
    ready = compiled(case_type)
    proof = prove(ready)
    exhausting = Exhausting(ready, DOMAINS)
    found = exhausting.all()
    seen = Counter[str]({"cut short": 0 if found.complete else 1})
    exact = exact and found.complete
    for verdict in proof.verdicts:
        seen[f"{verdict.code} {verdict.answer}"] += 1
    seen[f"answer {proof.answer}"] += 1
    if found.complete:
        _stuck(exhausting, proof, found, exact)
    _endings(ready, proof, found, exact)
    _transitions(ready, proof, found, exact)
    _rules(proof, found, exact)
    for verdict in _refuted(proof, ("CW610",)):
        assert verdict.about not in found.rang, f"{verdict.about} fires its trigger"
    for verdict in proof.refuted:
        _path(ready, verdict)
    return seen


def _refuted(proof: Proof, codes: tuple[str, ...]) -> Iterator[Verdict]:
    return (verdict for verdict in proof.verdicts if verdict.code in codes and verdict.answer == "refuted")


def _named(proof: Proof, codes: tuple[str, ...]) -> set[str]:
    return {verdict.about for verdict in proof.verdicts if verdict.code in codes}


def _stuck(exhausting: Exhausting, proof: Proof, found: Exhaustion, exact: bool) -> None:
    """A case that can never end is named; one that is named can never end, and there is no shorter way to such."""
    lost = found.lost()
    if lost:
        assert _named(proof, STUCK), f"proven, yet these never end: {min(lost, key=lost.__getitem__)}"
    for verdict in _refuted(proof, STUCK):
        ends = retraced(exhausting.compiled, [told.step for told in verdict.path])
        assert ends, f"the path of {verdict.finding} is not accepted"
        assert any(not after.finals for end in ends if (after := exhausting.all(end)).complete), verdict.finding
        if exact:
            assert lost, f"brute force meets no such case: {verdict.finding}"
            shortest = min(lost.values())
            assert shortest == len(verdict.path) if verdict.code == "CW602" else shortest <= len(verdict.path)


def _endings(ready: Compiled, proof: Proof, found: Exhaustion, exact: bool) -> None:
    never = {verdict.about for verdict in _refuted(proof, ("CW603",))}
    for state in ready.workflows[ready.main].finals:
        if (ready.main, state) in found.states:
            assert f"{ready.main}.{state}" not in never, f"{state} is reached"
        elif exact:
            assert f"{ready.main}.{state}" in _named(proof, ("CW603",)), f"proven, yet {state} is never reached"


def _transitions(ready: Compiled, proof: Proof, found: Exhaustion, exact: bool) -> None:
    never = {verdict.about for verdict in _refuted(proof, NEVER_TAKEN)}
    for name, workflow in ready.workflows.items():
        for item in workflow.transitions:
            about = f"{name}.transitions[{item.number}] {item.transition.trigger}"
            taken = any(_taken(name, item.transition.trigger, s, item.target) in found.taken for s in item.sources)
            if taken:
                assert about not in never, f"{about} is taken"
            elif exact:
                assert about in _named(proof, NEVER_TAKEN), f"proven to be alive, yet never taken: {about}"


def _taken(workflow: str, trigger: str, source: str, target: str | None) -> Taken:
    return workflow, trigger, source, source if target is None else target, target is not None


def _rules(proof: Proof, found: Exhaustion, exact: bool) -> None:
    """A rule that is broken by some move is named; one that is named is broken, and not by a shorter path."""
    told = {_rule(verdict): verdict for verdict in proof.verdicts if verdict.code in RULES}
    kinds = {verdict.code for verdict in told.values()}
    for rule in found.broken:
        if rule == "invariant-broken":
            assert kinds & {"CW606", "CW607"}, "proven, yet a timer's firing is refused for what must always hold"
        elif rule == "too-many-steps":
            assert "CW608" in kinds, "proven, yet a timer's automatic steps never come to rest"
        else:
            assert rule in told, f"proven, yet broken: {rule}"
    for rule, verdict in told.items():
        if exact and verdict.answer == "refuted":
            # A timer's refusal does not say which rule it was, and of workflows left behind deciding names the first.
            met = [d for r, d in found.broken.items() if r in (rule, verdict.path[-1].step.refused)]
            # Where an invariant is broken as well, deciding names that one.
            met += list(found.broken.values()) if verdict.code == "CW607" else []
            assert met, f"brute force breaks no {rule}"
            assert min(met) <= len(verdict.path), rule
            if rule in found.broken and verdict.path[-1].step.kind != "timer":
                assert found.broken[rule] >= len(verdict.path), f"there is a shorter path to break {rule}"


def _rule(verdict: Verdict) -> str:
    return f"closing {verdict.about}" if verdict.code == "CW607" else verdict.about


def _path(ready: Compiled, verdict: Verdict) -> None:
    if verdict.path:
        assert retraced(ready, [told.step for told in verdict.path]), f"deciding does not go so: {verdict.finding}"

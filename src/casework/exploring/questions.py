"""What is asked of everything that a case can come to.

Each question takes what was reached and answers with verdicts; whatever none of them names is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import attrs

from casework.compiled import Compiled
from casework.deciding.refuse import condition_text
from casework.exploring.boxes import Boxes
from casework.exploring.move import AUTOMATIC_STEPS, Stopped
from casework.exploring.passage import Passage
from casework.exploring.proof import Verdict
from casework.exploring.reach import Reached, leading_to, left_out, shortest
from casework.exploring.replay import Step, Walker
from casework.exploring.waiting import waiting_for_each_other
from casework.exploring.words import configuration_text, told
from casework.model.case import Snapshot
from casework.text import Text

Case = tuple[int, int]
"""A configuration with some of its joint values."""

UNDECIDED = Text(
    "deciding did not go this way with any value that was tried; a closed condition, in the place of what Python or"
    " other cases decide, would settle it",
    "试过的取值都未能走通此路径；把由程序或其他案件决定的部分改写为封闭条件即可判定",
)


@attrs.define(eq=False)
class Inquiry:
    """What the questions share: what was reached, and what walks a path through deciding."""

    result: Reached
    walker: Walker
    taken: set[tuple[str, int]]

    def refute(
        self,
        code: str,
        about: str,
        text: Text,
        cases: Iterable[Case],
        last: Callable[[Snapshot], Step | None] | None = None,
    ) -> Verdict | None:
        """The verdict on *cases* that should never be: the shortest path to one, walked; None where there is no path.

        *last* makes the step that ends the path, from the case that it led to; None is that the path does not end so.
        """
        path = shortest(self.result, cases)
        if path is None:
            return None
        walked = self.walker.walk(path)
        steps, whole = walked.steps, walked.whole
        if whole and last is not None:
            step = last(walked.case)
            whole, steps = step is not None, (*steps, *([step] if step is not None else []))
        compiled = self.result.alphabet.compiled
        if whole:
            return Verdict(code=code, answer="refuted", about=about, text=text, path=told(compiled, steps))
        opaque = tuple(dict.fromkeys(name for jump, _ in path for name in jump.move.opaque))
        return Verdict(
            code=code, answer="not proven", about=about, text=text, path=told(compiled, steps), settle=_settle(opaque)
        )


def _settle(opaque: tuple[str, ...]) -> Text:
    if not opaque:
        return UNDECIDED
    names = ", ".join(opaque)
    return Text(f"what {names} answers decides it; {UNDECIDED.en}", f"取决于{names}的结果；{UNDECIDED.zh}")


def inquiry(result: Reached) -> Inquiry:
    """Prepare the questions."""
    taken = {(each.item.workflow, each.item.number) for passages in result.taken for each in passages}
    return Inquiry(result, Walker(result), taken)


def endings(inquiry: Inquiry) -> Iterator[Verdict]:
    """From every case some ending can be reached; where none can, is it stuck, or does it go round?"""
    result = inquiry.result
    goals = result.ended()
    lost = list(left_out(result, leading_to(result, goals)))
    if lost:
        yield from _stuck(inquiry, lost)
        return
    if not any(each.opaque for each in result.moves.passages):
        return
    for case in left_out(result, leading_to(result, goals, sure=True)):
        states = configuration_text(result.alphabet.compiled.titles, result.alphabet.states_of(case[0]))
        text = Text(f"whether a case ends that stands in {states.en}", f"处于{states.zh}的案件能否办结")
        names = _deciding(result, case[0])
        settle = Text(
            f"no way to an ending but by what {names} answers; a transition that asks no Python would settle it",
            f"只有{names}的结果能使其办结；另设不依赖程序的转换即可判定",
        )
        yield Verdict(code="CW602", answer="not proven", about=states.en, text=text, settle=settle)
        return


def _deciding(result: Reached, configuration: int) -> str:
    names = {name for jump in result.out.get(configuration, ()) for name in jump.move.opaque}
    return ", ".join(sorted(names)) or "Python"


def _stuck(inquiry: Inquiry, lost: list[Case]) -> Iterator[Verdict]:
    result, titles = inquiry.result, inquiry.result.alphabet.compiled.titles
    still = list(_still(result, lost))
    verdict = None
    if still:
        verdict = inquiry.refute("CW601", "", Text("nothing can happen any more", "再无任何可办事项"), still)
        if verdict is not None and verdict.answer == "refuted":
            yield _named(inquiry, verdict)
            return
    text = Text("no ending can be reached any more", "此后再也无法办结")
    other = inquiry.refute("CW602", "", text, lost)
    verdict = other if other is not None and (verdict is None or other.answer == "refuted") else verdict
    if verdict is not None:
        end = verdict.path[-1].step.states if verdict.path else {}
        yield attrs.evolve(verdict, about=configuration_text(titles, end).en)


def _still(result: Reached, lost: list[Case]) -> Iterator[Case]:
    """Of the *lost* cases those that no move leads on from; time that passes, or a field amended, leads nowhere."""
    for configuration, cases in lost:
        place = Boxes(result.joints.masks)
        for jump in result.out.get(configuration, ()):
            if jump.label.kind in ("wait", "amend") and jump.target == configuration:
                continue
            place.add(jump.effect.before)
        yield from ((configuration, part) for part in place.beyond(cases))


def _named(inquiry: Inquiry, verdict: Verdict) -> Verdict:
    """A deadlock, told by the workflows that wait for each other where they do."""
    compiled = inquiry.result.alphabet.compiled
    states = dict(verdict.path[-1].step.states)
    about = configuration_text(compiled.titles, states).en
    circle = waiting_for_each_other(compiled, states)
    if not circle:
        return attrs.evolve(verdict, about=about)
    titles = [compiled.titles.text("workflow", name) for name in circle]
    en, zh = " → ".join(title.en for title in titles), "→".join(title.zh for title in titles)
    text = Text(f"workflows wait for each other: {en}", f"流程互相等待：{zh}")
    return attrs.evolve(verdict, code="CW609", about=about, text=text)


def final_states(inquiry: Inquiry) -> Iterator[Verdict]:
    """Every ending of the main workflow can be reached."""
    result = inquiry.result
    compiled = result.alphabet.compiled
    main = compiled.main
    seen = 0
    for configuration in result.found:
        seen |= configuration
    for state in compiled.workflows[main].workflow.states:
        if state.final and not seen & result.alphabet.state(main, state.name):
            title = compiled.titles.text("state", f"{main}.{state.name}")
            text = Text(f"the ending {title.en!r} can never be reached", f"结局“{title.zh}”永远无法到达")
            yield _answered(inquiry, Verdict(code="CW603", answer="refuted", about=f"{main}.{state.name}", text=text))


def _answered(inquiry: Inquiry, verdict: Verdict) -> Verdict:
    """What is never seen is proven not to be, but where not everything was looked at."""
    if inquiry.result.complete:
        return verdict
    return attrs.evolve(verdict, answer="not proven", settle=Text("a higher limit would settle it", "提高上限即可判定"))


def transitions(inquiry: Inquiry) -> Iterator[Verdict]:
    """Every transition is taken by some case; one that never is, is dead, or another stands before it.

    These are warnings, for cases that are imported or adopted may stand where none comes to by itself.
    """
    compiled = inquiry.result.alphabet.compiled
    for each in inquiry.result.moves.passages:
        item = each.item
        if (item.workflow, item.number) in inquiry.taken or item.absent:
            continue
        title = compiled.titles.text("trigger", item.transition.trigger)
        about = f"{item.workflow}.transitions[{item.number}] {item.transition.trigger}"
        code, text = "CW604", Text(f"{title.en!r} is never taken by any case", f"没有任何案件能办理“{title.zh}”")
        if _may_hold(inquiry.result, each):
            code = "CW605"
            text = Text(f"{title.en!r} is never taken, for another stands before it", f"“{title.zh}”总被前面的转换抢先")
        yield _answered(inquiry, Verdict(code=code, answer="refuted", about=about, text=text, level="warning"))


def _may_hold(result: Reached, each: Passage) -> bool:
    """Whether its condition holds of some case that stands in one of its sources."""
    sources = sum(result.alphabet.state(each.item.workflow, source) for source in each.item.sources)
    told = result.alphabet.everything & ~result.alphabet.configuration
    for configuration, cases in result.found.items():
        if not configuration & sources:
            continue
        for free in result.moves.asked(configuration, each):
            hits = (box.meet(configuration | told | free) for box in each.true)
            if any(hit and _some(result, cases & result.joints.encoded(hit)) for hit in hits):
                return True
    return False


def _some(result: Reached, cases: int) -> bool:
    return all(cases & group.mask for group in result.joints.groups)


def rules(inquiry: Inquiry) -> Iterator[Verdict]:
    """No move comes to where an invariant or the closing rule is broken, or where automatic steps go on for ever."""
    result = inquiry.result
    compiled = result.alphabet.compiled
    broken: dict[str, dict[Case, Stopped]] = {}
    for configuration, all_stopped in result.stopped.items():
        cases = result.found[configuration]
        for stopped in all_stopped:
            if not result.joints.some(stopped.before, cases):
                continue
            part = cases & result.joints.encoded(stopped.before)
            broken.setdefault(stopped.rule, {})[configuration, part] = stopped
    for rule, found in broken.items():
        choices = tuple({(each.named, each.label, each.passages): each for each in found.values()}.values())
        verdict = inquiry.refute(*_rule(compiled, rule), found, partial(_refused, inquiry.walker, choices))
        if verdict is not None:
            yield verdict


def _refused(walker: Walker, choices: tuple[Stopped, ...], case: Snapshot) -> Step | None:
    steps = (walker.refused(case, stopped) for stopped in choices)
    return next((step for step in steps if step is not None), None)


def _rule(compiled: Compiled, rule: str) -> tuple[str, str, Text]:
    titles = compiled.titles
    if rule.startswith("closing "):
        name = rule.removeprefix("closing ")
        title = titles.text("workflow", name)
        text = Text(f"a case would close before {title.en!r} has ended", f"“{title.zh}”尚未结束，案件就要结案")
        return "CW607", name, text
    if rule == AUTOMATIC_STEPS:
        return "CW608", rule, Text("automatic steps never come to rest", "自动步骤永不停止")
    invariant = next(item for item in compiled.case_type.invariants if item.name == rule)
    because = invariant.because or condition_text(compiled, invariant.condition)
    text = Text(f"the invariant {rule!r} would be broken ({because.en})", f"将违反不变式“{rule}”（{because.zh}）")
    return "CW606", rule, text

"""A path through the joint graph, made ready to be drawn: where it goes, and what else may happen on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from casework.compiled import Compiled, CompiledTransition
from casework.condition import tree
from casework.condition.evaluate import Facts, reader
from casework.condition.tree import Condition
from casework.deciding.refuse import condition_text
from casework.diagram.edges import By
from casework.diagram.trail import Aside, Standing, Stop, Stride, Trail
from casework.diagram.trail.stops import Tone
from casework.exploring.alphabet import Alphabet
from casework.exploring.move import Label, Move, Moves
from casework.exploring.proof import Told, Verdict
from casework.exploring.replay import BEGIN, Step
from casework.exploring.words import step_text
from casework.text import Language, Text

BESIDE_LIMIT = 5
"""How many moves are drawn beside one configuration."""
STUCK = ("CW601", "CW609")
"""The findings whose path ends where nothing can happen any more; what was hoped for there is drawn as barred."""


def trail_of(compiled: Compiled, verdict: Verdict, language: Language) -> Trail:
    """The path of a *verdict*, ready to be drawn in *language*. Without a path it is the finding's words alone."""
    title = f"{verdict.code}: {verdict.text.in_(language)}"
    answers = {
        "proven": Text("proven", "已证明"),
        "refuted": Text("refuted", "已推翻"),
        "not proven": Text("not proven", "未能证明"),
    }
    refuted, count = verdict.answer == "refuted", _count(verdict.path)
    steps = Text(f"the shortest path, {count.en}", f"最短路径，{count.zh}")
    if not refuted:
        steps = Text(f"as far as deciding went, {count.en}", f"能走通的部分，{count.zh}")
    name = compiled.titles("case_type", compiled.case_type.name, language)
    subtitle = " · ".join((name, answers[verdict.answer].in_(language), steps.in_(language)))
    tone: Tone = "bad" if refuted and verdict.level == "error" else "odd"
    strides = _Path(compiled, language, stuck=refuted and verdict.code in STUCK).strides(verdict.path)
    return Trail(title=title, subtitle=subtitle, strides=strides, tone=tone, whole=refuted)


def way_of(compiled: Compiled, title: Text, path: tuple[Told, ...], language: Language) -> Trail:
    """Any *path*, such as one that shows what somebody can bring about, under a *title*."""
    name = compiled.titles("case_type", compiled.case_type.name, language)
    steps = _count(path).in_(language)
    strides = _Path(compiled, language, stuck=False).strides(path)
    return Trail(title=title.in_(language), subtitle=f"{name} · {steps}", strides=strides)


def _count(path: tuple[Told, ...]) -> Text:
    return Text(f"{len(path)} step{'s' if len(path) != 1 else ''}", f"共 {len(path)} 步")


@attrs.define(eq=False)
class _Path:
    """Reads a path, and looks around at each of its configurations."""

    compiled: Compiled
    language: Language
    stuck: bool
    moves: Moves = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.moves = Moves(Alphabet(self.compiled))

    def strides(self, path: tuple[Told, ...]) -> tuple[Stride, ...]:
        """Each step; the configuration where a run of steps ends that stay in it is the place to look around."""
        steps, before, found = [told.step for told in path], dict[str, str](), list[Stride]()
        for number, step in enumerate(steps):
            stop, later = None, [each for each in steps[number + 1 :] if not each.refused]
            onward = next((each for each in later if dict(each.states) != dict(step.states)), None)
            # Of the last configuration nothing is told before everything has happened there.
            if not step.refused and (dict(step.states) != before if onward is not None else not later):
                stop, before = self._stop(step.states, before, onward), dict(step.states)
            text = step_text(self.compiled, step).in_(self.language)
            if step.refused:
                text = Text(f"{text}: refused", f"{text}：被拒绝").in_(self.language)
            found.append(Stride(text=text, by=_by(step.kind), refused=bool(step.refused), stop=stop))
        return tuple(found)

    def _stop(self, states: Mapping[str, str], before: Mapping[str, str], onward: Step | None) -> Stop:
        titles = self.compiled.titles
        rows = tuple(
            Standing(
                workflow=titles("workflow", workflow, self.language),
                state=titles("state", f"{workflow}.{state}", self.language),
                fresh=before.get(workflow) != state,
            )
            for workflow, state in states.items()
        )
        barred = self.stuck and onward is None
        asides = tuple(self._barred(states) if barred else self._asides(states, onward))
        more = max(0, len(asides) - BESIDE_LIMIT)
        return Stop(rows=rows, asides=asides[:BESIDE_LIMIT], more=more, barred=barred)

    def _asides(self, states: Mapping[str, str], onward: Step | None) -> Iterator[Aside]:
        """Every other move that leads to another configuration, once for each place that it leads to."""
        alphabet = self.moves.alphabet
        here = sum(alphabet.state(workflow, state) for workflow, state in states.items())
        found: dict[tuple[str, str, int], frozenset[str]] = {}
        for move in self.moves.at(here).moves:
            there = _target(alphabet, move, here)
            if there != here:
                key = (move.label.kind, move.label.name, there)
                found[key] = found.get(key, frozenset()) | move.label.roles
        for (kind, name, there), roles in found.items():
            reached = alphabet.states_of(there)
            if onward is not None and (kind, name, reached) == (onward.kind, onward.name, dict(onward.states)):
                continue
            changed = {workflow: state for workflow, state in reached.items() if states[workflow] != state}
            aside = self._aside(Label(kind, name, roles), self._named(changed))
            # Who may do it is told on the path; beside it the roles would hide what matters.
            title = self.compiled.titles("trigger", name, self.language)
            yield attrs.evolve(aside, text=title) if kind == "fire" else aside

    def _barred(self, states: Mapping[str, str]) -> Iterator[Aside]:
        """What people may ask for in *states*, with all that it asks of the case."""
        for workflow, state in states.items():
            for item in self.compiled.workflows[workflow].transitions:
                if state in item.sources and not item.transition.automatic:
                    label = Label("fire", item.transition.trigger, frozenset(item.roles))
                    yield self._aside(label, self._asked(item, states))

    def _asked(self, item: CompiledTransition, states: Mapping[str, str]) -> str:
        """What stands in the way for certain; where the states alone do not tell, all that may."""
        clauses = [(clause.condition, _told_by(states, clause.condition)) for clause in item.clauses]
        sure = [condition for condition, holds in clauses if holds is False]
        shown = sure or [condition for condition, holds in clauses if holds is None]
        words = (condition_text(self.compiled, condition).in_(self.language) for condition in shown)
        return Text("; ", "；").in_(self.language).join(words)

    def _aside(self, label: Label, then: str) -> Aside:
        step = Step(kind=label.kind, name=label.name, at=BEGIN, roles=tuple(sorted(label.roles)))
        return Aside(text=step_text(self.compiled, step).in_(self.language), then=then, by=_by(label.kind))

    def _named(self, changed: Mapping[str, str]) -> str:
        titles = self.compiled.titles
        found = dict.fromkeys(titles("state", f"{name}.{state}", self.language) for name, state in changed.items())
        return Text(", ", "、").in_(self.language).join(found)


def _told_by(states: Mapping[str, str], condition: Condition) -> bool | None:
    """Whether *condition* holds, where it asks for states alone; None where it asks for anything else."""
    leaves = [node for node in tree.walk(condition) if not isinstance(node, tree.All | tree.Any | tree.Not)]
    if not all(isinstance(n, tree.Compare | tree.Among) and isinstance(n.left, tree.StateRef) for n in leaves):
        return None
    nothing: dict[str, Any] = {}
    facts = Facts(
        now=BEGIN,
        data=nothing,
        states=states,
        marks=nothing,
        dues=nothing,
        balances=nothing,
        acts=nothing,
        form=nothing,
        person="",
        roles=frozenset(),
    )
    return reader(condition)(facts)


def _target(alphabet: Alphabet, move: Move, source: int) -> int:
    return ((source & ~move.changed) | move.after) & alphabet.configuration


def _by(kind: str) -> By:
    """Which sign a move bears: a clock where time makes it, a wheel where the engine does."""
    if kind in ("wait", "timer"):
        return "clock"
    return "automatic" if kind == "look" else "person"

"""A whole joint graph, where it is small enough to be looked at, with a path through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casework.compiled import Compiled
from casework.diagram.edges import By, Edge, Graph, Label, Node
from casework.exploring.joint import Jump
from casework.exploring.proof import Told
from casework.exploring.prove import explored
from casework.exploring.reach import Reached
from casework.exploring.replay import BEGIN, Step
from casework.exploring.words import step_text
from casework.text import Language

OVERVIEW_LIMIT = 16
"""A graph of more configurations than this is not drawn whole: nobody would see anything in it."""

Way = tuple[str, str, str, str]
"""A move on a path: its kind and name, and the nodes that it leads from and to."""


def overview(compiled: Compiled, path: tuple[Told, ...], language: Language) -> Graph | None:
    """The joint graph with *path* highlighted, ready to be drawn in *language*; None where it is too large."""
    result = explored(compiled, limit=OVERVIEW_LIMIT)
    if not result.complete or len(result.found) > OVERVIEW_LIMIT:
        return None
    names = {node: f"n{number}" for number, node in enumerate(result.found)}
    ways = set(_ways(result, names, path))
    passed = [names[_node(result, told.step.states)] for told in path]
    opened = {jump.target for jump in result.opening}
    nodes = tuple(
        _drawn(result, node, name, language, initial=node in opened, passed=passed) for node, name in names.items()
    )
    title = compiled.titles("case_type", compiled.case_type.name, language)
    return Graph(compiled.case_type.name, title, nodes, tuple(_edges(result, names, ways, language)))


def _node(result: Reached, states: Mapping[str, str]) -> int:
    return sum(result.alphabet.state(workflow, state) for workflow, state in states.items())


def _ways(result: Reached, names: Mapping[int, str], path: tuple[Told, ...]) -> Iterator[Way]:
    here = ""
    for told in path:
        there = names[_node(result, told.step.states)]
        yield told.step.kind, told.step.name, here, there
        here = there


def _drawn(result: Reached, node: int, name: str, language: Language, *, initial: bool, passed: list[str]) -> Node:
    compiled, states = result.alphabet.compiled, result.alphabet.states_of(node)
    titles = {workflow: compiled.titles("state", f"{workflow}.{state}", language) for workflow, state in states.items()}
    between = "：" if language == "zh" else ": "
    return Node(
        name,
        titles[compiled.main],
        initial=initial,
        final=result.final(node),
        beside=tuple(
            f"{compiled.titles('workflow', workflow, language)}{between}{title}"
            for workflow, title in titles.items()
            if workflow != compiled.main
        ),
        marked=name in passed,
        goal=passed[-1:] == [name],
    )


def _edges(result: Reached, names: Mapping[int, str], ways: set[Way], language: Language) -> Iterator[Edge]:
    """The moves between configurations, those that are alike and lead to one place as one line."""
    moves: dict[tuple[str, str, bool], dict[Label, None]] = {}
    for source, jumps in result.out.items():
        for jump in jumps:
            if jump.target != source and jump.onward(result.found[source]):
                here, there = names[source], names[jump.target]
                marked = (jump.label.kind, jump.label.name, here, there) in ways
                moves.setdefault((here, there, marked), {})[_label(result.alphabet.compiled, jump, language)] = None
    lines: dict[tuple[str, bool, tuple[Label, ...]], list[str]] = {}
    for (here, there, marked), labels in moves.items():
        lines.setdefault((there, marked, tuple(labels)), []).append(here)
    for (there, marked, told), sources in lines.items():
        yield Edge(tuple(sources), there, told, marked=marked)


def _label(compiled: Compiled, jump: Jump, language: Language) -> Label:
    """What somebody fires, by its title; what else happens, in words."""
    kind, name = jump.label.kind, jump.label.name
    by: By = "clock" if kind in ("timer", "wait") else "automatic" if kind == "look" else "person"
    if kind in ("fire", "timer"):
        return Label(compiled.titles("trigger" if kind == "fire" else "deadline", name, language), name, by)
    return Label(step_text(compiled, Step(kind=kind, name=name, at=BEGIN)).in_(language), name, by)

"""A workflow as nodes and merged edges: what every picture of it starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from casework.diagram.measure import clean
from casework.model.casetype import CaseType
from casework.model.workflow import State, Transition, Workflow
from casework.text import Language, Text

By = Literal["person", "automatic", "clock"]
"""Who fires a transition: somebody, the engine as soon as it can, or a deadline that ran out."""


@attrs.frozen
class Label:
    """One transition as people read it."""

    text: str
    trigger: str
    by: By = "person"
    roles: tuple[str, ...] = ()
    enters: bool = True

    @property
    def hint(self) -> str:
        """The words for whoever points at it: title, trigger, roles."""
        roles = f" — {', '.join(self.roles)}" if self.roles else ""
        named = self.text if self.text == self.trigger else f"{self.text} ({self.trigger})"
        return named + roles


@attrs.frozen
class Node:
    """A state. *inside* are the transitions that stay in it or enter it anew; they need no line."""

    name: str
    title: str
    initial: bool = False
    final: bool = False
    current: bool = False
    phases: tuple[str, ...] = ()
    inside: tuple[Label, ...] = ()
    beside: tuple[str, ...] = ()
    """Where a node is a whole configuration: the states of the other workflows."""
    marked: bool = False
    """On a path that is highlighted; *goal* is where that ends."""
    goal: bool = False


@attrs.frozen
class Edge:
    """Transitions with the same sources and the same target, drawn as one line with stacked labels.

    Automatic transitions are kept apart from the others, because their line looks different.
    """

    sources: tuple[str, ...]
    target: str
    labels: tuple[Label, ...]
    marked: bool = False

    @property
    def automatic(self) -> bool:
        """Whether the engine moves along it by itself."""
        return self.labels[0].by == "automatic"


@attrs.frozen
class Graph:
    """One workflow, ready to be drawn."""

    name: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def phases(self) -> tuple[str, ...]:
        """Every phase, in the order of the states that have it."""
        return tuple(dict.fromkeys(phase for node in self.nodes for phase in node.phases))


def graphs(
    definition: CaseType | Workflow, language: Language, states: Mapping[str, str] | None = None
) -> tuple[Graph, ...]:
    """Each workflow of *definition*; *states* maps a workflow to the state that a case has in it."""
    chain = definition.chain if isinstance(definition, CaseType) else (definition,)
    roles = definition.roles if isinstance(definition, CaseType) else ()
    titles = {role.name: titled(role.title, role.name, language) for role in roles}
    now = states or {}
    return tuple(_Reader(workflow, language, titles).graph(now.get(workflow.name)) for workflow in chain)


def titled(title: Text, name: str, language: Language) -> str:
    """The title in *language*, on one line; the name where there is no title."""
    return clean(title.in_(language)) or clean(name)


class _Reader:
    """Reads one workflow, sound or not: a picture is most wanted where a definition is still wrong."""

    def __init__(self, workflow: Workflow, language: Language, roles: Mapping[str, str]) -> None:
        self._workflow, self._language, self._roles = workflow, language, roles
        self._clocks = {deadline.trigger for deadline in workflow.deadlines}

    def graph(self, current: str | None) -> Graph:
        workflow = self._workflow
        inside, edges = self._transitions()
        named = (workflow.initial, *(name for sources, target, _ in edges for name in (*sources, target)), *inside)
        known = {state.name: state for state in workflow.states}
        # A name that no state bears is drawn as a bare box, so that the mistake is seen.
        missing = {name: State(name) for name in named if name not in known}
        nodes = tuple(
            self._node(state, current, tuple(inside.get(state.name, ()))) for state in (known | missing).values()
        )
        merged = tuple(Edge(sources, target, tuple(labels)) for (sources, target, _), labels in edges.items())
        return Graph(workflow.name, titled(workflow.title, workflow.name, self._language), nodes, merged)

    def _transitions(
        self,
    ) -> tuple[dict[str, list[Label]], dict[tuple[tuple[str, ...], str, bool], list[Label]]]:
        inside: dict[str, list[Label]] = {}
        edges: dict[tuple[tuple[str, ...], str, bool], list[Label]] = {}
        for transition in self._workflow.transitions:
            label = self._label(transition)
            sources = tuple(dict.fromkeys(self._workflow.sources(transition)))
            target = transition.target
            for source in sources:
                if target is None or target == source:
                    inside.setdefault(source, []).append(attrs.evolve(label, enters=target is not None))
            others = tuple(sorted(source for source in sources if source != target))
            if target is not None and others:
                edges.setdefault((others, target, transition.automatic), []).append(label)
        return inside, edges

    def _label(self, transition: Transition) -> Label:
        by: By = "person"
        if transition.automatic:
            by = "automatic"
        elif transition.trigger in self._clocks:
            by = "clock"
        roles = tuple(self._roles.get(role, clean(role)) for role in transition.roles)
        return Label(titled(transition.title, transition.trigger, self._language), clean(transition.trigger), by, roles)

    def _node(self, state: State, current: str | None, inside: tuple[Label, ...]) -> Node:
        return Node(
            state.name,
            titled(state.title, state.name, self._language),
            initial=state.name == self._workflow.initial,
            final=state.final,
            current=state.name == current,
            # A phase has a name and no title; a picture in Chinese shows no names that nobody translated.
            phases=() if self._language == "zh" else tuple(clean(phase) for phase in state.phases),
            inside=inside,
        )

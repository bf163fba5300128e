"""Definitions as Mermaid text, for whatever renders Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from casework.diagram.edges import Graph, Label, Node, graphs
from casework.model.casetype import CaseType
from casework.model.names import is_name
from casework.model.workflow import Workflow
from casework.text import Language

SIGNS = {"person": "", "automatic": "⚙ ", "clock": "⏱ "}
"""What stands before the words for what somebody, the engine or a deadline does."""

# Mermaid's entity codes are undone at different moments by different renderers; a sign that looks
# alike means nothing to any of them.
_ALIKE = str.maketrans(
    {
        ":": "：",
        ";": "；",
        '"': "”",
        "<": "‹",
        ">": "›",
        "#": "＃",
        "%": "％",
        "&": "＆",
        "$": "＄",
        "`": "‘",
        "\\": "＼",
        "{": "｛",
        "}": "｝",
        "[": "［",
        "]": "］",
        "*": "∗",
    }
)
# Mermaid's lexer takes any line in which this stands for a layout statement, even inside quotes.
_DIRECTION = re.compile(r"(direction)\s+(?=TB|BT|LR|RL)", re.IGNORECASE)
# A title that begins like an item of a list is replaced by an error text in some versions.
_ITEM = re.compile(r"^(\d+[.)]|[-+]) ")


def mermaid(
    definition: CaseType | Workflow, *, language: Language = "en", states: Mapping[str, str] | None = None
) -> str:
    """*definition* as a Mermaid state diagram; several workflows become composite states.

    ⚙ marks what happens by itself, ⏱ what a deadline fires, ↻ what enters its own state anew, ▶ the state
    that *states* (workflow to state) says a case is in.
    """
    return graphs_mermaid(graphs(definition, language, states))


def graphs_mermaid(pictures: tuple[Graph, ...]) -> str:
    """Graphs that were made ready in one language, as a Mermaid state diagram; ★ marks a highlighted path."""
    lines = ["stateDiagram-v2", "    direction LR"]
    for number, graph in enumerate(pictures):
        if len(pictures) == 1:
            lines += _body(graph, number, "    ")
        else:
            lines += [f'    state "{safe(graph.title)}" as {_id("w", graph.name, number)} {{']
            lines += ["        direction LR", *_body(graph, number, "        "), "    }"]
    return "\n".join([*lines, *_highlight(pictures)]) + "\n"


def _body(graph: Graph, number: int, indent: str) -> Iterator[str]:
    ids = _ids(graph, number)
    for node in graph.nodes:
        yield f'{indent}state "{"▶ " if node.current else ""}{safe(node.title)}" as {ids[node.name]}'
        for text in node.beside:
            yield f"{indent}{ids[node.name]} : {safe(text)}"
        for label in node.inside:
            yield f"{indent}{ids[node.name]} : {'↻ ' if label.enters else '· '}{_label(label)}"
    for node in graph.nodes:
        if node.initial:
            yield f"{indent}[*] --> {ids[node.name]}"
    for edge in graph.edges:
        for source in edge.sources:
            for label in edge.labels:
                star = "★ " if edge.marked else ""
                yield f"{indent}{ids[source]} --> {ids[edge.target]} : {star}{_label(label)}"
    for node in graph.nodes:
        if node.final:
            yield f"{indent}{ids[node.name]} --> [*]"


_LOOKS = {
    "current": "fill:#1d4ed8,stroke:#1e3a8a,color:#ffffff,font-weight:bold",
    "marked": "stroke:#1d4ed8,stroke-width:3px",
    "goal": "fill:#fef2f2,stroke:#b91c1c,stroke-width:3px",
}


def _highlight(pictures: tuple[Graph, ...]) -> Iterator[str]:
    for look, style in _LOOKS.items():
        found = [
            _ids(graph, number)[node.name]
            for number, graph in enumerate(pictures)
            for node in graph.nodes
            if getattr(node, look)
        ]
        if found:
            yield f"    classDef {look} {style}"
            yield f"    class {','.join(found)} {look}"


def _ids(graph: Graph, number: int) -> dict[str, str]:
    prefix = _id("s", graph.name, number)
    return {node.name: _node_id(prefix, node, place) for place, node in enumerate(graph.nodes)}


def _node_id(prefix: str, node: Node, place: int) -> str:
    return f"{prefix}__{node.name}" if is_name(node.name) else f"{prefix}__{place}"


def _id(kind: str, name: str, number: int) -> str:
    # The kind stands in front because an id that begins with a word of Mermaid's (default) is no id.
    return f"{kind}_{name}" if is_name(name) else f"{kind}_{number}"


def _label(label: Label) -> str:
    return SIGNS[label.by] + safe(label.text)


def safe(text: str) -> str:
    """*text* with nothing in it that Mermaid, or the HTML it makes, would read as more than text."""
    alike = text.translate(_ALIKE).replace("--", "—")
    return _ITEM.sub("\\1\u00a0", _DIRECTION.sub(r"\1 · ", alike))

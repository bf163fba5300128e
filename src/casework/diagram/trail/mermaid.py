"""A path as a Mermaid flowchart, for whatever renders Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from casework.diagram.mermaid import SIGNS, safe
from casework.diagram.trail.stops import Stop, Trail
from casework.diagram.trail.words import BROKEN, more, said
from casework.text import Language

_STYLES = {
    "bad": "fill:#fef2f2,stroke:#b91c1c,stroke-width:3px",
    "odd": "fill:#fffbeb,stroke:#b45309,stroke-width:3px",
    "plain": "fill:#eff6ff,stroke:#1d4ed8,stroke-width:3px",
}


def trail_mermaid(trail: Trail, *, language: Language = "en") -> str:
    """*trail* as a Mermaid flowchart: the path in thick lines, what lies beside it in dotted ones, ✗ where refused."""
    lines = ["flowchart TD", f'    begin(["{safe(trail.title)}"])']
    here, words, refused = "begin", list[str](), False
    stops = 0
    for number, stride in enumerate(trail.strides, start=1):
        # Steps that stay where they are share the arrow to the next stop.
        # No blank after the point, for some versions take it for an item of a list and show an error.
        words.append(f"{number}.\u00a0{SIGNS[stride.by]}{safe(stride.text)}")
        refused = refused or stride.refused
        if stride.stop is None:
            continue
        there, stops = f"stop{stops}", stops + 1
        lines.append(f"    {_node(there, stride.stop)}")
        lines.append(f'    {here} == "{"<br>".join(words)}" ==> {there}')
        lines += _asides(there, stride.stop, language)
        here, words = there, []
    if words:
        lines.append(f'    stay["{"✗" if refused else "…"}"]')
        lines.append(f'    {here} == "{"<br>".join(words)}" ==> stay')
    if not trail.whole:
        lines.append(f'    {here} -.- broken["{BROKEN.in_(language)}"]:::beside')
    if stops:
        lines += [f"    classDef goal {_STYLES[trail.tone]}", f"    class stop{stops - 1} goal"]
    return "\n".join([*lines, "    classDef beside fill:#ffffff,stroke:#94a3b8,color:#475569"]) + "\n"


def _node(name: str, stop: Stop) -> str:
    rows = "<br>".join(
        f"{safe(row.workflow)} · {'<b>' if row.fresh else ''}{safe(row.state)}{'</b>' if row.fresh else ''}"
        for row in stop.rows
    )
    return f'{name}["{rows}"]'


def _asides(here: str, stop: Stop, language: Language) -> Iterator[str]:
    """One box with all that lies beside a stop, so that the path stays a straight line."""
    lines = [f"{'✗ ' if stop.barred else SIGNS[aside.by]}{safe(said(stop, aside, language))}" for aside in stop.asides]
    if stop.more:
        lines.append(more(stop, language))
    if lines:
        yield f'    {here} -.- {here}_beside["{"<br>".join(lines)}"]:::beside'

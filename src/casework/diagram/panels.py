"""Where the workflows of a chain stand on one picture."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework.diagram.edges import Graph
from casework.diagram.layout import LABEL, Layout
from casework.diagram.measure import width, wrap

MARGIN, PADDING, HEADER, BETWEEN = 16.0, 22.0, 44.0, 16.0
HEADING = 15.0


@attrs.frozen
class Panel:
    """A workflow's layout and the rectangle that it fills in the picture."""

    layout: Layout
    x: float
    y: float
    width: float
    height: float


def packed(layouts: Iterable[Layout]) -> tuple[list[Panel], float, float]:
    """Panels below each other, or side by side where the widest leaves the room."""
    needs = [(one, max(one.width, _header_width(one.graph)) + 2 * PADDING) for one in layouts]
    widest = max((need for _, need in needs), default=0.0)
    rows: list[list[tuple[Layout, float]]] = []
    for one, need in needs:
        if rows and sum(n + BETWEEN for _, n in rows[-1]) + need <= widest:
            rows[-1].append((one, need))
        else:
            rows.append([(one, need)])
    panels, y = [], MARGIN
    for row in rows:
        high = max(one.height for one, _ in row) + HEADER + PADDING
        spare = (widest - sum(need for _, need in row) - BETWEEN * (len(row) - 1)) / len(row)
        x = MARGIN
        for one, need in row:
            panels.append(Panel(one, x, y, need + spare, high))
            x += need + spare + BETWEEN
        y += high + BETWEEN
    return panels, widest + 2 * MARGIN, y


def heading(graph: Graph) -> str:
    """The title of a workflow, short enough to stand above it."""
    return wrap(graph.title, HEADING, 480.0, 1)[0]


def _header_width(graph: Graph) -> float:
    return width(heading(graph), HEADING) * 1.05 + sum(width(phase, LABEL) + 26 for phase in graph.phases) + 20

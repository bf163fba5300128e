"""What the signs of a picture mean, as far as they occur in it."""

from __future__ import annotations

from collections.abc import Iterable

from casework.diagram.layout import LABEL, Layout
from casework.diagram.measure import width
from casework.diagram.shapes import BACK, BAD, LINE, LIVE, MUTED, arrow, icon, n, rectangle, written
from casework.text import Language

ROW = 22.0

_WORDS: dict[str, dict[Language, str]] = {
    "automatic": {"en": "by itself", "zh": "自动办理"},
    "clock": {"en": "when a deadline runs out", "zh": "到期办理"},
    "back": {"en": "back to an earlier state", "zh": "退回先前状态"},
    "final": {"en": "ending", "zh": "终结状态"},
    "current": {"en": "current state", "zh": "当前状态"},
    "marked": {"en": "the path", "zh": "路径"},
    "goal": {"en": "where the path ends", "zh": "路径终点"},
    "enters": {"en": "enters the state anew", "zh": "重新进入本状态"},
    "stays": {"en": "stays in the state", "zh": "停留在本状态"},
}


class Legend:
    """What the signs mean, as far as they occur."""

    def __init__(self, layouts: Iterable[Layout], language: Language) -> None:
        self._language = language
        found: set[str] = set()
        for one in layouts:
            found |= {label.by for edge in one.graph.edges for label in edge.labels}
            found |= {"enters" if label.enters else "stays" for node in one.graph.nodes for label in node.inside}
            found |= {kind for node in one.graph.nodes for kind in ("final", "current", "goal") if getattr(node, kind)}
            found |= {"marked" for edge in one.graph.edges if edge.marked}
            found |= {"back" for wire in one.wires if not wire.route.forward}
        self.entries = [kind for kind in _WORDS if kind in found]

    def drawn(self, x: float, y: float, right: float) -> tuple[str, float]:
        """The signs in lines from *x*, *y* that end before *right*, and how high that is."""
        parts, at, top = ['<g class="legend">'], x, y
        for kind in self.entries:
            word = _WORDS[kind][self._language]
            wide = width(word, LABEL) + 56
            if at > x and at + wide - 22 > right:
                at, y = x, y + ROW
            parts += [self._sign(kind, at, y), written(at + 34, y + 4, word, LABEL, MUTED, anchor="start")]
            at += wide
        return "".join(parts) + "</g>\n", y - top + ROW if self.entries else 0.0

    def _sign(self, kind: str, x: float, y: float) -> str:
        if kind == "back":
            return f'<path d="M{n(x + 6)} {n(y)}H{n(x + 28)}" stroke="{BACK}"/>{arrow(x, y, False, BACK)}'
        if kind == "marked":
            return f'<path d="M{n(x)} {n(y)}h20" stroke="{LIVE}" stroke-width="2"/>{arrow(x + 28, y, True, LIVE)}'
        if kind == "goal":
            return rectangle(x, y - 7, 28, 14, 4, "#fef2f2", BAD, 2.0)
        if kind in ("final", "current"):
            fill, stroke = (LIVE, "#1e3a8a") if kind == "current" else ("#f1f5f9", MUTED)
            outer = rectangle(x, y - 7, 28, 14, 4, fill, stroke, 1.2)
            return outer if kind == "current" else outer + rectangle(x + 2.5, y - 4.5, 23, 9, 2, "none", stroke, 0.8)
        if kind == "automatic":
            dashes = f'<path d="M{n(x)} {n(y)}h14" stroke="{LINE}" stroke-width="1.2" stroke-dasharray="5 4"/>'
            return dashes + icon(kind, x + 22, y, MUTED)
        return icon(kind, x + 22, y, MUTED)

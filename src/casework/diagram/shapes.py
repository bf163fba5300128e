"""The strokes of a picture: rectangles, words, arrows and small signs as pieces of SVG."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from casework.diagram.measure import clean

INK, MUTED, LINE, BACK, LIVE = "#0f172a", "#475569", "#64748b", "#b45309", "#1d4ed8"
BAD = "#b91c1c"
PHASES = ("#0d9488", "#7c3aed", "#db2777", "#ca8a04", "#0284c7", "#65a30d")
TINTS = ("#f0fdfa", "#f5f3ff", "#fdf2f8", "#fefce8", "#f0f9ff", "#f7fee7")


def icon(kind: str, x: float, y: float, colour: str) -> str:
    """Small drawn signs: a font may lack the character, a path is always there."""
    stroke = f'fill="none" stroke="{colour}"'
    at = f'transform="translate({n(x)} {n(y)})"'
    if kind == "automatic":
        teeth = f'<circle r="4.1" {stroke} stroke-width="1.7" stroke-dasharray="1.61 1.61"/>'
        return f'<g {at}><circle r="2.7" {stroke} stroke-width="1.6"/>{teeth}</g>'
    if kind == "clock":
        return f'<g {at}><circle r="4.2" {stroke} stroke-width="1.2"/><path d="M0 -2.4V0L1.8 1.2" {stroke}/></g>'
    if kind == "enters":
        turn = f'<path d="M2.6 -1.5A3 3 0 1 0 3 .6" {stroke} stroke-width="1.1"/>'
        return f'<g {at}>{turn}<path d="M3.6 -3.6v3h-3z" fill="{colour}"/></g>'
    return f'<circle {at} r="1.6" fill="{colour}"/>'


def written(
    x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False, anchor: str = "middle"
) -> str:
    """One line of text on the baseline *y*."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{n(x)}" y="{n(y)}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )


def n(value: float) -> str:
    """A coordinate with one decimal, and none where it is whole."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 100_000 else f"{value:.0f}"


def arrow(x: float, y: float, forward: bool, colour: str) -> str:
    """The head of an arrow with its tip at *x*, *y*, pointing right or left."""
    back = -8 if forward else 8
    return f'<path d="M{n(x)} {n(y)}l{back} -4v8z" fill="{colour}"/>'


def rectangle(x: float, y: float, wide: float, high: float, radius: float, fill: str, stroke: str, thick: float) -> str:
    """A rounded rectangle."""
    return (
        f'<rect x="{n(x)}" y="{n(y)}" width="{n(wide)}" height="{n(high)}" rx="{radius}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{thick}"/>'
    )


def attribute(text: str) -> str:
    """*text* as the quoted value of an attribute."""
    return quoteattr(clean(text))

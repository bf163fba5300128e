"""Definitions as SVG, with no need of a browser, a font file or a style sheet to lay them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

from casework.diagram.edges import Graph, graphs, titled
from casework.diagram.layout import (
    ICON,
    INSIDE,
    INSIDE_LINE,
    LABEL,
    LABEL_LINE,
    TITLE,
    TITLE_LINE,
    Box,
    Layout,
    Piece,
    Tag,
    Wire,
    layout,
)
from casework.diagram.legend import Legend
from casework.diagram.measure import clean, width
from casework.diagram.panels import HEADER, HEADING, MARGIN, PADDING, Panel, heading, packed
from casework.diagram.shapes import (
    BACK,
    BAD,
    INK,
    LINE,
    LIVE,
    MUTED,
    PHASES,
    TINTS,
    arrow,
    attribute,
    icon,
    n,
    rectangle,
    written,
)
from casework.model.casetype import CaseType
from casework.model.workflow import Workflow
from casework.text import Language

FONTS = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC','Helvetica Neue',Arial,sans-serif"


def svg(definition: CaseType | Workflow, *, language: Language = "en", states: Mapping[str, str] | None = None) -> str:
    """*definition* as one SVG picture, a panel for each workflow.

    *states* maps a workflow to the state that a case has in it; that state and the ways out of it stand out.
    """
    title = titled(definition.title, definition.name, language)
    return graphs_svg(graphs(definition, language, states), title, language=language)


def graphs_svg(drawn: Iterable[Graph], title: str, *, language: Language = "en") -> str:
    """Graphs that were made ready in *language*, as one SVG picture."""
    layouts = [layout(graph) for graph in drawn]
    panels, wide, high = packed(layouts)
    legend, signs = Legend(layouts, language).drawn(MARGIN + 4, high + 8, wide - MARGIN)
    size = f"{wide:.0f} {high + signs:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={attribute(title)} lang="{language}" '
        f'width="{wide:.0f}" height="{high + signs:.0f}" viewBox="0 0 {size}" '
        f'font-family="{FONTS}" font-size="{TITLE:g}">\n<title>{escape(title)}</title>\n'
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n{"".join(map(_panel, panels))}{legend}</svg>\n'
    )


def _panel(panel: Panel) -> str:
    one = panel.layout
    x = panel.x + (panel.width - one.width) / 2 - 8
    y = panel.y + HEADER + (panel.height - HEADER - PADDING - one.height) / 2
    parts = [
        (
            f'<rect x="{n(panel.x)}" y="{n(panel.y)}" width="{n(panel.width)}" height="{n(panel.height)}" rx="10" '
            'fill="#fbfcfe" stroke="#dbe2ec"/>\n'
        ),
        _header(panel),
        f'<g class="workflow" data-workflow={attribute(one.graph.name)} transform="translate({n(x)} {n(y)})">\n',
        *(_halo(box) for box in one.boxes if box.node.current),
        *(_wire(wire) for wire in sorted(one.wires, key=lambda wire: wire.live)),
        _start(one),
        *(_tag(tag, wire) for tag, wire in _with_wires(one)),
        *(_box(box, one.graph.phases) for box in one.boxes),
        "</g>\n",
    ]
    return "".join(parts)


def _with_wires(one: Layout) -> Iterator[tuple[Tag, Wire]]:
    wires = {wire.route: wire for wire in one.wires}
    return ((tag, wires[tag.route]) for tag in one.tags)


def _header(panel: Panel) -> str:
    graph = panel.layout.graph
    x, y = panel.x + 16, panel.y + 26
    parts = [f"<title>{escape(graph.title)}</title>"]
    parts.append(written(x, y, heading(graph), HEADING, INK, bold=True, anchor="start"))
    x += width(heading(graph), HEADING) * 1.05 + 20
    for number, phase in enumerate(graph.phases):
        parts.append(f'<circle cx="{n(x)}" cy="{n(y - 4.5)}" r="4" fill="{PHASES[number % len(PHASES)]}"/>')
        parts.append(written(x + 9, y - 0.5, phase, LABEL, MUTED, anchor="start"))
        x += width(phase, LABEL) + 26
    return f'<g class="heading">{"".join(parts)}</g>\n'


def _start(one: Layout) -> str:
    if one.start is None:
        return ""
    x, y = one.start
    return (
        f'<circle cx="{n(x - 27)}" cy="{n(y)}" r="6" fill="{INK}"/>'
        f'<path d="M{n(x - 21)} {n(y)}H{n(x - 6)}" stroke="{INK}" stroke-width="1.4"/>{arrow(x, y, True, INK)}\n'
    )


def _wire(wire: Wire) -> str:
    calm = LINE if wire.route.forward else BACK
    dash = ' stroke-dasharray="5 4"' if wire.route.edge.automatic else ""
    parts = ['<g class="edge" fill="none">']
    # A white casing under the whole line lets it pass visibly over the lines drawn before.
    parts.append(f'<path d="{_way(wire, wire.pieces)}" stroke="#fbfcfe" stroke-width="4.5"/>')
    for live in (False, True):
        pieces = [piece for piece in wire.pieces if piece.live is live]
        if pieces:
            look = f'stroke="{LIVE}" stroke-width="2"' if live else f'stroke="{calm}" stroke-width="1.2"'
            parts.append(f'<path d="{_way(wire, pieces)}" {look}{dash}/>')
    parts.append(arrow(*wire.tip, wire.route.forward, LIVE if wire.live else calm) + "</g>\n")
    return "".join(parts)


def _way(wire: Wire, pieces: Iterable[Piece]) -> str:
    parts = []
    for piece in pieces:
        x, to_x = piece.x, piece.to_x
        # The line ends inside its arrow, not at the tip, so that the tip stays sharp.
        if wire.route.forward and (to_x, piece.to_y) == wire.tip:
            to_x -= 5
        if not wire.route.forward and (x, piece.y) == wire.tip:
            x += 5
        parts.append(f"M{n(x)} {n(piece.y)}")
        if abs(piece.y - piece.to_y) < 0.3:
            parts.append(f"H{n(to_x)}")
        else:
            middle = (piece.x + piece.to_x) / 2
            parts.append(f"C{n(middle)} {n(piece.y)} {n(middle)} {n(piece.to_y)} {n(to_x)} {n(piece.to_y)}")
    return "".join(parts)


def _tag(tag: Tag, wire: Wire) -> str:
    colour = LIVE if wire.live else MUTED if wire.route.forward else BACK
    hint = escape("\n".join(label.hint for label, _ in tag.texts))
    parts = [f'<g class="label"><title>{hint}</title>']
    y = tag.rect.y + 1.5 + LABEL_LINE * 0.76
    for label, lines in tag.texts:
        drawn = label.by != "person"
        # Beside its icon a label begins at a known place; elsewhere the middle forgives a wrong estimate.
        wide = max(width(line, LABEL) for line in lines) + ICON if drawn else 0.0
        x = tag.rect.x + (tag.rect.width - wide) / 2
        if drawn:
            parts.append(icon(label.by, x + 5, y - 4, colour))
        for line in lines:
            at = x + ICON if drawn else x
            parts.append(written(at, y, line, LABEL, colour, bold=wire.live, anchor="start" if drawn else "middle"))
            y += LABEL_LINE
    return "".join(parts) + "</g>\n"


def _box(box: Box, phases: tuple[str, ...]) -> str:
    node, rect = box.node, box.rect
    fill, stroke, ink = "#ffffff", "#475569", INK
    if node.phases:
        fill = TINTS[phases.index(node.phases[0]) % len(TINTS)]
    if node.final:
        fill = "#f1f5f9"
    if node.marked:
        stroke = LIVE
    if node.goal:
        fill, stroke, ink = "#fef2f2", BAD, BAD
    if node.current:
        fill, stroke, ink = LIVE, "#1e3a8a", "#ffffff"
    current = ' data-current="true"' if node.current else ""
    kind = " ".join(["state", *(["final"] if node.final else []), *(["current"] if node.current else [])])
    parts = [
        f'<g class="{kind}" data-state={attribute(node.name)}{current}><title>{escape(_named(box))}</title>',
        _frame(box, fill, stroke),
        *_dots(box, phases),
    ]
    extra = len(box.inside) + len(box.beside)
    high = len(box.lines) * TITLE_LINE + (extra * INSIDE_LINE + 6 if extra else 0)
    middle, y = rect.x + rect.width / 2, rect.y + (rect.height - high) / 2 + TITLE_LINE * 0.76
    for line in box.lines:
        parts.append(written(middle, y, line, TITLE, ink, bold=True))
        y += TITLE_LINE
    y += 6 - TITLE_LINE
    for text in box.beside:
        y += INSIDE_LINE
        parts.append(written(middle, y, text, INSIDE, MUTED))
    return "".join([*parts, *_inside(box, y, "#dbeafe" if node.current else MUTED)]) + "</g>\n"


def _named(box: Box) -> str:
    node = box.node
    return node.title if node.title == clean(node.name) else f"{node.title} ({clean(node.name)})"


def _frame(box: Box, fill: str, stroke: str) -> str:
    node, rect = box.node, box.rect
    thick = 2.2 if node.marked or node.goal else 1.3
    parts = [rectangle(rect.x, rect.y, rect.width, rect.height, 8, fill, stroke, thick)]
    if node.final:
        ring = "#bfdbfe" if node.current else stroke
        parts.append(rectangle(rect.x + 3, rect.y + 3, rect.width - 6, rect.height - 6, 5.5, "none", ring, 0.9))
    return "".join(parts)


def _halo(box: Box) -> str:
    """The ring around the current state, under the lines so that it hides no arrow."""
    rect = box.rect
    return rectangle(rect.x - 5, rect.y - 5, rect.width + 10, rect.height + 10, 13, "#dbeafe", "#93c5fd", 1.5)


def _dots(box: Box, phases: tuple[str, ...]) -> Iterator[str]:
    for number, phase in enumerate(reversed(box.node.phases)):
        x = box.rect.x + box.rect.width - 9 - 8 * number
        colour = PHASES[phases.index(phase) % len(PHASES)]
        yield f'<circle cx="{n(x)}" cy="{n(box.rect.y + 8)}" r="2.6" fill="{colour}" stroke="#fff" stroke-width=".8"/>'


def _inside(box: Box, y: float, colour: str) -> Iterator[str]:
    if not box.inside:
        return
    longest = max(width(text, INSIDE) for _, text in box.inside)
    x = box.rect.x + (box.rect.width - longest) / 2 + 4
    for label, text in box.inside:
        y += INSIDE_LINE
        hint = f"<title>{escape(label.hint)}</title>"
        mark = icon("enters" if label.enters else "stays", x - 7, y - 3.7, colour)
        yield f'<g class="inside">{hint}{mark}{written(x, y, text, INSIDE, colour, anchor="start")}</g>'

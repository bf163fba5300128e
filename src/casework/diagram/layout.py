"""Coordinates for one workflow: boxes, labels and lines that keep clear of each other.

Inside a rank every line runs level at a height of its own; it changes its height only in the channel
between two ranks, where nothing else stands. So no line meets a box or a label that is not its own.
"""

from __future__ import annotations

import attrs

from casework.diagram.edges import Graph, Label, Node
from casework.diagram.heights import heights
from casework.diagram.layers import Item, Link, Ranks, Route, arrange
from casework.diagram.measure import balanced, width, wrap

TITLE, LABEL, INSIDE = 13.0, 11.5, 10.5
TITLE_LINE, LABEL_LINE, INSIDE_LINE = 17.0, 15.0, 14.0
TITLE_LIMIT, LABEL_LIMIT, INSIDE_LIMIT = 98.0, 96.0, 128.0
ICON = 14.0
PORT = 11.0
START = 34.0


@attrs.frozen
class Rect:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Rect) -> bool:
        """Whether the two share more than an edge."""
        across = self.x < other.x + other.width - 0.01 and other.x < self.x + self.width - 0.01
        return across and self.y < other.y + other.height - 0.01 and other.y < self.y + self.height - 0.01


@attrs.frozen
class Box:
    """A state and where it stands."""

    node: Node
    rect: Rect
    lines: tuple[str, ...]
    inside: tuple[tuple[Label, str], ...]
    beside: tuple[str, ...]


@attrs.frozen
class Tag:
    """The labels of one edge and where they stand: each label with its lines."""

    route: Route
    rect: Rect
    texts: tuple[tuple[Label, tuple[str, ...]], ...]


@attrs.frozen
class Piece:
    """A part of a line, from left to right; *live* where a case in the current state could take it."""

    x: float
    y: float
    to_x: float
    to_y: float
    live: bool


@attrs.frozen
class Wire:
    """One edge as pieces, and the tip of its arrow."""

    route: Route
    pieces: tuple[Piece, ...]
    tip: tuple[float, float]
    live: bool


@attrs.frozen
class Layout:
    """One workflow with a coordinate for everything, from 0, 0 on."""

    graph: Graph
    width: float
    height: float
    boxes: tuple[Box, ...]
    tags: tuple[Tag, ...]
    wires: tuple[Wire, ...]
    start: tuple[float, float] | None


def layout(graph: Graph) -> Layout:
    """Lay out one workflow, its initial state at the left."""
    return _Layout(graph, arrange(graph)).result()


def _box_text(node: Node) -> tuple[tuple[str, ...], tuple[tuple[Label, str], ...], tuple[str, ...]]:
    inside = tuple((label, wrap(label.text, INSIDE, INSIDE_LIMIT, 1)[0]) for label in node.inside)
    beside = tuple(wrap(text, INSIDE, INSIDE_LIMIT, 1)[0] for text in node.beside)
    return balanced(node.title, TITLE, TITLE_LIMIT), inside, beside


class _Layout:
    def __init__(self, graph: Graph, ranks: Ranks) -> None:
        self._graph, self._ranks = graph, ranks
        self._nodes = {node.name: node for node in graph.nodes}
        self._texts = {node.name: _box_text(node) for node in graph.nodes}
        self._tags = [
            tuple((label, balanced(label.text, LABEL, LABEL_LIMIT)) for label in route.edge.labels)
            for route in ranks.routes
        ]
        self._links: dict[Item, list[Link]] = {}
        self._pieces: list[list[Link]] = [[] for _ in ranks.routes]
        for link in ranks.links:
            self._pieces[link.edge].append(link)
            self._links.setdefault(link.left, []).append(link)
            self._links.setdefault(link.right, []).append(link)
        self._rank_of = {item.state: item.rank for rank in ranks.ranks for item in rank if item.state}
        self._ports = self._offsets()
        self._sizes = {item: self._size(item) for rank in ranks.ranks for item in rank}
        self._y = heights(ranks, self._sizes, self._links, self._ports)
        self._columns = self._spread()

    def _offsets(self) -> dict[tuple[str, Link], float]:
        """How far from the middle of its state each line arrives, so that every arrow has its own place."""
        place = {item: number for rank in self._ranks.ranks for number, item in enumerate(rank)}
        offsets: dict[tuple[str, Link], float] = {}
        for rank in self._ranks.ranks[::2]:
            for item in rank:
                touching = self._links.get(item, [])
                right = sorted((link for link in touching if link.left == item), key=lambda link: place[link.right])
                left = sorted((link for link in touching if link.right == item), key=lambda link: place[link.left])
                for side in (left, right):
                    for number, link in enumerate(side):
                        offsets[item.state, link] = (number - (len(side) - 1) / 2) * PORT
        return offsets

    def _size(self, item: Item) -> tuple[float, float]:
        if item.state:
            lines, inside, beside = self._texts[item.state]
            wide = max(width(line, TITLE) * 1.04 for line in lines)
            small = [*(width(text, INSIDE) + ICON for _, text in inside), *(width(text, INSIDE) for text in beside)]
            wide = max([wide, *small]) + 26
            extra = len(inside) + len(beside)
            high = len(lines) * TITLE_LINE + (extra * INSIDE_LINE + 6 if extra else 0) + 20
            touching = self._links.get(item, [])
            ports = max(sum(link.left == item for link in touching), sum(link.right == item for link in touching))
            return max(wide, 72.0), max(high, 40.0, ports * PORT + 9)
        if not item.labelled:
            return 0.0, 2.0
        texts = self._tags[item.edge]
        count = sum(len(lines) for _, lines in texts)
        wide = max(width(line, LABEL) + (ICON if label.by != "person" else 0) for label, ls in texts for line in ls)
        # Room for bold letters, so that nothing moves when a case does.
        return wide * 1.05 + 8, count * LABEL_LINE + 3

    def _port(self, item: Item, link: Link) -> float:
        return self._y[item] + self._ports.get((item.state, link), 0.0)

    def _spread(self) -> list[tuple[float, float]]:
        """The left end and the width of each rank; steep channels are wider."""
        columns: list[tuple[float, float]] = []
        x = START
        for rank in self._ranks.ranks:
            wide = max((self._sizes[item][0] for item in rank), default=0.0)
            columns.append((x, wide))
            here = (link for item in rank for link in self._links.get(item, ()) if link.left == item)
            steep = max((abs(self._port(link.left, link) - self._port(link.right, link)) for link in here), default=0.0)
            x += wide + min(22 + steep * 0.11, 48.0)
        return columns

    def result(self) -> Layout:
        items = [item for rank in self._ranks.ranks for item in rank]
        top = min(self._y[item] - self._sizes[item][1] / 2 for item in items)
        self._y = {item: y - top for item, y in self._y.items()}
        initial = next((Item(i.rank, i.state) for i in items if i.state and self._nodes[i.state].initial), None)
        start = (self._columns[initial.rank][0], self._y[initial]) if initial else None
        last = self._columns[-1]
        return Layout(
            self._graph,
            last[0] + last[1],
            max(self._y[item] + self._sizes[item][1] / 2 for item in items),
            tuple(self._box(item) for item in items if item.state),
            tuple(self._tag(item) for item in items if item.labelled),
            tuple(self._wire(number, route) for number, route in enumerate(self._ranks.routes)),
            start,
        )

    def _box(self, item: Item) -> Box:
        (x, wide), high = self._columns[item.rank], self._sizes[item][1]
        lines, inside, beside = self._texts[item.state]
        return Box(self._nodes[item.state], Rect(x, self._y[item] - high / 2, wide, high), lines, inside, beside)

    def _tag(self, item: Item) -> Tag:
        return Tag(self._ranks.routes[item.edge], self._tag_rect(item), self._tags[item.edge])

    def _tag_rect(self, item: Item) -> Rect:
        (x, column), (wide, high) = self._columns[item.rank], self._sizes[item]
        return Rect(x + (column - wide) / 2, self._y[item] - high / 2, wide, high)

    def _wire(self, number: int, route: Route) -> Wire:
        current = [self._rank_of[name] for name in route.edge.sources if self._nodes[name].current]
        pieces: list[Piece] = []
        tip = (0.0, 0.0)
        for link in self._pieces[number]:
            tail, head = (link.left, link.right) if route.forward else (link.right, link.left)
            live = route.edge.marked
            live |= any(rank == tail.rank if tail.state else (rank < tail.rank) == route.forward for rank in current)
            x, to_x = sum(self._columns[link.left.rank]), self._columns[link.right.rank][0]
            piece = Piece(x, self._port(link.left, link), to_x, self._port(link.right, link), live)
            pieces += [piece, *self._level(tail, live)]
            if head.state:
                tip = (piece.to_x, piece.to_y) if route.forward else (piece.x, piece.y)
        return Wire(route, tuple(pieces), tip, bool(current) or route.edge.marked)

    def _level(self, item: Item, live: bool) -> list[Piece]:
        """The level way of an edge through a rank, around its label where it has one there."""
        (x, column), y = self._columns[item.rank], self._y[item]
        if item.state or not column:
            return []
        if not item.labelled:
            return [Piece(x, y, x + column, y, live)]
        tag = self._tag_rect(item)
        ends = ((x, tag.x), (tag.x + tag.width, x + column))
        return [Piece(start, y, end, y, live) for start, end in ends if end - start > 0.01]

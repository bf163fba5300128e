"""Which state stands in which column, and what crosses the columns between: the order before any coordinate.

Even ranks hold the states, odd ranks the labels between them. Every edge takes exactly one place in each
rank that it passes, so that lines and labels are kept apart by the same rules that keep the boxes apart.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence

import attrs

from casework.diagram.edges import Edge, Graph

SWEEPS = 16


@attrs.frozen(cache_hash=True)
class Item:
    """A place in a rank: a state, or the passage of an edge, which may carry the edge's labels."""

    rank: int
    state: str = ""
    edge: int = -1
    labelled: bool = False


@attrs.frozen(cache_hash=True)
class Link:
    """A piece of an edge between neighbouring ranks, *left* of *right* whichever way the edge points."""

    left: Item
    right: Item
    edge: int


@attrs.frozen
class Route:
    """An edge on its way: all sources before its target (forward), or all behind it."""

    edge: Edge
    forward: bool


@attrs.frozen
class Ranks:
    """Every item in its rank, from top to bottom, and the links between them."""

    routes: tuple[Route, ...]
    ranks: tuple[tuple[Item, ...], ...]
    links: tuple[Link, ...]


def arrange(graph: Graph) -> Ranks:
    """*graph* in ranks, with few crossings."""
    layers = layering(graph)
    routes = _routes(graph, layers)
    items = [Item(2 * layers[node.name], node.name) for node in graph.nodes]
    links: list[Link] = []
    load: dict[int, int] = {}
    for number, route in enumerate(routes):
        items += _lay(number, route, layers, load, links)
    ranks: list[list[Item]] = [[] for _ in range(max(item.rank for item in items) + 1)]
    for item in items:
        ranks[item.rank].append(item)
    return Ranks(routes, _ordered(ranks, links), tuple(links))


def layering(graph: Graph) -> dict[str, int]:
    """The column of each state: right of every neighbour that comes before it in the order of life."""
    pairs = [(source, edge.target) for edge in graph.edges for source in edge.sources]
    place = {name: number for number, name in enumerate(_order(graph, pairs))}
    earlier: dict[str, list[str]] = {name: [] for name in place}
    for source, target in pairs:
        # Two neighbours never share a column, whichever way the edge between them points.
        first, second = (source, target) if place[source] < place[target] else (target, source)
        earlier[second].append(first)
    layers: dict[str, int] = {}
    for name in place:
        layers[name] = max((layers[other] + 1 for other in earlier[name]), default=0)
    return layers


def _order(graph: Graph, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The states as their author wrote them, which mostly follows a life; endings last.

    Where that leaves a state with no way to it from before, or points a third of the edges backward,
    the order of a walk from the initial state is better.
    """
    written = [node.name for node in sorted(graph.nodes, key=lambda node: (not node.initial, node.final))]
    place = {name: number for number, name in enumerate(written)}
    ahead = {target for source, target in pairs if place[source] < place[target]}
    lost = {target for _, target in pairs} - ahead - set(written[:1])
    backward = sum(place[source] > place[target] for source, target in pairs)
    return _walked(written, pairs) if lost or 3 * backward > len(pairs) else written


def _walked(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The reverse of the order in which a walk into depth leaves the states."""
    out: dict[str, list[str]] = {name: [] for name in names}
    for source, target in pairs:
        out[source].append(target)
    seen: set[str] = set()
    done: list[str] = []
    for name in names:
        stack = [(name, False)]
        while stack:
            current, leaving = stack.pop()
            if leaving:
                done.append(current)
            elif current not in seen:
                seen.add(current)
                stack.append((current, True))
                stack += [(target, False) for target in out[current]]
    return done[::-1]


def _routes(graph: Graph, layers: Mapping[str, int]) -> tuple[Route, ...]:
    routes = []
    for edge in graph.edges:
        for forward in (True, False):
            sources = tuple(name for name in edge.sources if (layers[name] < layers[edge.target]) == forward)
            if sources:
                routes.append(Route(attrs.evolve(edge, sources=sources), forward))
    return tuple(routes)


def _lay(number: int, route: Route, layers: Mapping[str, int], load: dict[int, int], links: list[Link]) -> list[Item]:
    """The passages of one edge; the lines of several sources meet on the way, before the label."""
    target, sources = 2 * layers[route.edge.target], [2 * layers[name] for name in route.edge.sources]
    step = 1 if route.forward else -1
    last, near = target - step, (max if route.forward else min)(sources) + step
    first = (min if route.forward else max)(sources) + step
    # Labels go where fewest stand already, near the sources first.
    spot = min(range(near, last + step, 2 * step), key=lambda rank: load.get(rank, 0))
    load[spot] = load.get(spot, 0) + len(route.edge.labels)
    way = {rank: Item(rank, edge=number, labelled=rank == spot) for rank in range(first, last + step, step)}
    steps = [(way[rank], way[rank + step]) for rank in list(way)[:-1]]
    steps += [(Item(2 * layers[name], name), way[2 * layers[name] + step]) for name in route.edge.sources]
    steps.append((way[last], Item(target, route.edge.target)))
    links += [Link(*(pair if route.forward else pair[::-1]), number) for pair in steps]
    return list(way.values())


def _ordered(ranks: list[list[Item]], links: Sequence[Link]) -> tuple[tuple[Item, ...], ...]:
    """The ranks with each item near the middle of its neighbours; the best of several sweeps from two beginnings."""
    before: dict[Item, list[Item]] = {}
    after: dict[Item, list[Item]] = {}
    for link in links:
        after.setdefault(link.left, []).append(link.right)
        before.setdefault(link.right, []).append(link.left)
    tried: list[tuple[int, list[list[Item]]]] = []
    for beginning in (ranks, [rank[::-1] for rank in ranks]):
        current = [list(rank) for rank in beginning]
        for sweep in range(SWEEPS):
            _sweep(current, before, after, rightward=sweep % 2 == 0)
            _swap(current, before, after)
            crossings = sum(_crossings(current, after, rank) for rank in range(len(current) - 1))
            tried.append((crossings, [list(rank) for rank in current]))
    return tuple(tuple(rank) for rank in min(tried, key=lambda pair: pair[0])[1])


def _sweep(
    ranks: list[list[Item]], before: Mapping[Item, list[Item]], after: Mapping[Item, list[Item]], *, rightward: bool
) -> None:
    if rightward:
        for rank in range(1, len(ranks)):
            ranks[rank] = _pulled(ranks[rank], ranks[rank - 1], before)
    else:
        for rank in range(len(ranks) - 2, -1, -1):
            ranks[rank] = _pulled(ranks[rank], ranks[rank + 1], after)


def _pulled(rank: list[Item], fixed: list[Item], neighbours: Mapping[Item, list[Item]]) -> list[Item]:
    place = {item: number / max(len(fixed) - 1, 1) for number, item in enumerate(fixed)}
    own = {item: number / max(len(rank) - 1, 1) for number, item in enumerate(rank)}

    def pull(item: Item) -> float:
        near = neighbours.get(item)
        return sum(place[other] for other in near) / len(near) if near else own[item]

    return sorted(rank, key=pull)


def _swap(ranks: list[list[Item]], before: Mapping[Item, list[Item]], after: Mapping[Item, list[Item]]) -> None:
    """Exchange neighbours in a rank wherever that undoes crossings."""
    for number, rank in enumerate(ranks):
        sides = [
            ({item: place for place, item in enumerate(ranks[other])}, neighbours)
            for other, neighbours in ((number - 1, before), (number + 1, after))
            if 0 <= other < len(ranks)
        ]
        for upper in range(len(rank) - 1):
            first, second = rank[upper], rank[upper + 1]
            now = sum(_between(place, near, first, second) for place, near in sides)
            if now > sum(_between(place, near, second, first) for place, near in sides):
                rank[upper], rank[upper + 1] = second, first


def _between(place: Mapping[Item, int], near: Mapping[Item, list[Item]], upper: Item, lower: Item) -> int:
    """How many lines cross between two neighbours in this order."""
    above = [place[item] for item in near.get(upper, ())]
    return sum(place[item] < other for item in near.get(lower, ()) for other in above)


def _crossings(ranks: Sequence[Sequence[Item]], after: Mapping[Item, list[Item]], rank: int) -> int:
    place = {item: number for number, item in enumerate(ranks[rank + 1])}
    seen: list[int] = []
    count = 0
    for item in ranks[rank]:
        ends = [place[other] for other in after.get(item, ())]
        count += sum(len(seen) - bisect_right(seen, end) for end in ends)
        for end in ends:
            insort(seen, end)
    return count

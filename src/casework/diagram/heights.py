"""How high each item of a layout stands: level lines first, in the order and at the distances of its rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from casework.diagram.layers import Item, Link, Ranks

ROUNDS = 120


def heights(
    ranks: Ranks,
    sizes: Mapping[Item, tuple[float, float]],
    links: Mapping[Item, Sequence[Link]],
    ports: Mapping[tuple[str, Link], float],
) -> dict[Item, float]:
    """The middle of each item: lines as level as the order and the distances in each rank allow."""
    y: dict[Item, float] = {}
    for rank in ranks.ranks:
        gaps = _gaps(rank, sizes)
        y |= {item: sum(gaps[: number + 1]) - sum(gaps) / 2 for number, item in enumerate(rank)}
    for turn in range(ROUNDS):
        softness = max(20.0 * 0.93**turn, 0.05)
        for rank in ranks.ranks if turn % 2 == 0 else ranks.ranks[::-1]:
            pulls = [_pull(item, y, links, ports, softness) for item in rank]
            y |= dict(zip(rank, _settled(pulls, _gaps(rank, sizes)), strict=True))
    return {item: round(value, 1) for item, value in y.items()}


def _gaps(rank: Sequence[Item], sizes: Mapping[Item, tuple[float, float]]) -> list[float]:
    """The least distance of each item from the one above it."""
    gaps = [0.0]
    for upper, lower in pairwise(rank):
        free = 20.0 if upper.state and lower.state else 12.0 if upper.state or lower.state else 9.0
        gaps.append((sizes[upper][1] + sizes[lower][1]) / 2 + free)
    return gaps


def _pull(
    item: Item,
    y: Mapping[Item, float],
    links: Mapping[Item, Sequence[Link]],
    ports: Mapping[tuple[str, Link], float],
    softness: float,
) -> tuple[float, float]:
    """Where the neighbours want the item, and how much; a nearly level line pulls hardest, and so becomes level."""
    total, weighted = 0.0001, 0.0001 * y[item]
    for link in links.get(item, ()):
        other = link.right if link.left == item else link.left
        wanted = y[other] + ports.get((other.state, link), 0.0) - ports.get((item.state, link), 0.0)
        kind = 1.0 if item.state or other.state else 5.0
        weight = kind / max(abs(wanted - y[item]), softness)
        total, weighted = total + weight, weighted + weight * wanted
    return weighted / total, total


def _settled(pulls: Sequence[tuple[float, float]], gaps: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones that keep order and distances (isotonic regression)."""
    blocks: list[tuple[float, float, int]] = []
    shift = 0.0
    shifts: list[float] = []
    for (wanted, weight), gap in zip(pulls, gaps, strict=True):
        shift += gap
        shifts.append(shift)
        block = (wanted - shift, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, mass, count = blocks.pop()
            mass_of_both = mass + block[1]
            block = ((mean * mass + block[0] * block[1]) / mass_of_both, mass_of_both, count + block[2])
        blocks.append(block)
    level = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + moved for mean, moved in zip(level, shifts, strict=True)]

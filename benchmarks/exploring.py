"""Exploring: a graph of 30,000 configurations proven, beside a breadth-first search by hand over the same graph."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import QUICK, Figure, Goal, Sizes, interleaved
from casework import CaseType, State, Transition, Workflow, state
from casework.compiled import Compiled
from casework.exploring.prove import prove
from casework.manifest import manifest_of

LENGTHS = (14, 14, 13, 13)
"""How many states each workflow has, the main one first."""
TINY = (4, 3, 3, 3)
SECONDS = 2.0
BY_HAND = "search by hand"


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Everything that is asked of the graph, against visiting each node and following each edge."""
    lengths = LENGTHS if sizes.many >= QUICK.many else TINY
    ready = Compiled(manifest_of(graph(lengths), len(lengths), ()), {})
    nodes = searched(lengths)
    assert nodes == prove(ready).configurations, "both look at the same graph"
    contenders = {BY_HAND: partial(searched, lengths), "prove": partial(_proven, ready)}
    taken = interleaved(contenders, max(2, sizes.rounds // 3), time.thread_time)
    yield taken.figure(BY_HAND, note=f"{nodes:,} configurations; per configuration")
    goal = Goal(SECONDS * 1e6 / nodes, of="value")
    yield taken.figure("prove", BY_HAND, goal=goal, note=f"{taken.median('prove') * nodes:.1f} s for all of them")


def graph(lengths: tuple[int, ...]) -> CaseType:
    """Workflows that are lines of so many states, which one goes along and back; the others end with the first."""
    return CaseType(
        "graph",
        chain=[_line(place, length, lengths[0] - 1) for place, length in enumerate(lengths)],
        roles=("clerk",),
        opens="clerk",
        grants={"view": "clerk"},
    )


def _line(place: int, length: int, last: int) -> Workflow:
    name = f"beside_{place}" if place else "main"
    states = [f"{name}_{number}" for number in range(length)]
    steps = [Transition(f"{a}_on", a, b, roles="clerk") for a, b in pairwise(states)]
    steps += [Transition(f"{b}_back", b, a, roles="clerk") for a, b in pairwise(states[:-1])]
    if place:
        over = state("main") == f"main_{last}"
        steps.append(Transition(f"{name}_end", states[:-1], states[-1], condition=over, automatic=True))
    every = [State(state, final=state == states[-1]) for state in states]
    return Workflow(name, initial=states[0], states=every, transitions=steps)


def searched(lengths: tuple[int, ...]) -> int:
    """How many configurations there are, found by hand."""
    ends = tuple(length - 1 for length in lengths)
    first = (0,) * len(lengths)
    seen, queue = {first}, deque([first])
    while queue:
        here = queue.popleft()
        for place, at in enumerate(here if here[0] != ends[0] else ()):
            for onward in (at + 1, at - 1) if 0 < at < ends[place] else (at + 1,) if at == 0 else ():
                there = (*here[:place], onward, *here[place + 1 :])
                there = ends if there[0] == ends[0] else there
                if there not in seen:
                    seen.add(there)
                    queue.append(there)
    return len(seen)


def _proven(ready: Compiled) -> int:
    proof = prove(ready)
    assert proof.answer == "proven"
    return proof.configurations

"""How right matching is, and how fast, on invented people.

    python plugins/casework-police/benchmarks/matching.py [--people 2000] [--pool 20000] [--seed 7]

Half of the people found were reported missing. A proposal is wrong where it names another person. Printed are, for
each floor, precision, recall and how many of those found who were never reported get a wrong proposal all the same.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent))

from casework_police.matching import Description, Pool, Proposal, candidates
from people import described, people, reported

FLOORS = (0.2, 0.5, 0.7, 0.9, 0.97, 0.99)
Answer = TypeVar("Answer")


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """What *work* answers, and the processor's seconds for it, whatever else runs on the machine."""
    start = time.process_time()
    answer = work()
    return answer, time.process_time() - start


def asked(found: tuple[Description, ...], pool: Pool) -> tuple[tuple[Proposal, ...], ...]:
    """The proposals for each of those found."""
    return tuple(candidates(one, pool, floor=FLOORS[0]) for one in found)


def same(proposal: Proposal) -> bool:
    """Whether both records are one person's."""
    return proposal.ours.partition("-")[2] == proposal.theirs.partition("-")[2]


def row(answers: tuple[tuple[Proposal, ...], ...], reported_people: int, passes: Callable[[Proposal], bool]) -> str:
    """Precision, recall, wrong proposals per person found, and people who were never reported but got one."""
    kept = [[proposal for proposal in answer if passes(proposal)] for answer in answers]
    every = [proposal for answer in kept for proposal in answer]
    right = sum(map(same, every))
    wrong = len(every) - right
    first = sum(1 for answer in kept if answer and same(answer[0]))
    unknown = [answer for number, answer in enumerate(kept) if number >= reported_people]
    misled = sum(1 for answer in unknown if answer)
    return (
        f"| {right / len(every) if every else 1:.3f} | {right / reported_people:.3f} | {first / reported_people:.3f} "
        f"| {wrong / len(answers):.3f} | {misled / len(unknown):.3f} |"
    )


def quality(count: int, seed: int) -> None:
    """Print the table."""
    half = count // 2
    everybody = people(count + half, seed=seed)
    # Those found: the first half was reported missing, the other half never; besides them others were reported.
    found = tuple(described(person, seed=seed) for person in everybody[:count])
    missing = [reported(person, seed=seed) for person in (*everybody[:half], *everybody[count:])]
    pool, preparing = timed(lambda: Pool(missing))
    answers, asking = timed(lambda: asked(found, pool))
    print(f"{count} found against {len(missing)} reported: {preparing:.2f} s to prepare, {asking:.1f} s to ask")
    print("| floor | precision | recall | right one first | wrong per person found | misled though never reported |")
    print("|--:|--:|--:|--:|--:|--:|")
    for floor in FLOORS:
        print(f"| {floor} {row(answers, half, lambda proposal, least=floor: proposal.score >= least)}")
    print(f"| strong {row(answers, half, lambda proposal: proposal.band == 'strong')}")


def speed(size: int, seed: int) -> None:
    """Print how long one question to a large pool takes."""
    everybody = people(size, seed=seed + 1)
    pool, preparing = timed(lambda: Pool(reported(person, seed=seed) for person in everybody))
    questions = [described(person, seed=seed) for person in everybody[:: max(1, size // 50)]]
    taken = sorted(timed(lambda one=one: candidates(one, pool))[1] for one in questions)
    middle, worst = taken[len(taken) // 2], taken[-1]
    print(f"one against {size}: pool in {preparing:.1f} s (inventing them included); median {middle * 1000:.0f} ms, ")
    print(f"slowest of {len(taken)} {worst * 1000:.0f} ms; Python {platform.python_version()}")


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--pool", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    told = parser.parse_args()
    quality(told.people, told.seed)
    speed(told.pool, told.seed)


if __name__ == "__main__":
    main()

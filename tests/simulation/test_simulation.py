"""Random days on real stores, in which statements fail and processes die; what fails is one seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from simulation.playing import left_by, play
from simulation.simulator import Broken, Simulation
from stores import Stores, fresh, on_sqlite

from casework import Receipt

TESTS = Path(__file__).parents[1]
NIGHT = 1_000_000
SEEDS, STEPS = 8, 150


def test_whatever_fails_and_dies_what_was_told_stays_true(on_each_database: None) -> None:
    told = [Simulation(seed, fresh()).run(STEPS) for seed in range(SEEDS if on_sqlite() else 3)]

    assert all(done.firings > 10 for done in told)
    assert sum(done.crashes for done in told) > len(told), "deaths were tried"
    assert sum(done.errors for done in told) > 0 or not on_sqlite(), "errors were tried; a server's are made good"
    assert sum(done.sent for done in told) > 0 and sum(done.repeats for done in told) > 0


@pytest.mark.long
def test_a_million_firings_break_nothing() -> None:
    firings, seed = 0, 10_000
    while firings < NIGHT:
        firings += play(seed, 300).firings
        seed += 1
        if seed % 100 == 0:
            print(f"seed {seed}: {firings:,} firings", flush=True)


def test_a_seed_leaves_the_same_store_twice(on_each_database: None) -> None:
    kind = "sqlite" if on_sqlite() else "postgres"

    assert left_by(3, 120, kind) == left_by(3, 120, kind) != left_by(4, 120, kind)


def test_a_seed_leaves_the_same_store_in_another_process() -> None:
    code = "from simulation.playing import left_by; print(left_by(5, 120))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert {left_by(5, 120)} == told


def test_what_breaks_is_told_with_the_seed_that_shows_it_again() -> None:
    with Stores("sqlite").lent() as url:
        simulation = Simulation(7, url)
        simulation.acknowledged.append(Receipt("a case that nobody opened", 1, 1))
        with pytest.raises(Broken) as caught:
            simulation.run(50)

    assert "python -m simulation --seeds 7 --steps 50" in str(caught.value)
    assert "acknowledged, but not there" in str(caught.value)

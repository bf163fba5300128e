"""One seed on a store of its own, and what it left there."""

from __future__ import annotations

import hashlib
from typing import Any

from simulation.simulator import Simulation, Told
from stores import Stores

from casework.storage.rows import every_row


def play(seed: int, steps: int, kind: str = "sqlite") -> Told:
    """Run one seed. Raises Broken where it shows something that must not be."""
    with Stores(kind).lent() as url:
        return Simulation(seed, url).run(steps)


def left_by(seed: int, steps: int, kind: str = "sqlite") -> str:
    """A digest of every row that a seed leaves."""
    with Stores(kind).lent() as url:
        simulation = Simulation(seed, url)
        simulation.run(steps)
        app = simulation._begun()
        with app.reading() as transaction:
            rows: Any = every_row(transaction)
        app.dispose()
    return hashlib.sha256(repr(sorted(rows.items())).encode()).hexdigest()

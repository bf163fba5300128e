"""An app whose log is signed, a history of its cases with checkpoints between, and the keys that belong to it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from histories import _ACTS as ACTS
from histories import SMS, STAFF, START, TASK, VISIT, some_values

from casework import Actor, Casework, FrozenClock, Refused, seeded_entropy
from casework.checkpoints import CheckpointFolder, Checkpoints, Signer

ORIGIN = "example.org/anlu"
SIGNER = Signer.new(ORIGIN, entropy=seeded_entropy("the log"))
STRANGER = Signer.new(ORIGIN, entropy=seeded_entropy("somebody else"))
WITNESS = Signer.new("witness.example", entropy=seeded_entropy("a witness"))
LI = Actor("li", STAFF, unit="anlu")


def kept_in(*folders: Path) -> Checkpoints:
    """The checkpoints of the log in some folders."""
    return Checkpoints(key=SIGNER.public, places=[CheckpointFolder(folder) for folder in folders])


def signed_app(url: str, folders: Path | Iterable[Path], clock: FrozenClock | None = None, seed: int = 1) -> Casework:
    """An app over the store, that holds it against the checkpoints in those folders; its tables are there."""
    places = (folders,) if isinstance(folders, Path) else tuple(folders)
    app = Casework(
        url,
        case_types=[VISIT, TASK],
        parts=[SMS],
        clock=clock or FrozenClock(START),
        entropy=seeded_entropy(seed),
        checkpoints=kept_in(*places),
    )
    app.create_tables()
    return app


def live(app: Casework, clock: FrozenClock, luck: random.Random, steps: int) -> None:
    """Open a few cases and let things happen to them."""
    desk = app.desk(LI)
    ids = [desk.open("visit", **some_values(luck)).id for _ in range(3)]
    for _ in range(steps):
        clock.advance(timedelta(minutes=luck.randint(1, 300)))
        try:
            luck.choice(ACTS)(desk, desk.get(luck.choice(ids)), luck)
        except Refused:
            continue


def signed_history(
    app: Casework, clock: FrozenClock, luck: random.Random, *, parts: int = 3, steps: int = 12
) -> list[int]:
    """Several stretches of life, each followed by a checkpoint, then one that waits; the sizes that were signed."""
    sizes = []
    for _ in range(parts):
        live(app, clock, luck, steps)
        made = app.checkpoint(SIGNER)
        assert made is not None
        sizes.append(made.size)
    live(app, clock, luck, 10)
    return sizes

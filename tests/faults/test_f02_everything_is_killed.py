"""F1, F2: applications and the whole server are killed under load; what was acknowledged is there, exactly once."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from cluster import Cluster
from faults.clerks import Clerk
from faults.town import CLERK, founded
from oracle import assert_inv, tables
from server import durable_server

from casework import Casework

pytestmark = pytest.mark.postgres
CLERKS = 4


def test_f02_nothing_acknowledged_is_lost_or_doubled_whatever_is_killed(tmp_path: Path, long: bool) -> None:
    """Every fourth kill takes the postmaster with all its children, the others one application."""
    kills, chance = (1_000 if long else 8), random.Random(2)
    with durable_server() as cluster:
        app = founded(cluster.url())
        clerks = [Clerk(cluster.url(), f"clerk-{n}", tmp_path) for n in range(CLERKS)]
        try:
            _killed(cluster, app, clerks, kills, chance)
            (tmp_path / "stop").touch()
            assert [0] * CLERKS == [clerk.goes() for clerk in clerks]
        finally:
            for clerk in clerks:
                clerk.is_sent_away()

        notes = [note.split(" ") for clerk in clerks for note in clerk.notes]
        kept = {(row["case_id"], str(row["number"])) for row in tables(app)["casework_entry"] if row["number"] > 1}
        print(f"\n{kills} kills; {len(notes)} firings acknowledged, {len(kept)} kept")
        assert len(notes) == len({tuple(note) for note in notes})
        assert {tuple(note) for note in notes} == kept
        assert {note[0] for note in notes} == {case.id for case in app.desk(CLERK).find("guest", limit=200).cases}
        assert_inv(app)
        app.dispose()


def _killed(cluster: Cluster, app: Casework, clerks: list[Clerk], kills: int, chance: random.Random) -> None:
    for clerk in clerks:
        clerk.comes()
    _until_all_work(clerks)
    for kill in range(kills):
        time.sleep(chance.uniform(0.05, 0.5))
        if kill % 4 == 0:
            cluster.kill_tree()
            cluster.start()
        else:
            chance.choice(clerks).is_killed()
        if kill % 20 == 19:
            # One state of the store while they go on working; INV itself wants them to stand still.
            assert app.verify().whole
    _until_all_work(clerks)


def _until_all_work(clerks: list[Clerk]) -> None:
    """Wait until each of them has something acknowledged that was not before."""
    before, until = [len(clerk.notes) for clerk in clerks], time.monotonic() + 60
    while any(len(clerk.notes) <= known for clerk, known in zip(clerks, before, strict=True)):
        assert time.monotonic() < until, "somebody does not work any more"
        time.sleep(0.02)

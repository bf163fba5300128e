"""F1, F2, F35: applications, workers and the whole server are killed under load.

What was acknowledged is there exactly once, and every message of it arrives, under one key and with one content.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from cluster import Cluster, in_memory
from faults.clerks import PATIENCE, Receiver, Staff, carries, notes_of, office, works
from faults.town import CLERK
from oracle import assert_inv, tables
from server import durable_server

from casework import Casework

pytestmark = pytest.mark.postgres
RUNNERS = ("", "procrastinate")
CARRIERS = 2
EACH = 25  # kills of one store; what it has grown to has to be verified again and again


@attrs.define(eq=False)
class Town:
    """A store at which clerks and carriers work, on a server that can be killed like them."""

    cluster: Cluster
    runner: str
    folder: Path
    app: Casework
    clerks: list[Staff]
    carriers: list[Staff]
    killed: Counter[str] = attrs.field(factory=Counter)
    recovered: list[float] = attrs.field(factory=list)

    def kill(self, turn: int, chance: random.Random) -> None:
        """One kill: every fifth takes the postmaster with all its children, the others a clerk and a carrier."""
        if turn % 5 == 0:
            self._kill_server()
        else:
            name, several = ("clerk", self.clerks) if turn % 2 else ("carrier", self.carriers)
            chance.choice(several).is_killed()
            self.killed[name] += 1

    def _kill_server(self) -> None:
        killed, before = time.monotonic(), len(self.notes)
        self.cluster.kill_tree()
        self.cluster.start()
        self.app.dispose()  # who reads is told to ask again; here nobody is there to do so
        until(lambda: len(self.notes) > before, "nobody works any more")
        self.recovered.append(time.monotonic() - killed)
        self.killed["whole server"] += 1

    @property
    def notes(self) -> list[tuple[str, int]]:
        """What was acknowledged to the clerks."""
        return [note for clerk in self.clerks for note in notes_of(self.folder, clerk.name)]

    def all_work(self) -> None:
        """Wait until each clerk has something acknowledged that was not before, and until something arrived."""
        told, came = [len(notes_of(self.folder, clerk.name)) for clerk in self.clerks], len(self.receiver.arrived)
        until(
            lambda: (
                all(len(notes_of(self.folder, clerk.name)) > n for clerk, n in zip(self.clerks, told, strict=True))
                and len(self.receiver.arrived) > came
            ),
            "somebody does not work any more",
        )

    @property
    def receiver(self) -> Receiver:
        """Where messages arrive."""
        return Receiver(self.folder / "arrived")

    def all_go(self) -> None:
        """The clerks stop, and the carriers when nothing waits any more."""
        (self.folder / "stop").touch()
        assert {0} == {clerk.goes() for clerk in self.clerks}
        until(lambda: not self.app.effects("waiting", limit=1), "a message does not arrive")

    def close(self) -> None:
        """Whatever happened, nobody is left."""
        for one in (*self.clerks, *self.carriers):
            one.is_sent_away()
        self.app.dispose()


def until(true: Callable[[], bool], problem: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, problem
        time.sleep(0.01)


def town_on(cluster: Cluster, runner: str, folder: Path, size: int) -> Town:
    """A new store on the cluster, with free beds; everybody comes to work."""
    folder.mkdir()
    url = cluster.new_database(folder.name)
    app = office(url, runner, folder)
    app.create_tables()
    app.atomically(CLERK, lambda desk: desk.fire(desk.open("house"), "set_up", count=size))
    clerks = [Staff(works, url, runner, folder, f"clerk-{n}") for n in range(size)]
    carriers = [Staff(carries, url, runner, folder, f"carrier-{n}") for n in range(CARRIERS)]
    town = Town(cluster, runner, folder, app, clerks, carriers)
    for one in (*clerks, *carriers):
        one.comes()
    return town


def survived(town: Town, kills: int, chance: random.Random) -> Counter[str]:
    """Kill, and look at everything; how much there was of what."""
    try:
        town.all_work()
        for turn in range(kills):
            time.sleep(chance.uniform(0.05, 0.5))
            town.kill(turn, chance)
            if turn % 5 == 4:
                # What was acknowledged before is in one state of the store, while they go on working.
                assert_inv(town.app, town.notes, verify=False)
                assert town.app.verify().whole
        town.all_work()
        town.all_go()
        return counted(town)
    finally:
        town.close()


def counted(town: Town) -> Counter[str]:
    """Nothing is lost, nothing is there twice, and what arrived is what the entries say."""
    notes, arrived, rows = town.notes, town.receiver.arrived, tables(town.app)
    assert_inv(town.app, notes, rows=rows)
    kept = {(row["case_id"], row["number"]) for row in rows["casework_entry"]}
    ours = {(row["id"], number) for row in rows["casework_case"] if row["case_type"] == "house" for number in (1, 2)}
    ours |= {(row["id"], 1) for row in rows["casework_case"] if row["case_type"] == "guest"}
    assert len(town.clerks) + 2 == len(ours)
    assert len(notes) == len(set(notes))
    assert {*notes} == kept - ours

    made = {f"{row['tenant']}/{row['case_id']}/{row['number']}/{row['line']}" for row in rows["casework_message"]}
    assert {"sent"} == {row["state"] for row in rows["casework_message"]}
    assert made == {key for key, _ in arrived}, "none is lost, and none is without its entry"
    assert len(made) == len(set(arrived)), "what comes again comes with the same content"
    told = {"acknowledged": len(notes), "kept": len(kept - ours), "messages": len(made), "arrivals": len(arrived)}
    return Counter({**town.killed, **told})


def test_f02_f35_nothing_is_lost_or_doubled_whatever_is_killed(tmp_path: Path, long: bool) -> None:
    chance, total, recovered = random.Random(2), Counter[str](), list[float]()
    with durable_server(parent=in_memory()) as cluster:
        for turn in range(1, 1_000 // EACH + 1 if long else 2):
            town = town_on(cluster, RUNNERS[turn % 2], tmp_path / f"town_{turn}", size=4 if long else 2)
            total += survived(town, EACH if long else 5, chance)
            recovered += town.recovered
            print(f"\n{dict(total)}; again after {sorted(recovered)[len(recovered) // 2]:.2f} s", flush=True)
    late = sorted(recovered)[int(0.95 * len(recovered))]
    print(f"something was acknowledged again within {late:.2f} s of 95 of 100 kills of the server")

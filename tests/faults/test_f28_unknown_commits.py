"""F28: a COMMIT whose answer never came is found out about: what was told to be kept is, and nothing is kept twice."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from faults.town import CLERK, at_once, code, founded, guests, town
from oracle import assert_inv
from server import durable_server
from wire import Wire

from casework import Casework

pytestmark = pytest.mark.postgres
WRITERS = 8


@contextmanager
def on_a_wire(share: float, seed: int) -> Iterator[tuple[Casework, Casework, Wire]]:
    """An app whose wire is cut now and then, another one on the same store whose wire is not, and that wire."""
    with durable_server() as cluster, Wire(("127.0.0.1", cluster.port), share, seed).laid() as wire:
        steady = founded(cluster.url())
        shaky = town(cluster.url(tcp=True).replace(f":{cluster.port}", f":{wire.port}"))
        yield steady, shaky, wire
        shaky.dispose()
        steady.dispose()


def sessions(app: Casework) -> int:
    """How many sessions the server has, with those that are about to end."""
    counted = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    with app._engine.store.engine.connect() as connection:
        return int(connection.exec_driver_sql(counted).scalar_one())


def test_f28_every_cut_commit_is_resolved_and_none_is_doubled(long: bool) -> None:
    wanted = 5_000 if long else 60
    with on_a_wire(0.25, 28) as (steady, shaky, wire):
        cases = [case.id for case in guests(steady, WRITERS)]

        def work(case_id: str) -> Counter[str]:
            desk, told = shaky.desk(CLERK), Counter[str]()
            while wire.cuts.total() < wanted:
                told[code(lambda: desk.fire(case_id, "tick"))] += 1
            return told

        told = at_once([lambda case_id=case_id: work(case_id) for case_id in cases])  # type: ignore[misc]
        kept = [steady.desk(CLERK).get(case_id).revision - 1 for case_id in cases]
        left = sessions(steady)
        assert_inv(steady)

    print(f"\n{wire.cuts.total()} cut commits: {dict(wire.cuts)}; told: {dict(sum(told, Counter()))}")
    assert [answers[""] for answers in told] == kept
    assert 0 == sum(answers["outcome-unknown"] for answers in told)
    assert len(wire.cuts) == 4
    assert left <= 2 * WRITERS, "what was given up is closed"


def test_f28_the_same_request_again_finds_what_it_did(long: bool) -> None:
    """A caller that itself was cut off asks again with its request id, and nothing happens twice."""
    with on_a_wire(0.3, 29) as (steady, shaky, wire):
        desk = shaky.desk(CLERK)
        ids = []
        for number in range(190 if long else 15):
            opened = (desk.open("guest", request_id=f"door-{number}") for _ in itertools.count())
            ids.append({next(opened).id for _ in range(2)})
        found = steady.desk(CLERK).find("guest", limit=200).cases
        assert_inv(steady)

    assert {1} == {len(same) for same in ids}
    assert len(ids) == len(found)
    assert wire.cuts.total() > 0

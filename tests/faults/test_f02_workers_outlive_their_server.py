"""F2: a worker whose server is killed waits for it to come back, and takes nothing for stuck meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from cluster import Cluster, in_memory
from effects.parcel import HOUR, START, Sink, app_on, post, told
from server import durable_server

from casework import StoreUnavailable, SystemClock
from casework.jobs.procrastinate import Procrastinate, work

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One for this file, whose tests leave it running."""
    with durable_server(parent=in_memory()) as running:
        yield running


def killed(cluster: Cluster) -> None:
    cluster.kill_tree()
    cluster.start()


def test_f02_a_worker_of_a_runner_goes_on_when_its_server_has_come_back(cluster: Cluster) -> None:
    sink, url = Sink(), cluster.new_database("jobs")
    app = app_on(post(sink), url=url, clock=SystemClock(), runner=Procrastinate())
    told(app, 3)
    killed(cluster)

    done = work(app, url, once=True)

    assert {"sent": 3} == done
    assert 3 == len(sink.keys)
    app.dispose()


class Ominous:
    """A clock that kills the server where it is looked at within the transaction of a timer."""

    def __init__(self, cluster: Cluster) -> None:
        self.looks = 0
        self._cluster = cluster

    def now(self) -> datetime:
        self.looks += 1
        if self.looks == 2:
            self._cluster.kill_tree()
        return START + 2 * HOUR


def test_f02_a_timer_that_loses_its_server_is_not_taken_for_stuck(cluster: Cluster) -> None:
    """One that is stuck is looked at again a quarter of an hour later."""
    url = cluster.new_database("timers")
    early = app_on(post(Sink()), url=url)
    told(early, 1)
    early.dispose()
    app = app_on(post(Sink()), url=url, clock=Ominous(cluster), entropy=bytes)

    with pytest.raises(StoreUnavailable):
        app.run_due()
    cluster.start()

    assert 1 == app.run_due().fired
    app.dispose()

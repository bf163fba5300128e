"""Each account does its work with the job engine and the log, and nothing else: asked of a server, as that account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from accounts import Town, town
from effects.parcel import ANA, Sink, app_on, parcel, post, told
from sqlalchemy import text
from stores import fresh

from casework import Casework, FrozenClock, SystemClock
from casework.checkpoints import CheckpointFolder, Checkpoints, Signer
from casework.jobs.procrastinate import Procrastinate, work
from casework.jobs.procrastinate.worker import Pace

pytestmark = pytest.mark.postgres
PACE = Pace(poll=0.1, heartbeat=0.2, again=0.1)
DENIED = "42501"

REFUSED = {
    "app": (
        "SELECT * FROM procrastinate_workers",
        "SELECT * FROM procrastinate_events",
        "UPDATE procrastinate_jobs SET status = 'succeeded'",
        "UPDATE procrastinate_jobs SET lock = NULL",
        "SELECT procrastinate_fetch_job_v2(NULL, 1)",
        "SELECT procrastinate_register_worker_v1()",
        "TRUNCATE procrastinate_jobs CASCADE",
        "INSERT INTO casework_runner VALUES ('other', '1')",
        "INSERT INTO casework_checkpoint SELECT * FROM casework_checkpoint",
        "DELETE FROM casework_unlogged",
    ),
    "worker": (
        "UPDATE casework_runner SET version = '1'",
        "UPDATE procrastinate_events SET type = 'failed'",
        "TRUNCATE procrastinate_jobs CASCADE",
        "ALTER TABLE procrastinate_jobs DISABLE TRIGGER ALL",
        "INSERT INTO casework_leaf SELECT * FROM casework_leaf",
        "INSERT INTO casework_checkpoint SELECT * FROM casework_checkpoint",
        "DELETE FROM casework_unlogged",
    ),
    "checkpointer": (
        'SELECT "values" FROM casework_entry',
        "SELECT body FROM casework_entry",
        "INSERT INTO casework_entry SELECT * FROM casework_entry",
        "INSERT INTO casework_unlogged SELECT * FROM casework_unlogged",
        "UPDATE casework_leaf SET hash = hash",
        "DELETE FROM casework_checkpoint",
        "SELECT * FROM casework_case",
        "SELECT * FROM case_parcel",
        "SELECT * FROM casework_message",
        "SELECT * FROM casework_key",
        "SELECT * FROM procrastinate_jobs",
    ),
}


@pytest.fixture(name="town")
def _town() -> Iterator[Town]:
    """A store with a runner, and accounts that may do what they are for."""
    url = fresh()
    app_on(post(Sink()), url=url, runner=Procrastinate()).dispose()
    with town(url, "app", "worker", "checkpointer") as there:
        yield there


def opened(town: Town, account: str | None, sink: Sink | None = None, **more: Any) -> Casework:
    """The application as one of the accounts, which find the tables as they are."""
    given = {"clock": SystemClock(), "runner": Procrastinate(), **more}
    return Casework(town.as_(account), case_types=[parcel("post")], parts=[post(sink or Sink())], **given)


def jobs(app: Casework) -> list[str]:
    """The keys of the jobs that wait."""
    with app._engine.store.engine.connect() as connection:
        found = connection.execute(text("SELECT queueing_lock FROM procrastinate_jobs ORDER BY id"))
        return [row[0] for row in found if row[0]]


def test_the_app_has_jobs_deferred_and_taken_back_and_the_worker_performs_them(town: Town) -> None:
    sink, clock = Sink(), FrozenClock(SystemClock().now())
    app, worker = opened(town, town.roles.app, clock=clock), opened(town, town.roles.worker, sink)
    app.create_tables()
    worker.create_tables()
    (case,) = told(app, 1)
    other = app.desk(ANA).open("parcel")
    clock.advance(other.dues["pick_up"] - clock.now())
    app.tend()
    timer = f"timer/main/{other.id}/pick_up"
    assert f"message/main/{case.id}/2/0" in jobs(app) and timer in jobs(app)
    app.desk(ANA).fire(other, "lend")
    assert timer not in jobs(app)

    done = work(worker, town.as_(town.roles.worker), once=True, pace=PACE)

    assert (1, 1) == (done["sent"], len(sink.keys))
    assert [] == [key for key in jobs(app) if key.startswith("message/")]
    app.dispose()
    worker.dispose()


def test_the_checkpointer_signs_and_reads_no_values(town: Town, tmp_path: Path) -> None:
    app = opened(town, town.roles.app)
    told(app, 2)
    app.dispose()
    signer = Signer.new("example.org/town")
    checkpoints = Checkpoints(key=signer.public, places=CheckpointFolder(tmp_path))
    signing = opened(town, town.roles.checkpointer, runner=None, checkpoints=checkpoints)

    made = signing.checkpoint(signer)

    assert made is not None and 4 == made.size
    assert made == signing.checkpoint(signer)
    signing.dispose()
    whole = opened(town, None, checkpoints=checkpoints)
    assert whole.verify().whole and 4 == whole.verify_log().signed
    whole.dispose()


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_f61_no_account_does_more_than_it_is_for(town: Town, kind: str) -> None:
    account = getattr(town.roles, kind)
    allowed = [told for told in REFUSED[kind] if town.sqlstate(account, told) != DENIED]

    assert [] == allowed

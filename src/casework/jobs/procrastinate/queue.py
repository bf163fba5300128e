"""Put jobs into Procrastinate's tables, in the transaction and on the connection of the firing that needs them.

Its own functions for that give back the ids of jobs, and fail the whole transaction where a job waits already. These
statements need neither, and travel together with the other writes of the firing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import attrs

from casework.errors import SetupError
from casework.jobs.port import Job, Writing
from casework.jobs.procrastinate.tables import prepare

QUEUE = "casework"
PERFORM = "casework.perform"

_ENQUEUE = f"""
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, scheduled_at)
SELECT '{QUEUE}', '{PERFORM}', lane, key, args, due_at
FROM jsonb_to_recordset(%s::jsonb) AS told (lane text, key text, args jsonb, due_at timestamptz)
ON CONFLICT (queueing_lock) WHERE status = 'todo'
DO UPDATE SET scheduled_at = excluded.scheduled_at, args = excluded.args
WHERE procrastinate_jobs.scheduled_at IS DISTINCT FROM excluded.scheduled_at
"""  # noqa: S608 (two names of our own)
_CANCEL = """
DELETE FROM procrastinate_jobs
WHERE status = 'todo' AND queueing_lock IN (SELECT jsonb_array_elements_text(%s::jsonb))
"""


@attrs.frozen(kw_only=True)
class Procrastinate:
    """Has jobs performed by ``casework work --runner procrastinate``, on any number of machines.

    One lane of ours is one lock of Procrastinate's, the key of a job its queueing lock.
    """

    def enqueue(self, writing: Writing, jobs: Sequence[Job], /) -> None:
        """Insert jobs; one that waits already is due when the later one says."""
        unique = {job.key: job for job in jobs}
        told = [
            {"lane": job.lane or None, "key": key, "args": arguments(job), "due_at": job.due_at.isoformat()}
            for key, job in unique.items()
        ]
        writing.execute(_ENQUEUE, (json.dumps(told),))

    def cancel(self, writing: Writing, keys: Iterable[str], /) -> None:
        """Delete jobs that nobody has begun."""
        writing.execute(_CANCEL, (json.dumps(list(keys)),))

    def prepare(self, connection: Any, /) -> None:
        """Make or migrate Procrastinate's tables. Raises SetupError where this is no PostgreSQL."""
        if not type(connection).__module__.startswith("psycopg"):
            raise SetupError("Procrastinate keeps its jobs in PostgreSQL; on SQLite run without a runner")
        prepare(connection)


def arguments(job: Job) -> dict[str, str]:
    """A job as its row holds it: nothing of a person, for nobody empties these tables when one is erased."""
    told: dict[str, str] = attrs.asdict(job)
    return {**told, "due_at": job.due_at.isoformat()}


def job_of(arguments: dict[str, str]) -> Job:
    """The job that was written so."""
    return Job(**{**arguments, "due_at": datetime.fromisoformat(arguments["due_at"])})  # type: ignore[arg-type]

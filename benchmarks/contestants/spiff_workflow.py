"""SpiffWorkflow kept in SQLite: load, take one task, write; five manual tasks a case, then a new one."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.serializer.json import JSONSerializer
from SpiffWorkflow.specs.Simple import Simple
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.workflow import Workflow

FOLDER, NUMBER = Path(sys.argv[1]), int(sys.argv[2])
ROUND = ("admit", "discharge", "trace", "arrange", "reassess")


def specification() -> Any:
    """Five manual tasks in a row."""
    spec = WorkflowSpec("rescue", addstart=True)
    last: Any = spec.start
    for name in ROUND:
        task = Simple(spec, name, manual=True)
        last.connect(task)
        last = task
    return spec


def main() -> None:
    """Make the cases, then a round for every line."""
    connection = sqlite3.connect(FOLDER / "spiff.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE workflow (id INTEGER PRIMARY KEY, content TEXT)")
    spec, serializer = specification(), JSONSerializer()

    def fresh() -> str:
        workflow = Workflow(spec)
        workflow.run_all(halt_on_manual=True)
        return str(workflow.serialize(serializer))

    def step(place: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        (content,) = connection.execute("SELECT content FROM workflow WHERE id = ?", (place,)).fetchone()
        workflow = Workflow.deserialize(serializer, content)
        task = workflow.get_tasks(state=TaskState.READY)[0]
        task.run()
        workflow.run_all(halt_on_manual=True)
        content = fresh() if workflow.is_completed() else str(workflow.serialize(serializer))
        connection.execute("UPDATE workflow SET content = ? WHERE id = ?", (content, place))
        connection.execute("COMMIT")

    for place in range(NUMBER):
        connection.execute("INSERT INTO workflow VALUES (?, ?)", (place, fresh()))
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        for place in range(NUMBER):
            for _trigger in ROUND:
                step(place)
        print(NUMBER * len(ROUND), time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    os.chdir(FOLDER)
    main()

"""The worker and the checkpointer as those run them who operate a store: processes that a signal ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from effects.parcel import FileSink, app_on, parcel, post, told
from stores import fresh

from casework import Casework, SystemClock
from casework.checkpoints import CheckpointFolder, Checkpoints, Signer
from casework.jobs.procrastinate import Procrastinate

HERE = Path(__file__)
DEPOT = """\
import os, time
from pathlib import Path
from effects.parcel import FileSink, parcel, post
from casework import hookimpl

FOLDER = Path(os.environ["DEPOT"])


def deliver(message, key):
    (FOLDER / "begun").touch()
    end = time.monotonic() + 20
    while not (FOLDER / "go on").exists() and time.monotonic() < end:
        time.sleep(0.02)
    FileSink(FOLDER / "sink")(message, key)


@hookimpl
def casework_case_types():
    return [parcel("post")]


@hookimpl
def casework_parts():
    return [post(deliver)]
"""


@contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """``casework`` as a process of its own, in that folder; killed at the end if it still runs."""
    paths = os.pathsep.join([str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "casework", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "DEPOT": str(folder), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """What a process said until it ended by itself; its exit code first."""
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def wait_for(happened: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Until it has happened; AssertionError where the process ends before."""
    end = time.monotonic() + 30
    while not happened():
        assert process.poll() is None and time.monotonic() < end, process.communicate()[1]
        time.sleep(0.05)


@pytest.mark.postgres
def test_a_worker_of_a_runner_ends_by_a_signal_once_its_job_is_done(tmp_path: Path) -> None:
    (tmp_path / "depot.py").write_text(DEPOT, encoding="utf-8")
    url, sink = fresh(), FileSink(tmp_path / "sink")
    app = app_on(post(sink), url=url, clock=SystemClock(), runner=Procrastinate())
    told(app, 2)
    words = ("work", "--runner", "procrastinate", "--store", url, "--plugin", "depot", "--no-installed", "--json")
    with started(tmp_path, *words) as process:
        wait_for((tmp_path / "begun").exists, process)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert process.poll() is None, "the job is under way"
        (tmp_path / "go on").touch()
        code, out, err = ended(process)
    states = sorted(row.state for row in app.effects())
    with psycopg.connect(url) as connection:
        begun = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'").fetchall()
        workers = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchall()
    app.dispose()

    assert (0, {"jobs": {"sent": 1}}, "") == (code, json.loads(out), err)
    assert (1, ["sent", "waiting"]) == (len(sink.keys), states)
    assert [(0,)] == begun == workers


@pytest.mark.long
def test_a_checkpointer_beside_it_signs_what_comes_until_a_signal_ends_it(tmp_path: Path, url: str) -> None:
    outside, key = tmp_path / "outside", tmp_path / "log.key"
    signer = Signer.new("example.org/depot")
    signer.save(key)
    checkpoints = Checkpoints(key=signer.public, places=CheckpointFolder(outside))
    app = Casework(url, case_types=[parcel("post")], parts=[post(FileSink(tmp_path / "sink"))], checkpoints=checkpoints)

    def signed(size: int) -> bool:
        made = checkpoints.newest_in(checkpoints.recent()) if outside.exists() else None
        return made is not None and made.size >= size

    more = ("--checkpoints", str(outside), "--signer", str(key), "--every", "1", "--no-installed")
    with started(tmp_path, "checkpoint", "--store", url, *more) as process:
        wait_for(lambda: signed(2), process)
        told(app, 1)
        wait_for(lambda: signed(4), process)
        process.send_signal(signal.SIGTERM)
        code, out, err = ended(process)
    assert (0, "example.org/depot: 2 entries signed\n", "") == (code, out, err)
    assert app.verify_log().whole and 4 == app.verify_log().signed
    app.dispose()


@pytest.fixture
def url() -> str:
    """A store of which something is to be signed."""
    there = fresh()
    app = app_on(post(FileSink(Path(os.devnull))), url=there)
    told(app, 1)
    app.dispose()
    return there

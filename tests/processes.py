"""Processes that begin with everything loaded, and the command line in one of them."""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

PRELOADED = [
    "casework.app",
    "casework.cli.root",
    "casework.desk.desk",
    "casework_hospital",
    "casework_police",
    "concurrent.futures.process",
    "procrastinate",
    "psycopg",
]
SECONDS = 120


def forking() -> Any:
    """Where processes come from: by forking one that has loaded everything, where that is possible."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@attrs.frozen
class Ended:
    """What a command said, and the code with which it ended."""

    code: int | None
    out: str
    err: str


def casework(*words: str, stdin: str = "", folder: Path | None = None) -> Ended:
    """Run the command line in a process of its own, as the shell would, without the second that loading takes."""
    with tempfile.TemporaryDirectory() as name:
        streams = [Path(name) / stream for stream in ("in", "out", "err")]
        for stream in streams:
            stream.write_text(stdin if stream.name == "in" else "", encoding="utf-8")
        told = (words, str(folder or Path.cwd()), dict(os.environ), [str(stream) for stream in streams])
        process = forking().Process(target=_command, args=told)
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
        _, out, err = (stream.read_bytes().decode("utf-8") for stream in streams)
        return Ended(process.exitcode, out, err)


def _command(words: tuple[str, ...], folder: str, environment: Mapping[str, str], streams: list[str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb", closefd=False), encoding="utf-8")
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, "wb", closefd=False), encoding="utf-8", write_through=True)
        for number in (1, 2)
    )
    sys.argv = ["casework", *words]
    from casework.cli import main

    sys.exit(main())

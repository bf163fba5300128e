"""A process that carries out an erasure and is killed before what it does n-th: a statement, or something to a file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shelter import START, WU
from shelter import shelter as made
from sqlalchemy import event
from sqlalchemy.pool import Pool

from casework import BlobFolder, Casework, FrozenClock
from casework.keys import ErasureFile, KeyFolder, MasterKeys, new_master
from casework.storage.sql.line import Line

TOUCHING = ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.chmod", "os.truncate", "os.utime")


def app_in(folder: Path, url: str) -> Casework:
    """An app whose files, keys and record of erasures are in one folder, so that it can be copied as a whole."""
    master = folder / "master"
    if not master.exists():
        master.touch(0o600)
        master.write_text(new_master(START).line + "\n")
    return made(
        url,
        blobs=BlobFolder(folder / "blobs"),
        clock=FrozenClock(START),
        erasures=ErasureFile(folder / "erasures"),
        keys=KeyFolder(folder / "keys", MasterKeys.from_file(master)),
    )


def erase_and_die(folder: str, url: str, subject: str, number: int) -> None:
    """Confirm an erasure; end by SIGKILL before the act of that number. Whoever survives writes how many there were."""
    app = app_in(Path(folder), url)
    desk, seen = app.desk(WU), 0
    app.dispose()  # so that each connection from here on is counted

    def count() -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def touched(what: str, about: tuple[object, ...]) -> None:
        if what in TOUCHING and folder in str(about[0]):
            count()

    def executed(line: Line, sql: str, values: Sequence[Any] | None = None, /) -> Line:
        count()
        return execute(line, sql, values)

    execute, Line.execute = Line.execute, executed  # type: ignore[method-assign]
    if url.startswith("sqlite"):
        event.listen(Pool, "connect", lambda connection, _: connection.set_trace_callback(lambda _: count()))
    sys.addaudithook(touched)
    desk.confirm_erasure(subject)
    Path(folder, "survived").write_text(str(seen))

"""F63: 200 canaries in everything that may hold a person's values, and none of them anywhere after the erasure.

Numbers of subjects, of actors and of requests are left out on purpose: they are pseudonyms that the log keeps for ever,
as it does what is of class open; and so is what left the application before: messages that were sent, exports.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest
from canaries import GONE, KEPT, found, mark, numbers
from files import PDF
from server import durable_server
from shelter import LI, START, erased, meeting, shelter, stay
from sqlalchemy import event
from sqlalchemy.pool import Pool

from casework import BlobFolder, Case, Casework, Desk, StoreOptions
from casework.keys import ErasureFile, KeyFolder, MasterKeys, new_master
from casework.model.retention import Retention

COUNT = 200
EACH = 10
"""Canaries of one case."""


@attrs.frozen(kw_only=True)
class Place:
    """Where an application keeps everything: a folder, and its database in or beside it."""

    folder: Path
    url: str
    database: Path
    sealed: bool
    options: StoreOptions = attrs.field(factory=StoreOptions)

    def app(self, url: str = "") -> Casework:
        """The application, or the same one over another database."""
        return shelter(
            url or self.url,
            case_types=[stay(), meeting(Retention(shared="first"))],
            options=self.options,
            blobs=BlobFolder(self.folder / "blobs"),
            erasures=ErasureFile(self.folder / "erasures"),
            keys=self._keys() if self.sealed else None,
        )

    def _keys(self) -> KeyFolder:
        master = self.folder / "master"
        if not master.exists():
            master.touch(0o600)
            master.write_text(new_master(START).line + "\n")
        return KeyFolder(self.folder / "keys", MasterKeys.from_file(master))

    @property
    def everywhere(self) -> tuple[Path, ...]:
        return self.folder, self.database


def _known(desk: Desk, kind: str, first: int, subjects: dict[str, str]) -> Case:
    """A case with ten canaries: in every class, form, note, message, file, also in what was overwritten later."""
    n = [mark(kind, first + i) for i in range(EACH)]
    values = {"place": "canal", "name": n[0], "illness": n[1], "slept_at": n[2], "card": n[3]}
    case = desk.open("stay", values, subjects=subjects, request_id=f"open-{len(kind)}-{first}")
    case = desk.fire(case, "tell", name=n[4], age=7, illness=n[5], said=n[6], request_id=f"tell-{len(kind)}-{first}")
    case = desk.note(case, f"she calls herself {n[7]}", request_id=f"note-{len(kind)}-{first}")
    case = desk.enclose(case, PDF + f"% {n[8]}\n".encode(), name=f"{n[9]}.pdf", field_class="health")
    case = desk.amend(case, name="Xu", illness="none")
    return desk.fire(case, "leave", request_id=f"leave-{len(kind)}-{first}")


def _planted(app: Casework) -> tuple[str, list[Case]]:
    desk = app.desk(LI)
    first = _known(desk, GONE, 0, {})
    subject = first.subjects["person"]
    cases = [first, *(_known(desk, GONE, n, {"person": subject}) for n in range(EACH, COUNT, EACH))]
    kept = _known(desk, KEPT, 0, {})
    app.send_waiting()
    desk.fire(desk.open("meeting", {"about": mark(GONE, 0)}, subjects={"host": subject}), "meet")
    return subject, [*cases, kept]


@contextlib.contextmanager
def _logged(file: Path) -> Iterator[None]:
    """Everything that casework and its libraries log, in a file among the others."""
    handler, loggers = logging.FileHandler(file), [logging.getLogger(n) for n in ("casework", "sqlalchemy", "psycopg")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
        handler.close()


def _exported(app: Casework, cases: list[Case], folder: Path) -> None:
    desk = app.desk(LI)
    lines = [json.dumps(record) for record in desk.export([case.id for case in cases])]
    history = [str(entry) for case in cases for entry in desk.history(case.id)]
    (folder / "export.jsonl.gz").write_bytes(gzip.compress("\n".join([*lines, *history]).encode()))


def _erase_and_look(place: Place, also: Any = None, *, lingers: bool = False) -> None:
    with _logged(place.folder / "log"):
        app = place.app()
        subject, cases = _planted(app)
        if also is not None:
            also(app)
        before = numbers(place.everywhere, GONE)
        erased(app, subject)
        unscrubbed = found(place.everywhere, GONE)
        left = app.scrub()
        _exported(app, cases, place.folder)
        verdict = app.verify(rehash=True)
        app.dispose()

    assert unscrubbed or not lingers, "else scrubbing is not what did it"
    assert () == left
    assert before if place.sealed else set(range(COUNT)) == before, "else the search is blind"
    assert {} == found(place.everywhere, GONE)
    assert found(place.everywhere, KEPT), "others were to be left alone"
    assert () == verdict.faults
    assert 1 == verdict.enclosures


@pytest.mark.sqlite
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
@pytest.mark.parametrize("wal", [False, True], ids=["journal", "wal"])
def test_f63_no_canary_is_left_of_a_store_on_sqlite(tmp_path: Path, sealed: bool, wal: bool) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    options = StoreOptions(sole_process=wal)

    _erase_and_look(Place(folder=tmp_path, url=url, database=tmp_path, sealed=sealed, options=options))


@pytest.mark.sqlite
def test_f63_scrubbing_reaches_what_sqlite_did_not_overwrite(tmp_path: Path) -> None:
    """As in a file that was written by something else than casework."""

    def leaves_bytes(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    event.listen(Pool, "checkout", leaves_bytes)
    try:
        place = Place(folder=tmp_path, url=f"sqlite:///{tmp_path / 'store.db'}", database=tmp_path, sealed=False)
        _erase_and_look(place, lingers=True)
    finally:
        event.remove(Pool, "checkout", leaves_bytes)


@pytest.mark.postgres
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
def test_f63_no_canary_is_left_of_a_store_on_postgresql(tmp_path: Path, sealed: bool) -> None:
    with durable_server("wal_recycle=off", "wal_compression=off", "fsync=off", "log_statement=all") as cluster:

        def sampled(_: Casework) -> None:
            with psycopg.connect(cluster.url(), autocommit=True) as connection:
                connection.execute("ANALYZE")
                connection.execute("CHECKPOINT")

        place = Place(folder=tmp_path, url=cluster.url(), database=cluster.data.parent, sealed=sealed)
        _erase_and_look(place, sampled, lingers=True)
        cluster.stop()

        assert {} == found(place.everywhere, GONE)


@pytest.mark.sqlite
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
def test_f63_a_restored_backup_is_erased_again_before_it_serves_anybody(tmp_path: Path, sealed: bool) -> None:
    folder, elsewhere = tmp_path / "app", tmp_path / "restored"
    folder.mkdir()
    elsewhere.mkdir()
    place = Place(folder=folder, url=f"sqlite:///{folder / 'store.db'}", database=folder, sealed=sealed)
    app = place.app()
    subject, cases = _planted(app)
    with sqlite3.connect(folder / "store.db") as here, sqlite3.connect(elsewhere / "store.db") as there:
        here.backup(there)
    erased(app, subject)
    app.dispose()
    old = numbers([elsewhere], GONE)
    restored = place.app(f"sqlite:///{elsewhere / 'store.db'}")
    case = restored.desk(LI).get(cases[0].id)
    left = restored.scrub()
    verdict = restored.verify()
    restored.dispose()

    assert old
    assert {"place": "canal"} == dict(case.data)
    assert () == left
    assert {} == found([elsewhere], GONE)
    assert () == verdict.faults

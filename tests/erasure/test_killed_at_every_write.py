"""An erasure that is killed before anything it does has not begun, or is finished by the next start; never half."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest
from erasure.dying import app_in, erase_and_die
from oracle import assert_inv
from processes import forking
from server import lent_database
from shelter import LI, WU, left
from stores import fresh, on_sqlite

from casework import Casework, Refused
from casework.keys import ErasureFile, KeyFolder, MasterKeys, Tombstone

SAMPLE = 3


@attrs.frozen
class Agreed:
    """A store with two cases about a subject whose erasure one person asked for; copies of it can be erased from."""

    folder: Path
    url: str
    subject: str
    cases: tuple[str, ...]

    @contextmanager
    def copied(self, name: str) -> Iterator[tuple[Path, str]]:
        """A copy of everything: files, and the database as another one."""
        folder = self.folder.with_name(name)
        shutil.copytree(self.folder, folder)
        try:
            if self.url.startswith("sqlite"):
                yield folder, f"sqlite:///{folder / 'store.db'}"
            else:
                with lent_database(psycopg.conninfo.conninfo_to_dict(self.url)["dbname"]) as url:
                    yield folder, url
        finally:
            shutil.rmtree(folder)

    def look(self, app: Casework, folder: Path) -> dict[str, Any]:
        """All that can be seen of the subject, from any side."""
        desk = app.desk(WU)
        return {
            "data": [dict(desk.get(case).data) for case in self.cases],
            "log": [[(e.kind, e.erased, dict(e.changes), e.note) for e in desk.history(case)] for case in self.cases],
            "files": [_read(app, case) for case in self.cases],
            "kept": sorted(path.stat().st_size for path in (folder / "blobs").rglob("*") if path.is_file()),
            "keys": [item.subject == self.subject for item in _tombstones(folder)],
            "states": [item.state for item in desk.erasures(["asked", "confirmed", "erased"])],
            "recorded": [record.subject for record in ErasureFile(folder / "erasures").records()],
        }


def _tombstones(folder: Path) -> list[Tombstone]:
    """What the folder of keys says was destroyed of persons."""
    keys = KeyFolder(folder / "keys", MasterKeys.from_file(folder / "master"))
    return [item for item in keys.destroyed() if ":" not in item.subject]


def _read(app: Casework, case: str) -> list[bytes | str]:
    desk, found = app.desk(LI), list[bytes | str]()
    for enclosure in desk.enclosures(case):
        try:
            with desk.read_enclosure(case, enclosure.number) as opened:
                found.append(opened.read())
        except Refused as no:
            found.append(no.refusal.code)
    return found


@pytest.fixture
def agreed(tmp_path: Path) -> Agreed:
    folder = tmp_path / "whole"
    folder.mkdir()
    url = f"sqlite:///{folder / 'store.db'}" if on_sqlite() else fresh()
    app = app_in(folder, url)
    first = left(app.desk(LI))
    subject = first.subjects["person"]
    second = left(app.desk(LI), subjects={"person": subject})
    app.desk(LI).erase(subject, because="request")
    app.dispose()
    return Agreed(folder, url, subject, (first.id, second.id))


def _confirmed(url: str) -> bool:
    """Whether it was begun, by what the database itself says before anybody starts."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as sql:
            rows = sql.execute("SELECT state FROM casework_erasure").fetchall()
    else:
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT state FROM casework_erasure").fetchall()
    return [("asked",)] != rows


def _killed(agreed: Agreed, folder: Path, url: str, number: int) -> int:
    process = forking().Process(target=erase_and_die, args=(str(folder), url, agreed.subject, number))
    process.start()
    process.join(120)
    code = process.exitcode
    process.close()
    assert code is not None
    return int(code)


def test_f01_an_erasure_that_is_killed_before_any_write_is_not_begun_or_finished_by_the_next_start(
    agreed: Agreed, long: bool
) -> None:
    with agreed.copied("untouched") as (folder, url):
        app = app_in(folder, url)
        before = agreed.look(app, folder)
        app.dispose()
    with agreed.copied("finished") as (folder, url):
        assert 0 == _killed(agreed, folder, url, 0)
        acts = int((folder / "survived").read_text())
        app = app_in(folder, url)
        after = agreed.look(app, folder)
        app.dispose()
    begun = []
    for number in range(1, acts + 1, 1 if long else -(-acts // SAMPLE)):
        with agreed.copied(f"at-{number}") as (folder, url):
            assert -signal.SIGKILL == _killed(agreed, folder, url, number)
            begun.append(_confirmed(url))
            app = app_in(folder, url)

            assert (after if begun[-1] else before) == agreed.look(app, folder), number
            assert 0 == app.reapply_erasures()
            assert_inv(app)
            app.dispose()

    assert begun == sorted(begun), "what was begun once stays so"
    assert {False, True} == set(begun)
    assert "Xu Mei" in str(before) and "Xu Mei" not in str(after)
    print(f"\nkilled before each of {len(begun)} of {acts} acts: {begun.count(False)} not begun, the others finished")

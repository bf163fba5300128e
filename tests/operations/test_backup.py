"""A backup is whole, holds nothing plain where it was sealed, and goes back into an empty place only."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import cluster
import pytest
from accounts import town
from outside import outside
from shelter import LI, left, shelter
from stores import fresh, on_sqlite

from casework import BlobFolder, Casework, SetupError
from casework.storage.backup import Backup, back_up, new_backup_key, restore

pytestmark = pytest.mark.both

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
CANARIES = (b"Xu Mei", b"13800001111", b"asthma", b"4403-1999", b"was here")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The store of a shelter that knows somebody, with a file on disk."""
    url = fresh()
    app = shelter(url, blobs=BlobFolder(tmp_path / "blobs"))
    left(app.desk(LI))
    app.dispose()
    return url


def _backed_up(url: str, folder: Path, **more: object) -> Backup:
    blobs = BlobFolder(folder.parent / "blobs")
    return back_up(url, folder, at=AT, blobs=blobs, programs=cluster._programs(), **more)  # type: ignore[arg-type]


def _restored(folder: Path, url: str, key: Path | None = None) -> Backup:
    blobs = BlobFolder(folder.parent / "restored")
    return restore(folder, url, blobs=blobs, key=key, programs=cluster._programs())


def _bytes(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_f9_a_backup_goes_back_and_verifies(url: str, tmp_path: Path) -> None:
    made, target = _backed_up(url, tmp_path / "monday"), fresh()
    told = _restored(tmp_path / "monday", target)
    again = shelter(target, blobs=BlobFolder(tmp_path / "restored"))
    verdict = again.verify(rehash=True)

    assert made == told
    assert (made.cases, made.entries, 1) == (verdict.cases, verdict.entries, verdict.enclosures)
    assert verdict.whole
    assert (
        made.heads
        == back_up(
            target, tmp_path / "again", at=AT, blobs=BlobFolder(tmp_path / "restored"), programs=cluster._programs()
        ).heads
    )


def test_a_sealed_backup_holds_nothing_plain(url: str, tmp_path: Path) -> None:
    public = new_backup_key(tmp_path / "key")
    _backed_up(url, tmp_path / "plain")
    _backed_up(url, tmp_path / "sealed", seal_for=public)
    target = fresh()
    _restored(tmp_path / "sealed", target, key=tmp_path / "key")
    plain, sealed = _bytes(tmp_path / "plain"), _bytes(tmp_path / "sealed")

    # PostgreSQL's dump is compressed for the most part, the file of a case is not.
    assert {*(CANARIES if on_sqlite() else CANARIES[4:])} <= {word for word in CANARIES if word in plain}
    assert () == tuple(word for word in (*CANARIES, b"casework_entry") if word in sealed)
    assert (tmp_path / "key").read_bytes().split()[1] not in sealed
    assert shelter(target, blobs=BlobFolder(tmp_path / "restored")).verify(rehash=True).whole
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_another_key_opens_nothing(url: str, tmp_path: Path) -> None:
    _backed_up(url, tmp_path / "sealed", seal_for=new_backup_key(tmp_path / "key"))
    new_backup_key(tmp_path / "other")

    for key in (None, tmp_path / "other", tmp_path / "key.pub"):
        with pytest.raises(SetupError):
            _restored(tmp_path / "sealed", fresh(), key=key)


@pytest.mark.parametrize("harm", ["flip", "cut", "drop", "no manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_written(url: str, tmp_path: Path, harm: str) -> None:
    told, folder = _backed_up(url, tmp_path / "monday"), tmp_path / "monday"
    file = folder / (told.files[0].name if harm != "no manifest" else "manifest.json")
    if harm == "flip":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        file.unlink()
    target = fresh()
    with pytest.raises(SetupError):
        _restored(folder, target)

    assert (None, ()) == (shelter_version(target), tuple(BlobFolder(tmp_path / "restored").stored()))


def shelter_version(url: str) -> str | None:
    """The version of the tables at *url*."""
    found = Casework(url)
    version = found.diagnose().version
    found.dispose()
    return version


def test_nothing_is_written_over(url: str, tmp_path: Path) -> None:
    _backed_up(url, tmp_path / "monday")

    with pytest.raises(SetupError, match="not empty"):
        _backed_up(url, tmp_path / "monday")
    with pytest.raises(SetupError, match="empty"):
        _restored(tmp_path / "monday", url)
    with pytest.raises(SetupError, match="never overwritten"):
        new_backup_key(tmp_path / "monday" / "manifest.json")


def test_files_of_cases_are_asked_for(url: str, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="--blobs"):
        back_up(url, tmp_path / "monday", at=AT, programs=cluster._programs())


def test_a_file_that_is_gone_is_told_and_stops_nothing(url: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "blobs")
    told = _backed_up(url, tmp_path / "monday")

    assert 1 == len(told.lost)
    assert list(told.lost) == json.loads((tmp_path / "monday" / "manifest.json").read_text())["lost"]


@pytest.mark.postgres
def test_without_the_programs_of_postgresql_the_advice_is_told(url: str, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="pg_basebackup"):
        back_up(url, tmp_path / "monday", at=AT, programs=tmp_path)


@pytest.mark.postgres
def test_an_account_that_may_not_read_everything_is_told_who_may(url: str, tmp_path: Path) -> None:
    with outside(url) as sql:
        sql.do("CREATE TABLE somebody_elses (name text)")

    with town(url, "app") as accounts, pytest.raises(SetupError, match="may not read every table"):
        _backed_up(accounts.as_(accounts.roles.app), tmp_path / "monday")

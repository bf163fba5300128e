"""F67: a key store that was lost, exchanged or put back is noticed before anything is served, and revives nobody."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from keys.clinic import WU, build, everything, lived
from keys.conftest import url as url
from keys.key_stores import LATER, bytes_in, key_folder, masters

from casework import Actor, Case, Casework
from casework.errors import KeysMismatch
from casework.keys import DatabaseKeys, KeyFolder

pytestmark = pytest.mark.both


def destroy(app: Casework, subject: str) -> None:
    keys = app._engine.keys
    assert keys is not None
    app._engine.store.transactions.carried(lambda transaction: keys.destroy(transaction, "main", subject, LATER))


def lived_with(url: str, folder: KeyFolder, actor: Actor = WU) -> tuple[Casework, Case]:
    app = build(url, folder)
    return app, lived(app.desk(actor))


def _lost(folder: Path) -> None:
    shutil.rmtree(folder / "keys")


def _of_somebody_else(folder: Path) -> None:
    _lost(folder)
    other = key_folder(folder)
    other.key("main", "somebody else", at=LATER)


@pytest.mark.parametrize("happened", [_lost, _of_somebody_else])
def test_f67_a_start_without_the_keys_is_refused_and_says_whose_is_missing(
    url: str, tmp_path: Path, happened: Callable[[Path], None]
) -> None:
    app, _ = lived_with(url, key_folder(tmp_path))
    before = everything(app)
    happened(tmp_path)

    with pytest.raises(KeysMismatch, match=r"key of 'store:' of tenant 'main'|key of '[0-9a-f-]{36}'"):
        build(url, key_folder(tmp_path)).desk(WU)
    assert before == everything(app)
    app.dispose()


def test_f67_a_key_store_of_yesterday_lacks_the_newest_key(url: str, tmp_path: Path) -> None:
    app, _ = lived_with(url, key_folder(tmp_path))
    shutil.copytree(tmp_path / "keys", tmp_path / "yesterday")
    newest = app.desk(WU).open("visit", name="canary-li").subjects["person"]
    shutil.rmtree(tmp_path / "keys")
    shutil.copytree(tmp_path / "yesterday", tmp_path / "keys")

    with pytest.raises(KeysMismatch, match=newest):
        build(url, key_folder(tmp_path)).keys.check()
    app.dispose()


def test_f67_no_second_key_is_made_where_one_is_missing(url: str, tmp_path: Path) -> None:
    app, case = lived_with(url, key_folder(tmp_path))
    before = everything(app)
    _lost(tmp_path)
    other = build(url, key_folder(tmp_path))
    other._reapplied = True  # as in a process that began when all was well
    assert other._engine.keys is not None
    other._engine.keys._checked = True

    with pytest.raises(KeysMismatch, match=case.subjects["person"]):
        other.desk(WU).open("visit", name="canary-wang", subjects={"person": case.subjects["person"]})
    assert before == everything(app)
    app.dispose()
    other.dispose()


def test_f67_an_older_copy_of_the_keys_brings_nobody_back(url: str, tmp_path: Path) -> None:
    app, case = lived_with(url, key_folder(tmp_path))
    person = case.subjects["person"]
    shutil.copytree(tmp_path / "keys", tmp_path / "yesterday")
    destroy(app, person)
    app.dispose()
    shutil.rmtree(tmp_path / "keys")
    shutil.copytree(tmp_path / "yesterday", tmp_path / "keys")
    kept = key_folder(tmp_path)
    assert kept.find("main", person) is not None, "the old copy has it"

    later = build(url, kept)
    assert [True] * 5 == [entry.erased for entry in later.desk(WU).history(case.id)][:5]
    assert [person] == [item.subject for item in kept.destroyed()], "and it is destroyed there again"
    assert [person] == [item.subject for item in later.keys.destroyed()]
    later.dispose()


def test_f67_a_tombstone_of_the_keys_is_enough_where_the_database_is_older(url: str, tmp_path: Path) -> None:
    kept = key_folder(tmp_path)
    app, case = lived_with(url, kept)
    kept.destroy("main", case.subjects["person"], at=LATER)
    app.dispose()
    later = build(url, key_folder(tmp_path))

    assert "diagnosis" not in later.desk(WU).get(case.id).data
    assert later.verify().faults == ()
    later.dispose()


def test_f67_without_its_master_key_a_store_is_not_opened(url: str, tmp_path: Path) -> None:
    app = build(url, DatabaseKeys(masters(tmp_path, "one")))
    lived(app.desk(WU))
    app.dispose()
    other: Any = DatabaseKeys(masters(tmp_path, "two"))

    with pytest.raises(KeysMismatch, match="add its line to the master keys"):
        build(url, other).desk(WU)


def test_f67_nothing_of_a_destroyed_key_is_left_in_the_folder(url: str, tmp_path: Path) -> None:
    kept = key_folder(tmp_path)
    app, case = lived_with(url, kept)
    key = kept.find("main", case.subjects["person"])
    assert key is not None
    destroy(app, case.subjects["person"])

    assert key not in bytes_in(tmp_path)
    app.dispose()

"""What every key store promises, and what a folder of keys does besides."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from keys.key_stores import AT, LATER, bytes_in, key_folder, master_file, masters

from casework import SetupError, StoreUnavailable
from casework.errors import KeyDestroyed, KeysMismatch
from casework.ids import seeded_entropy
from casework.keys import KeyFolder, KeyMemory, KeyStore, MasterKeys, Tombstone, new_master


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    return key_folder(tmp_path) if request.param == "folder" else KeyMemory()


def test_a_key_is_made_at_its_first_use_and_stays(store: KeyStore) -> None:
    made = store.key("main", "ana", at=AT)

    assert 32 == len(made)
    assert made == store.key("main", "ana", at=LATER) == store.find("main", "ana")


def test_every_subject_of_every_tenant_has_a_key_of_their_own(store: KeyStore) -> None:
    keys = {store.key(tenant, subject, at=AT) for tenant in ("main", "other") for subject in ("ana", "ben", "")}

    assert 6 == len(keys)


def test_looking_makes_no_key(store: KeyStore) -> None:
    assert store.find("main", "ana") is None
    assert store.find("main", "ana") is None


def test_a_destroyed_key_never_comes_back(store: KeyStore) -> None:
    store.key("main", "ana", at=AT)
    store.destroy("main", "ana", at=AT)
    store.destroy("main", "ana", at=LATER)

    assert [Tombstone("main", "ana", AT)] == list(store.destroyed()), "the first tombstone stays"
    for ask in (store.find, lambda *who: store.key(*who, at=LATER)):
        with pytest.raises(KeyDestroyed):
            ask("main", "ana")


def test_whoever_never_had_a_key_can_be_erased_too(store: KeyStore) -> None:
    store.destroy("main", "ana", at=AT)

    with pytest.raises(KeyDestroyed):
        store.key("main", "ana", at=AT)


def test_a_folder_keeps_its_keys_when_it_is_opened_again(tmp_path: Path) -> None:
    made = key_folder(tmp_path).key("main", "ana", at=AT)

    assert made == key_folder(tmp_path).find("main", "ana")


def test_no_key_lies_in_the_folder_as_it_is(tmp_path: Path) -> None:
    made = key_folder(tmp_path).key("main", "ana", at=AT)
    stored = bytes_in(tmp_path / "keys")

    assert made not in stored and made.hex().encode() not in stored


def test_only_the_owner_can_read_the_folder(tmp_path: Path) -> None:
    key_folder(tmp_path).key("main", "ana", at=AT)

    assert 0 == (tmp_path / "keys").stat().st_mode & 0o077
    assert {0} == {path.stat().st_mode & 0o077 for path in (tmp_path / "keys").iterdir()}


def test_a_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    key_folder(tmp_path)
    (tmp_path / "keys" / "keys.db").chmod(0o644)

    with pytest.raises(SetupError, match="chmod 600"):
        key_folder(tmp_path)


def test_what_was_wrapped_is_overwritten_when_it_is_destroyed(tmp_path: Path) -> None:
    store = key_folder(tmp_path)
    store.key("main", "ana", at=AT)
    with sqlite3.connect(tmp_path / "keys" / "keys.db") as connection:
        (wrapped,) = connection.execute("SELECT wrapped FROM key").fetchone()
    connection.close()
    store.destroy("main", "ana", at=AT)

    assert wrapped not in bytes_in(tmp_path / "keys")


def test_a_new_master_key_wraps_everything_and_touches_no_key(tmp_path: Path) -> None:
    store = key_folder(tmp_path)
    made = {name: store.key("main", name, at=AT) for name in (f"p{n}" for n in range(1_200))}
    store.destroy("main", "p7", at=AT)
    master_file(tmp_path, "two", "one")

    assert 1_199 == store.rotate()
    assert 0 == store.rotate(), "once is enough"
    later = KeyFolder(tmp_path / "keys", masters(tmp_path, "two"))
    assert made["p8"] == later.find("main", "p8")
    assert made["p1199"] == later.find("main", "p1199")
    with pytest.raises(KeyDestroyed):
        later.find("main", "p7")


def test_a_process_that_runs_on_finds_the_new_master_key(tmp_path: Path) -> None:
    running, other = key_folder(tmp_path), key_folder(tmp_path)
    made = running.key("main", "ana", at=AT)
    master_file(tmp_path, "two", "one")
    other.rotate()

    assert made == running.find("main", "ana")


def test_without_its_master_key_a_key_is_not_to_be_had(tmp_path: Path) -> None:
    key_folder(tmp_path).key("main", "ana", at=AT)
    later = KeyFolder(tmp_path / "keys", masters(tmp_path, "two"))

    with pytest.raises(KeysMismatch, match="add its line"):
        later.find("main", "ana")


def test_a_wrapped_key_opens_for_nobody_else(tmp_path: Path) -> None:
    store = key_folder(tmp_path)
    store.key("main", "ana", at=AT)
    store.key("main", "ben", at=AT)
    with sqlite3.connect(tmp_path / "keys" / "keys.db") as connection:
        connection.execute("UPDATE key SET wrapped = (SELECT wrapped FROM key WHERE subject = 'ben')")
    connection.close()

    assert store.find("main", "ben") is not None
    with pytest.raises(KeysMismatch, match="'ana'"):
        store.find("main", "ana")


def test_a_folder_that_was_taken_away_is_not_made_anew_by_itself(tmp_path: Path) -> None:
    store = key_folder(tmp_path)
    shutil.rmtree(tmp_path / "keys")

    with pytest.raises(KeysMismatch, match="are gone"):
        store.key("main", "ana", at=AT)
    assert not (tmp_path / "keys").exists()


def test_a_folder_that_is_no_key_store_is_unavailable(tmp_path: Path) -> None:
    store = key_folder(tmp_path)
    (tmp_path / "keys" / "keys.db").write_bytes(b"x" * 4096)

    with pytest.raises(StoreUnavailable):
        store.find("main", "ana")


def test_many_at_once_get_the_same_key(store: KeyStore) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.extend(store.key("main", f"p{n}", at=AT) for n in range(5)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (30, 5) == (len(found), len(set(found)))


def test_a_key_that_was_answered_survives_the_death_of_its_process(tmp_path: Path) -> None:
    told = (
        "import os, sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from casework.keys import KeyFolder, MasterKeys\n"
        "folder = Path(sys.argv[1]); store = KeyFolder(folder / 'keys', MasterKeys.from_file(folder / 'master.keys'))\n"
        "print(store.key('main', 'ana', at=datetime.now(UTC)).hex(), flush=True); os.kill(os.getpid(), 9)\n"
    )
    master_file(tmp_path)
    ran = subprocess.run([sys.executable, "-c", told, str(tmp_path)], capture_output=True, text=True, check=False)

    assert -9 == ran.returncode
    assert bytes.fromhex(ran.stdout) == key_folder(tmp_path).find("main", "ana")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "no master key"),
        ("# only a remark\n", "no master key"),
        ("lonely\n", "line 1"),
        ("a QUJD\n", "line 1 of the master keys holds a key that is not 32 bytes"),
        ("a !!!!\n", "line 1"),
        (2 * (new_master(AT, seeded_entropy("x")).line + "\n"), "line 2 of the master keys names one a second time"),
    ],
)
def test_a_text_that_holds_no_master_keys_is_refused_and_not_shown(text: str, wrong: str) -> None:
    with pytest.raises(SetupError, match=wrong) as told:
        MasterKeys(lambda: text)

    assert "QUJD" not in str(told.value) and "!!!!" not in str(told.value)


def test_a_file_of_master_keys_that_others_can_read_is_refused(tmp_path: Path) -> None:
    master_file(tmp_path).chmod(0o640)

    with pytest.raises(SetupError, match="chmod 600"):
        MasterKeys.from_file(tmp_path / "master.keys")


def test_master_keys_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = key_folder(tmp_path).key("main", "ana", at=AT)
    monkeypatch.setenv("CASEWORK_MASTER_KEYS", (tmp_path / "master.keys").read_text())

    assert made == KeyFolder(tmp_path / "keys", MasterKeys.from_environment()).find("main", "ana")


def test_no_key_is_shown_by_what_holds_it(tmp_path: Path) -> None:
    master = new_master(AT, seeded_entropy("one"))

    assert master.line.split()[1] not in repr(master)
    assert "MasterKey('2026-03-01-" in repr(master)

"""An erasure that is broken off anywhere goes on; what backups and old keys bring back is erased again."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from oracle import assert_inv, tables
from shelter import LI, START, WU, Shelter, erased, left, stay, told
from shelter import shelter as made
from sqlalchemy import event
from sqlalchemy.pool import Pool
from stores import fresh

from casework import BlobFolder, Casework, Refused, Workflow
from casework.errors import LedgerDamaged, StoreUnavailable
from casework.keys import ErasureFile, ErasureMemory, ErasureRecord, KeyFolder, MasterKeys, new_master

TESTS = Path(__file__).parents[1]
CODE = """import sys; sys.path[:0] = sys.argv[1:3]
from test_broken_off import confirm_and_die
confirm_and_die(sys.argv[3], sys.argv[4], int(sys.argv[5]))"""
SAMPLE = 6


def _app(folder: Path) -> Casework:
    """Everything in one folder, so that it can be copied as a whole."""
    master = folder / "master"
    if not master.exists():
        master.touch(0o600)
        master.write_text(new_master(START).line + "\n")
    return made(
        f"sqlite:///{folder / 'store.db'}",
        blobs=BlobFolder(folder / "blobs"),
        erasures=ErasureFile(folder / "erasures"),
        keys=KeyFolder(folder / "keys", MasterKeys.from_file(master)),
    )


def _counted(number: int) -> Iterator[int]:
    """Counts statements, and ends the process before the one of that number, as a kill would."""
    seen = [0]

    def before(_: str) -> None:
        seen[0] += 1
        if seen[0] == number:
            os._exit(9)

    event.listen(Pool, "connect", lambda connection, _: connection.set_trace_callback(before))
    yield 0
    yield seen[0]


def confirm_and_die(folder: str, subject: str, number: int) -> None:
    """Confirm an erasure, and end before the statement of that number; says how many there were where it does not."""
    app = _app(Path(folder))
    desk = app.desk(WU)
    count = _counted(number)
    next(count)
    app._engine.store.engine.dispose()  # so that each connection from here on is counted
    desk.confirm_erasure(subject)
    os.write(1, str(next(count)).encode())


def _attempt(folder: Path, subject: str, number: int) -> tuple[int, str]:
    arguments = [str(TESTS), str(Path(__file__).parent), str(folder), subject, str(number)]
    ended = subprocess.run([sys.executable, "-c", CODE, *arguments], capture_output=True, check=False, timeout=120)
    assert ended.returncode in (0, 9), ended.stderr.decode()
    return ended.returncode, ended.stdout.decode()


@pytest.mark.sqlite
def test_an_erasure_that_is_killed_at_any_statement_goes_on_at_the_next_start(tmp_path: Path, long: bool) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    app = _app(whole)
    first = left(app.desk(LI))
    subject = first.subjects["person"]
    second = left(app.desk(LI), subjects={"person": subject})
    app.desk(LI).erase(subject, because="request")
    app.dispose()
    shutil.copytree(whole, tmp_path / "counted")
    code, told = _attempt(tmp_path / "counted", subject, 0)
    points = range(1, int(told) + 1) if long else range(2, int(told) + 1, max(1, int(told) // SAMPLE))
    seen = set()
    for number in points:
        folder = tmp_path / f"at-{number}"
        shutil.copytree(whole, folder)
        assert 9 == _attempt(folder, subject, number)[0]
        with sqlite3.connect(folder / "store.db") as sql:
            confirmed = [("asked",)] != sql.execute("SELECT state FROM casework_erasure").fetchall()
        seen.add(confirmed)
        app = _app(folder)
        desk = app.desk(WU)
        known = [desk.get(case.id).data.get("illness") for case in (first, second)]
        steps = [[e.erases.step for e in desk.history(case.id) if e.erases] for case in (first, second)]

        assert ([None, None] if confirmed else ["asthma", "asthma"]) == known
        assert [["asked", "erased"] if confirmed else ["asked"]] * 2 == steps
        assert (0, ["erased"] if confirmed else []) == (
            app.reapply_erasures(),
            [item.state for item in desk.erasures(["erased", "confirmed"])],
        )
        assert int(confirmed) == len([*ErasureFile(folder / "erasures").records()])
        assert_inv(app)
        app.dispose()
        shutil.rmtree(folder)

    assert 0 == code
    assert {False, True} == seen


def _copied(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as here, sqlite3.connect(target) as there:
        here.backup(there)


@pytest.mark.sqlite
@pytest.mark.parametrize("lost", [("store.db",), ("keys",), ("store.db", "keys"), ("erasures", "store.db")])
def test_f67_what_old_copies_bring_back_is_erased_again(tmp_path: Path, lost: tuple[str, ...]) -> None:
    """Each of them alone is caught by the others; both stores at once by the record of erasures."""
    folder, old = tmp_path / "app", tmp_path / "old"
    folder.mkdir()
    app = _app(folder)
    case = left(app.desk(LI))
    shutil.copytree(folder, old)
    erased(app, case.subjects["person"])
    app.dispose()
    for name in lost:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
            shutil.copytree(old / name, folder / name)
        else:
            shutil.copy(old / name, folder / name)
    app = _app(folder)
    desk = app.desk(LI)

    assert {"place": "canal"} == dict(desk.get(case.id).data)
    assert "Xu Mei" not in str(desk.history(case.id))
    assert [True] == [
        item.subject == case.subjects["person"] for item in app_tombstones(folder) if ":" not in item.subject
    ]
    assert_inv(app)
    app.dispose()


def app_tombstones(folder: Path) -> list[Any]:
    """What the folder of keys says was destroyed."""
    return [*KeyFolder(folder / "keys", MasterKeys.from_file(folder / "master")).destroyed()]


def test_an_app_without_tables_hands_out_desks(shelter: Shelter) -> None:
    app = shelter()
    app.desk(LI)

    assert 0 == app.reapply_erasures()


def test_a_person_whom_only_the_record_knows_is_erased_again(shelter: Shelter) -> None:
    """As after the restore of a backup from before anybody asked."""
    ledger = ErasureMemory()
    source = shelter(erasures=ledger)
    case = left(source.desk(LI))
    erased(source, case.subjects["person"])
    (record,) = ledger.records()
    other = shelter(erasures=ledger)
    again = left(other.desk(LI), subjects={"person": record.subject}) if not other.reapply_erasures() else None

    assert again is None
    assert "erased" == tables(other)["casework_erasure"][0]["state"]


def test_a_line_that_was_cut_short_is_passed_over_and_a_damaged_one_is_told(tmp_path: Path, shelter: Shelter) -> None:
    ledger = ErasureFile(tmp_path / "erasures")
    app = shelter(erasures=ledger)
    for _ in range(2):
        erased(app, left(app.desk(LI)).subjects["person"])
    content = ledger.path.read_bytes()
    ledger.path.write_bytes(content[:-20])
    once = [*ledger.records()]
    ledger.add(once[0])
    twice = [*ledger.records()]
    ledger.path.write_bytes(content.replace(b'"subject"', b'"sbject"', 1))

    assert (1, 2) == (len(once), len(twice))
    with pytest.raises(LedgerDamaged, match="line 2 "):
        [*ledger.records()]


@pytest.mark.sqlite
def test_a_person_whose_number_has_a_colon_is_erased_again_by_what_is_left_of_the_key(tmp_path: Path) -> None:
    """As where both the database and the record of erasures are those of yesterday, and the keys are of today."""
    app = _app(tmp_path)
    case = left(app.desk(LI), subjects={"person": "urn:person:17"})
    for name in ("store.db", "erasures"):
        shutil.copy(tmp_path / name, tmp_path / f"{name}.yesterday")
    erased(app, "urn:person:17")
    app.dispose()
    for name in ("store.db", "erasures"):
        (tmp_path / f"{name}.yesterday").replace(tmp_path / name)
    again = _app(tmp_path)

    assert "name" not in again.desk(LI).get(case.id).data
    assert ["erased"] == [row["state"] for row in tables(again)["casework_erasure"]]


@pytest.mark.sqlite
def test_an_erasure_that_the_disk_keeps_by_half_is_not_kept(tmp_path: Path) -> None:
    """A full disk takes some of a line and says so by a number alone."""
    ledger = ErasureFile(tmp_path / "erasures")
    agreed = ErasureRecord(
        tenant="main",
        subject="17",
        because="request",
        asked_at=START,
        asked_by="li",
        confirmed_at=START,
        confirmed_by="wu",
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, before[1]))
    try:
        with pytest.raises(StoreUnavailable, match="the erasure cannot be kept"):
            ledger.add(agreed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert [] == [*ledger.records()]


def test_a_case_that_a_backup_brought_back_open_knows_nothing_personal_again() -> None:
    """It was closed when its person was erased, and open when the backup was made; its type never opens one again."""
    ledger, url = ErasureMemory(), fresh()
    once = attrs.evolve(stay(), chain=[_without_a_way_back(stay().main)])
    source = made(url, case_types=[once], erasures=ledger)
    case = told(source.desk(LI))
    ledger.add(
        ErasureRecord(
            tenant="main",
            subject=case.subjects["person"],
            because="request",
            asked_at=START,
            asked_by="li",
            confirmed_at=START,
            confirmed_by="wu",
        )
    )
    for app in (made(url, case_types=[once], erasures=ledger), made(url, case_types=[once], erasures=ledger)):
        desk = app.desk(LI)

        assert "name" not in desk.get(case.id).data
        with pytest.raises(Refused, match="erased"):
            desk.amend(case.id, name="Xu Mei")


def _without_a_way_back(workflow: Workflow) -> Workflow:
    return attrs.evolve(workflow, transitions=[item for item in workflow.transitions if item.trigger != "back"])

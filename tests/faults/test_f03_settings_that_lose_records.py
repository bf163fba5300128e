"""A store that a power cut could take is told of; what casework itself asks for is durable."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from shelter import shelter
from sqlalchemy import make_url
from stores import fresh

from casework import StoreOptions
from casework.storage.diagnosis.server import _durable


def _with(url: str, setting: str) -> str:
    return make_url(url).update_query_dict({"options": f"-c {setting}"}).render_as_string(hide_password=False)


@pytest.mark.sqlite("synchronous is SQLite's")
def test_f3_sqlite_is_synced_at_every_commit_unless_somebody_asked_for_less() -> None:
    url = fresh()

    assert "FULL" == shelter(url).diagnose().synchronous
    assert "NORMAL" == shelter(url, options=StoreOptions(synchronous="NORMAL")).diagnose().synchronous


@pytest.mark.postgres
@pytest.mark.parametrize(("setting", "level"), [("off", ["problem"]), ("on", [])])
def test_f3_a_commit_that_does_not_wait_for_the_disk_is_a_problem(setting: str, level: list[str]) -> None:
    app = shelter(_with(fresh(), f"synchronous_commit={setting}"))
    found = app.diagnose()

    assert level == [item.level for item in found.amiss if item.code == "synchronous_commit"]
    assert setting == found.synchronous
    app.dispose()


@pytest.mark.postgres
def test_f3_doctor_tells_what_the_server_says_of_itself() -> None:
    url = fresh()
    app = shelter(url)
    with psycopg.connect(url) as connection:
        told = {name: connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "full_page_writes")}
    found = {item.code for item in app.diagnose().amiss if item.level == "problem"}

    assert {name for name, row in told.items() if row == ("off",)} == found & set(told)
    app.dispose()


def test_f3_each_setting_that_loses_is_told_once() -> None:
    worst = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit", "data_checksums"), "off")

    assert [*worst] == [item.code for item in _durable(worst)]
    assert [] == list(_durable(dict.fromkeys(worst, "on")))


def test_f3_no_source_lowers_what_a_database_keeps() -> None:
    lowered = ("synchronous_commit", "fsync=off", "synchronous=OFF")
    storage = Path(__file__).parents[2] / "src" / "casework" / "storage"
    found = [
        path.name
        for path in storage.rglob("*.py")
        if path.parent.name != "diagnosis" and any(word in path.read_text(encoding="utf-8") for word in lowered)
    ]

    assert ["readings.py"] == found, "who reads waits for no standby: the line about it touches no record"

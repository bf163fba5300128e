"""What doctor finds in how a store is set up, and in what waits in it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from shelter import LI, SMS, START, left, shelter, stay, told
from sqlalchemy import make_url, text
from stores import fresh

from casework import Casework, FrozenClock, StoreOptions, StoreUnavailable, SystemClock
from casework.cli.checks import checks_of
from casework.storage.diagnosis import Diagnosis, Waiting, file_of
from casework.storage.diagnosis.place import file_system, of_file
from casework.storage.diagnosis.server import _fit

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/cases /srv/cases nfs4 rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
tmpfs /srv/cases/local tmpfs rw 0 0
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    """A table of mounts as Linux writes it."""
    file = tmp_path / "mounts"
    file.write_text(MOUNTS, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/station.db", "ext4"),
        ("/srv/cases/station.db", "nfs4"),
        ("/srv/cases/local/station.db", "tmpfs"),
        ("/srv/cases2/station.db", "ext4"),
        ("/mnt/my share/station.db", "cifs"),
    ],
)
def test_f9_a_file_on_a_network_file_system_is_a_problem(mounts: Path, path: str, kind: str) -> None:
    found = [item.code for item in of_file(Path(path), mounts)]

    assert kind == file_system(Path(path), mounts)
    assert (["file-system"] if kind in ("nfs4", "cifs") else []) == found


def test_where_nothing_tells_of_mounts_nothing_is_said(tmp_path: Path) -> None:
    assert "" == file_system(tmp_path, tmp_path / "nothing")


@pytest.mark.sqlite("a file has permissions")
@pytest.mark.parametrize(("mode", "codes"), [(0o644, ["permissions"]), (0o600, [])])
def test_a_file_that_others_can_read_is_noted(mode: int, codes: list[str]) -> None:
    url = fresh()
    app = shelter(url)
    file = file_of(url)
    assert file is not None
    file.chmod(mode)

    assert codes == [item.code for item in app.diagnose().amiss if item.code == "permissions"]


@pytest.mark.sqlite("PostgreSQL has pg_amcheck")
def test_no_page_is_destroyed_unseen_where_every_page_is_read(tmp_path: Path) -> None:
    url = fresh()
    app = shelter(url)
    for _ in range(10):
        told(app.desk(LI))
    app.dispose()
    file, copy = file_of(url), tmp_path / "copy.db"
    assert file is not None
    whole, missed = file.read_bytes(), []
    for start in range(4096, len(whole), 4096 * 5):
        copy.write_bytes(whole[:start] + b"\xff" * 4096 + whole[start + 4096 :])
        looking = Casework(f"sqlite:///{copy}", case_types=[stay()], parts=[SMS])
        try:
            if "integrity" not in {item.code for item in looking.diagnose(integrity=True).amiss}:
                missed.append(start)
        except StoreUnavailable:
            pass  # it could not even be read that far
        looking.dispose()

    assert [] == missed


@pytest.mark.sqlite("PostgreSQL has pg_amcheck")
def test_a_row_that_cannot_be_is_a_problem_only_where_pages_are_read() -> None:
    app = shelter()
    told(app.desk(LI))
    with app._engine.store.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema = 1")
        never_closed = "replace(sql, 'closed_at BIGINT', 'closed_at BIGINT NOT NULL')"
        connection.exec_driver_sql(f"UPDATE sqlite_master SET sql = {never_closed} WHERE name = 'casework_case'")
    app.dispose()

    assert [False, True] == [
        "integrity" in {item.code for item in app.diagnose(integrity=asked).amiss} for asked in (False, True)
    ]
    app.dispose()


@pytest.mark.both
def test_a_sound_store_has_nothing_amiss_but_how_tests_keep_it() -> None:
    hasty = {"fsync", "full_page_writes", "synchronous_commit", "permissions", "log-rights", "data_checksums"}
    app = shelter(clock=SystemClock())
    found = app.diagnose()

    assert set() == {item.code for item in found.amiss} - hasty
    app.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("ahead", "levels"), [(timedelta(0), []), (timedelta(seconds=20), ["note"]), (timedelta(hours=-1), ["problem"])]
)
def test_f48_clocks_that_differ_are_told(ahead: timedelta, levels: list[str]) -> None:
    app = shelter(clock=FrozenClock(SystemClock().now() + ahead))

    assert levels == [item.level for item in app.diagnose().amiss if item.code == "clock"]
    app.dispose()


@pytest.mark.postgres
def test_columns_that_do_not_compare_byte_by_byte_are_named() -> None:
    app = shelter()
    with app._engine.store.engine.begin() as connection:
        connection.execute(text('ALTER TABLE casework_case ALTER COLUMN unit TYPE text COLLATE "default"'))
    (found,) = [item for item in app.diagnose().amiss if item.code == "collation"]

    assert "casework_case.unit" in found.text.en and "casework_case.unit" in found.text.zh
    app.dispose()


@pytest.mark.postgres
def test_a_session_that_waits_for_its_application_is_counted() -> None:
    url = fresh()
    app = shelter(make_url(url).render_as_string(hide_password=False), options=StoreOptions(connections=1_000))
    found = {item.code for item in app.diagnose().amiss}

    assert "connections" in found and "idle-in-transaction" not in found
    app.dispose()


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({"server_version_num": "130012", "server_encoding": "UTF8"}, ["server-version"]),
        ({"server_version_num": "180000", "server_encoding": "SQL_ASCII"}, ["encoding"]),
        ({"server_version_num": "140000", "server_encoding": "UTF8"}, []),
    ],
)
def test_a_server_that_does_not_fit_is_a_problem(told: dict[str, str], codes: list[str]) -> None:
    assert codes == [item.code for item in _fit(told)]


@pytest.mark.both
def test_what_waits_is_counted() -> None:
    clock = FrozenClock(START)
    app = shelter(clock=clock)
    left(app.desk(LI))
    subject = told(app.desk(LI)).subjects["person"]
    app.desk(LI.__class__("han", {"head"}, unit="anlu")).place_legal_hold(subject, because="audit")
    clock.advance(timedelta(hours=30))
    found = app.diagnose().waiting

    assert (1, {"waiting": 2}, 1) == (found.overdue, dict(found.messages), found.holds)
    assert (found.unlogged, None) == (app.diagnose().waiting.unlogged, found.checkpoint)
    assert found.unlogged > 0
    app.dispose()


@pytest.mark.parametrize(("hours", "level"), [(1, "ok"), (30, "note")])
def test_a_checkpoint_of_long_ago_is_noted(hours: int, level: str) -> None:
    waiting = Waiting(unlogged=5, checkpoint=START - timedelta(hours=hours))
    found = Diagnosis(url="", library="PostgreSQL 18.0", synchronous="FULL", version="1", expected="1", waiting=waiting)

    assert [level] == [check.level for check in checks_of(found, START) if check.name == "checkpoint"]


def test_every_check_speaks_both_languages() -> None:
    waiting = Waiting(
        overdue=1,
        oldest_overdue=START,
        messages={"dead": 1, "doubtful": 2, "waiting": 3},
        parked={"sms": 1},
        inbox={"parked": 1},
        unlogged=1,
        checkpoint=START - timedelta(days=3),
        erasures={"asked": 1, "confirmed": 1, "scrubbed": 4},
        holds=1,
    )
    found = Diagnosis(url="", library="PostgreSQL 18.0", synchronous="FULL", version="1", expected="1", waiting=waiting)
    checks = list(checks_of(found, START))

    assert {"timers", "messages", "channels", "inbox", "checkpoint", "erasures", "holds"} <= {c.name for c in checks}
    assert [] == [check.name for check in checks if not (check.text.en and check.text.zh)]
    assert 2 == len([check for check in checks if check.name == "erasures"])

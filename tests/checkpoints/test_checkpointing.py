"""Every entry enters the log once, in order; what was signed is never contradicted, and is carried outside."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import attrs
import pytest
from histories import SMS, START, TASK, VISIT
from outside import outside
from signed import LI, ORIGIN, SIGNER, STRANGER, kept_in, live, signed_app, signed_history
from stores import fresh, quick

from casework import (
    Casework,
    FrozenClock,
    InvalidValue,
    SetupError,
    StoreUnavailable,
    checkpointing,
    seeded_entropy,
)
from casework.checkpoints import CheckpointFolder, Checkpoints, LogForked

pytestmark = pytest.mark.both


def test_the_queue_is_filled_by_the_database_and_emptied_by_a_checkpoint(folder: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    live(app, clock, random.Random(1), 10)
    with outside(url) as sql:
        waiting = sql.ask("SELECT count(*) FROM casework_unlogged")
        written = sql.ask("SELECT count(*) FROM casework_entry")
    made = app.checkpoint(SIGNER)
    with outside(url) as sql:
        left = sql.ask("SELECT count(*) FROM casework_unlogged")
        leaves = sql.ask("SELECT position, case_id, number FROM casework_leaf ORDER BY position")

    assert written == waiting
    assert [(0,)] == left
    assert made is not None and made.size == len(leaves) == written[0][0]
    assert list(range(made.size)) == [position for position, *_ in leaves]
    for case in {case for _, case, _ in leaves}:
        numbers = [number for _, of, number in leaves if of == case]
        assert list(range(1, len(numbers) + 1)) == numbers, "the entries of a case keep their order"
    app.dispose()


def test_a_checkpoint_without_anything_new_is_the_last_one(folder: Path) -> None:
    app, clock = signed_app(quick(), folder), FrozenClock(START)
    live(app, clock, random.Random(1), 5)
    made = app.checkpoint(SIGNER)

    assert made == app.checkpoint(SIGNER)
    assert 1 == len(list(CheckpointFolder(folder).notes()))
    app.dispose()


def test_many_entries_are_taken_in_bounded_portions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "BATCH", 4)
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    live(app, clock, random.Random(2), 20)
    made = app.checkpoint(SIGNER)
    with outside(url) as sql:
        sizes = [size for (size,) in sql.ask("SELECT size FROM casework_checkpoint ORDER BY size")]

    assert made is not None and made.size == sizes[-1]
    assert {4} == {after - before for before, after in zip([0, *sizes], sizes[:-1], strict=False)}
    assert () == app.verify().faults
    app.dispose()


def test_two_checkpointers_at_once_sign_one_log(folder: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    first, second = signed_app(url, folder, clock), signed_app(url, folder, clock, seed=2)
    problems: list[Exception] = []

    def signing(app: Casework) -> None:
        try:
            for _ in range(6):
                app.checkpoint(SIGNER)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=signing, args=(app,)) for app in (first, second)]
    for thread in threads:
        thread.start()
    live(first, clock, random.Random(3), 25)
    for thread in threads:
        thread.join()
    first.checkpoint(SIGNER)

    assert [] == problems
    assert () == first.verify().faults
    for app in (first, second):
        app.dispose()


def test_a_place_that_missed_checkpoints_gets_the_newest(folder: Path, tmp_path: Path) -> None:
    url, clock, late = fresh(), FrozenClock(START), tmp_path / "late"
    app = signed_app(url, folder, clock)
    signed_history(app, clock, random.Random(4))
    app.dispose()
    again = signed_app(url, (folder, late), clock)
    made = again.checkpoint(SIGNER)

    assert [made] == list(kept_in(late).everything().checkpoints)
    assert () == again.verify(checkpoints=kept_in(late)).faults
    again.dispose()


@attrs.define
class Unreachable:
    """A place that comes and goes."""

    inner: CheckpointFolder
    gone: bool = True

    def add(self, note: str, /) -> None:
        self._there()
        self.inner.add(note)

    def notes(self) -> list[str]:
        self._there()
        return list(self.inner.notes())

    def recent(self) -> tuple[str, ...]:
        self._there()
        return self.inner.recent()

    def _there(self) -> None:
        if self.gone:
            raise StoreUnavailable("the checkpoints cannot be reached: no route to host")


def test_a_place_that_is_away_stops_no_firing_but_the_checkpoint(folder: Path) -> None:
    place, clock = Unreachable(CheckpointFolder(folder)), FrozenClock(START)
    outside_of_it = Checkpoints(key=SIGNER.public, places=[place])
    app = Casework(
        quick(),
        case_types=[VISIT, TASK],
        parts=[SMS],
        clock=clock,
        entropy=seeded_entropy(1),
        checkpoints=outside_of_it,
    )
    app.create_tables()
    case = app.desk(LI).open("visit")
    with pytest.raises(StoreUnavailable):
        app.checkpoint(SIGNER)
    place.gone = False
    made = app.checkpoint(SIGNER)

    assert case.revision == 1
    assert made is not None and [made] == list(kept_in(folder).everything().checkpoints)
    app.dispose()


def test_another_key_than_the_one_that_is_kept_does_not_sign(folder: Path) -> None:
    app = signed_app(quick(), folder)
    with pytest.raises(SetupError, match="is not the one"):
        app.checkpoint(STRANGER)
    app.dispose()


def test_without_a_place_nothing_is_signed() -> None:
    app = Casework(quick(), case_types=[VISIT, TASK], parts=[SMS])
    app.create_tables()
    with pytest.raises(SetupError, match="kept nowhere"):
        app.checkpoint(SIGNER)
    with pytest.raises(SetupError, match="checkpoints takes"):
        Casework(case_types=[VISIT, TASK], parts=[SMS], checkpoints="outside")  # type: ignore[arg-type]
    app.dispose()


def test_nothing_is_signed_beside_a_note_that_nobody_can_read(folder: Path) -> None:
    clock = FrozenClock(START)
    app = signed_app(quick(), folder, clock)
    signed_history(app, clock, random.Random(5))
    CheckpointFolder(folder).add("somebody else\n1\nx\n\n— x AAAAAAAA\n")
    with pytest.raises(InvalidValue):
        app.checkpoint(SIGNER)
    app.dispose()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE casework_checkpoint SET subtrees = ? WHERE size = (SELECT max(size) FROM casework_checkpoint)",
        "UPDATE casework_leaf SET hash = ? WHERE position = (SELECT max(position) FROM casework_leaf)",
        "UPDATE casework_leaf SET position = position + 500 WHERE position > 2 AND hash <> ?",
    ],
)
def test_what_does_not_agree_with_the_last_checkpoint_is_not_signed(sql: str, folder: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    sizes = signed_history(app, clock, random.Random(6))
    with outside(url) as store:
        store.do(sql, bytes(32 * sizes[-1].bit_count()))
    found = app.verify()
    signed = None
    if "casework_leaf SET hash" not in sql:
        with pytest.raises(LogForked):
            signed = app.checkpoint(SIGNER)

    assert signed is None
    assert not found.whole or "subtrees" in sql
    app.dispose()


def test_an_older_store_queues_what_it_has_when_it_is_migrated(folder: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    live(app, clock, random.Random(7), 10)
    with outside(url) as sql:
        written = sql.ask("SELECT count(*) FROM casework_entry")
        sql.do("DROP TRIGGER casework_queues_entry" + ("" if sql.on_sqlite else " ON casework_entry"))
        for table in sql.tables():
            if table in LATER:
                sql.do(f"DROP TABLE {table}")
        sql.do("UPDATE casework_version SET version_num = '0003'")
    app.migrate()
    made = app.checkpoint(SIGNER)

    assert made is not None and written == [(made.size,)]
    assert () == app.verify().faults
    app.dispose()


LATER = {
    "casework_unlogged",
    "casework_leaf",
    "casework_checkpoint",
    "casework_loss",
    "casework_key",
    "casework_erasure",
    "casework_legal_hold",
    "casework_reading",
    "casework_glass",
}


def test_the_origin_is_the_name_of_the_key(folder: Path) -> None:
    app = signed_app(quick(), folder)
    live(app, FrozenClock(START), random.Random(8), 1)
    made = app.checkpoint(SIGNER)

    assert made is not None and ORIGIN == made.origin
    app.dispose()

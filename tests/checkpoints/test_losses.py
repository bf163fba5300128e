"""A loss that is accepted lets the work go on, and is told for ever."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from histories import START
from outside import outside
from signed import LI, ORIGIN, SIGNER, kept_in, live, signed_app, signed_history
from stores import fresh, quick

from casework import FrozenClock, InvalidValue
from casework.checkpoints import CheckpointFolder, StoreBehind
from casework.checkpoints.verify_casework import faults as found_alone
from casework.checkpoints.verify_casework import opened
from casework.storage.logexport import exported

pytestmark = pytest.mark.both


def lose(url: str, size: int) -> None:
    """Put a store back to the state in which its log had that size, as far as its log goes."""
    with outside(url) as sql:
        cut = sql.ask("SELECT case_id, min(number) FROM casework_leaf WHERE position >= ? GROUP BY case_id", size)
        for case, number in cut:
            for table in ("leaf", "entry"):
                sql.do(f"DELETE FROM casework_{table} WHERE case_id = ? AND number >= ?", case, number)
        for case, number in sql.ask("SELECT case_id, number FROM casework_unlogged"):
            sql.do("DELETE FROM casework_entry WHERE case_id = ? AND number = ?", case, number)
        sql.do("DELETE FROM casework_unlogged")
        sql.do("DELETE FROM casework_checkpoint WHERE size > ?", size)
        whole = "SELECT case_id, max(number) FROM casework_entry GROUP BY case_id"
        for case, number in sql.ask(whole):
            ((head,),) = sql.ask("SELECT hash FROM casework_entry WHERE case_id = ? AND number = ?", case, number)
            sql.do("UPDATE casework_case SET revision = ?, head = ? WHERE id = ?", number, bytes(head), case)
        kept = [case for case, _ in sql.ask(whole)]
        for (case,) in sql.ask("SELECT id FROM casework_case"):
            if case not in kept:
                sql.do("DELETE FROM casework_case WHERE id = ?", case)


def test_after_a_loss_the_log_goes_on_and_tells_of_it(folder: Path, tmp_path: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    sizes = signed_history(app, clock, random.Random(1))
    app.dispose()
    lose(url, sizes[0])
    app = signed_app(url, folder, clock, seed=2)
    with pytest.raises(StoreBehind):
        app.desk(LI).open("visit")
    loss = app.accept_loss(SIGNER, by="wang", because="the disk broke; restored the copy of Sunday")
    case = app.desk(LI).open("visit")
    made = app.checkpoint(SIGNER)
    log = app.verify_log()

    assert (sizes[-1], sizes[0]) == (loss.had.size, loss.kept.size)
    assert made is not None and (f"{ORIGIN}/2", sizes[0] + 2) == (made.origin, made.size)
    assert 1 == case.revision
    assert () == log.faults
    assert [True] == ["wang accepted the loss of" in told for told in log.losses]
    with app.reading() as transaction:
        (tmp_path / "log.json").write_text("\n".join(exported(transaction)), encoding="utf-8")
    assert [] == list(found_alone(opened(tmp_path / "log.json"), [folder], str(SIGNER.public)))
    app.dispose()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM casework_loss",
        "DELETE FROM casework_leaf WHERE case_id = ''",
        "UPDATE casework_loss SET position = 0",
    ],
)
def test_a_loss_cannot_be_hushed_up(sql: str, folder: Path, tmp_path: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    sizes = signed_history(app, clock, random.Random(2))
    app.dispose()
    lose(url, sizes[1])
    app = signed_app(url, folder, clock, seed=2)
    app.accept_loss(SIGNER, by="wang", because="a test")
    with outside(url) as store:
        store.do(sql)
    with app.reading() as transaction:
        (tmp_path / "log.json").write_text("\n".join(exported(transaction)), encoding="utf-8")

    assert () != app.verify_log().faults
    assert [] != list(found_alone(opened(tmp_path / "log.json"), [folder], str(SIGNER.public)))
    app.dispose()


def test_where_nothing_is_lost_no_loss_is_accepted(folder: Path) -> None:
    clock = FrozenClock(START)
    app = signed_app(quick(), folder, clock)
    with pytest.raises(InvalidValue, match="no checkpoint"):
        app.accept_loss(SIGNER, by="wang", because="none")
    signed_history(app, clock, random.Random(3))
    with pytest.raises(InvalidValue, match="nothing is lost"):
        app.accept_loss(SIGNER, by="wang", because="none")
    app.dispose()


def test_a_loss_may_happen_twice(folder: Path) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    sizes = signed_history(app, clock, random.Random(4))
    app.dispose()
    for epoch in (2, 3):
        lose(url, sizes[0] if epoch == 2 else sizes[0] + 1)
        app = signed_app(url, folder, clock, seed=epoch)
        loss = app.accept_loss(SIGNER, by="wang", because=f"loss {epoch}")
        live(app, clock, random.Random(epoch), 5)
        app.checkpoint(SIGNER)

        assert f"{ORIGIN}/{epoch}" == loss.origin
        assert () == app.verify_log().faults
        app.dispose()
    assert 2 == len(kept_in(folder).everything().losses)


def test_what_was_accepted_before_a_crash_is_carried_outside_by_the_next_checkpoint(
    folder: Path, tmp_path: Path
) -> None:
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    sizes = signed_history(app, clock, random.Random(5))
    app.dispose()
    lose(url, sizes[0])
    before = list(CheckpointFolder(folder).notes())
    app = signed_app(url, folder, clock, seed=2)
    app.accept_loss(SIGNER, by="wang", because="a test")
    app.dispose()
    crashed = tmp_path / "crashed"
    for note in before:
        CheckpointFolder(crashed).add(note)
    app = signed_app(url, crashed, clock, seed=3)
    live(app, clock, random.Random(6), 3)
    app.checkpoint(SIGNER)

    assert 1 == len(kept_in(crashed).everything().losses)
    assert () == app.verify_log().faults
    app.dispose()

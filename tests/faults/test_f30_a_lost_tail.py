"""F30: a standby was promoted that had not received the end of the log; nothing is written over the gap."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from faults.town import founded
from histories import START
from server import durable_server
from signed import LI, ORIGIN, SIGNER, live, signed_app
from stores import fresh

from casework import FrozenClock
from casework.checkpoints import StoreBehind
from casework.storage.gate import Gate


@pytest.mark.postgres("SQLite has no standby")
def test_f30_a_promoted_standby_that_lacks_the_tail_is_frozen(tmp_path: Path) -> None:
    clock, folder = FrozenClock(START), tmp_path / "outside"
    with durable_server() as primary:
        app = signed_app(primary.url(), folder, clock)
        live(app, clock, random.Random(1), 10)
        before = app.checkpoint(SIGNER)
        standby = primary.base_backup("standby", standby=True)
        try:
            live(app, clock, random.Random(2), 10)  # the standby has been cut off; these are acknowledged all the same
            after = app.checkpoint(SIGNER)
            app.dispose()
            primary.kill_tree()
            standby.start()
            standby.promote()
            promoted = signed_app(standby.url(), folder, clock, seed=2)
            with pytest.raises(StoreBehind) as no:
                promoted.desk(LI).open("visit")
            told = [str(fault) for fault in promoted.verify().faults]
            found = {item.code for item in promoted.diagnose().amiss}
            loss = promoted.accept_loss(SIGNER, by="wang", because="the primary is gone for good")
            case = promoted.desk(LI).open("visit")

            assert before is not None and after is not None
            assert (after.size, before.size) == (no.value.size, no.value.held)
            assert [True] == [f"{after.size - before.size} entries are missing" in line for line in told]
            assert "store-behind" in found - {item.code for item in promoted.diagnose().amiss}
            assert (f"{ORIGIN}/2", before.size) == (loss.origin, loss.kept.size)
            assert 1 == case.revision and promoted.verify().whole
            promoted.dispose()
        finally:
            standby.stop("immediate")


@pytest.mark.sqlite("a file that is put in place of another is the plainest failover")
def test_f30_after_a_new_connection_the_store_is_looked_at_again(tmp_path: Path) -> None:
    """The application was never restarted; only its connections came back, and lead to less than before."""
    clock, folder, path = FrozenClock(START), tmp_path / "outside", tmp_path / "store.db"
    app = signed_app(f"sqlite:///{path}", folder, clock)
    live(app, clock, random.Random(1), 5)
    app.checkpoint(SIGNER)
    shutil.copy(path, tmp_path / "old.db")
    live(app, clock, random.Random(2), 5)
    app.checkpoint(SIGNER)
    case = app.desk(LI).open("visit")
    app.dispose()
    shutil.copy(tmp_path / "old.db", path)
    with pytest.raises(StoreBehind):
        app.desk(LI).open("visit")
    with pytest.raises(StoreBehind):
        app.desk(LI).open("visit")

    assert 1 == case.revision
    app.dispose()


@pytest.mark.postgres("on SQLite one connection writes")
def test_f30_a_connection_that_is_made_while_another_is_looked_at_is_looked_at_too() -> None:
    """Somebody connects to the server that was promoted while somebody else still looks at the one before it."""
    app = founded(fresh())
    transactions, engine = app._engine.store.transactions, app._engine.store.engine
    engine.dispose()
    looked: list[object] = []
    other: list[Any] = []

    def look(transaction: object) -> None:
        looked.append(transaction)
        if len(looked) == 1:
            other.append(engine.raw_connection())

    transactions.gate = Gate(engine, look)
    with transactions.write():
        pass
    first = engine.raw_connection()
    other.pop().close()
    with transactions.write():
        pass
    first.close()

    assert 2 == len(looked)
    app.dispose()

"""F24: who writes first commits last; the log of all entries passes nobody over."""

from __future__ import annotations

from pathlib import Path

import pytest
from histories import START
from outside import outside
from signed import LI, SIGNER, signed_app
from sqlalchemy import create_engine
from stores import fresh

from casework import FrozenClock

pytestmark = pytest.mark.postgres("SQLite commits one writer after the other")


def test_f24_an_entry_that_commits_late_enters_the_log_late(tmp_path: Path) -> None:
    url = fresh()
    app = signed_app(url, tmp_path / "outside", FrozenClock(START))
    first, second, _ = (app.desk(LI).open("visit") for _ in range(3))
    host = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    sizes = []
    with host.connect() as early, host.connect() as late:
        early.begin()
        late.begin()
        with app.begin(LI, connection=early) as desk:
            desk.note(first.id, "written first")
        with app.begin(LI, connection=late) as desk:
            desk.note(second.id, "written later")
        late.commit()
        sizes.append(app.checkpoint(SIGNER))
        early.commit()
        sizes.append(app.checkpoint(SIGNER))
    host.dispose()
    with outside(url) as sql:
        leaves = [case for (case,) in sql.ask("SELECT case_id FROM casework_leaf ORDER BY position")]

    assert [4, 5] == [made.size for made in sizes if made is not None]
    assert [second.id, first.id] == leaves[-2:]
    assert () == app.verify().faults
    app.dispose()

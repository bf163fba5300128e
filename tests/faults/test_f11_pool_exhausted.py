"""F11: more readers than the store has connections wait for a bounded time, and are told."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from faults.town import CLERK, founded
from stores import fresh, on_sqlite

from casework import Refused, StoreOptions


def test_f11_who_finds_no_connection_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.storage.sql.sqlite.BUSY_MILLISECONDS", 200)
    app = founded(fresh())
    desk = app.desk(CLERK)
    case = desk.open("guest")
    with ExitStack() as busy:
        # On SQLite one of the forty is kept for whoever writes, whatever readers do.
        for _ in range(39 if on_sqlite() else 2 * StoreOptions().connections):
            busy.enter_context(app.reading())
        with pytest.raises(Refused) as no:
            desk.get(case)

    assert "store-unavailable" == no.value.refusal.code
    assert case.id == desk.get(case).id
    app.dispose()

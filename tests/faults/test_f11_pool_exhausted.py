"""F11: more readers than the store has connections wait for a bounded time, and are told."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from faults.town import CLERK, founded

from casework import Refused


def test_f11_who_finds_no_connection_is_told_to_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.storage.sqlite.BUSY_MILLISECONDS", 200)
    app = founded(f"sqlite:///{tmp_path}/guests.db")
    desk = app.desk(CLERK)
    case = desk.open("guest")
    with ExitStack() as busy:
        for _ in range(40):
            busy.enter_context(app.reading())
        with pytest.raises(Refused) as no:
            desk.get(case)

    assert "store-unavailable" == no.value.refusal.code
    assert case.id == desk.get(case).id
    app.dispose()

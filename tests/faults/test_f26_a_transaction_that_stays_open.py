"""Whoever keeps a transaction open and does nothing is cut off; others wait for a bounded time, and nothing is half."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from errands import ANA, act, errand
from stores import fresh

from casework import Casework, Refused, Run, Set, StoreOptions, View, effect

pytestmark = pytest.mark.postgres

IDLE = 1
PATIENCE = StoreOptions(idle_seconds=IDLE)


@effect("nap.effect", writes="remark")
def nap(view: View) -> Iterable[Set]:
    """sleeps while the case is locked"""
    time.sleep(IDLE * 2.5)
    yield Set("remark", "slept")


def test_f26_who_holds_a_case_and_sleeps_is_cut_off_and_others_go_on() -> None:
    url = fresh()
    kind = errand(act(Run("nap.effect"), trigger="nap"))
    app = Casework(url, case_types=[kind], parts=[nap], options=PATIENCE)
    app.create_tables()
    desk = app.desk(ANA)
    held, other = desk.open("errand"), desk.open("errand")
    with ThreadPoolExecutor(1) as pool:
        sleeping = pool.submit(_code, app, held.id)
        time.sleep(0.3)
        began = time.monotonic()
        desk.fire(other.id, "start")
        quick = time.monotonic() - began
        moved = desk.fire(held.id, "start")
        waited = time.monotonic() - began
        code = sleeping.result()

    assert "store-unavailable" == code
    assert quick < 1 and waited < IDLE * 2
    assert (2, "doing", {}) == (moved.revision, moved.state, dict(desk.get(held.id).data))
    assert app.verify().whole
    app.dispose()


def _code(app: Casework, case_id: str) -> str:
    try:
        app.desk(ANA).fire(case_id, "nap")
    except Refused as no:
        return no.refusal.code
    return "done"

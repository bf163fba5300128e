"""Several that start at once make or migrate the tables one after the other, and a plan changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from errands import ANA, errand
from older import tables_of
from sqlalchemy import text
from stores import fresh

from casework import Casework, StoreMismatch
from casework.storage.tables import head

pytestmark = pytest.mark.both


def _migrated(url: str) -> tuple[str | None, str]:
    app = Casework(url, case_types=[errand()])
    try:
        return app.migrate()
    finally:
        app.dispose()


@pytest.mark.parametrize("older", [None, "0001"])
def test_f103_of_two_that_migrate_at_once_one_does_and_the_other_finds_it_done(older: str | None) -> None:
    url = fresh()
    if older is not None:
        tables_of(url, older)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(_migrated, [url] * 4))
    app = Casework(url, case_types=[errand()])

    assert sorted([(str(older), head()), *[(head(), head())] * 3]) == sorted((str(a), b) for a, b in found)
    assert "new" == app.desk(ANA).open("errand").state
    app.dispose()


def test_a_plan_tells_each_step_and_changes_nothing() -> None:
    url = fresh()
    app = Casework(url, case_types=[errand()])
    plan = app.plan_migration()
    again = app.plan_migration()
    app.migrate()
    after = app.plan_migration()

    assert plan == again
    assert (None, head(), "0001") == (plan.before, plan.after, plan.steps[0][0])
    assert all(name for _, name in plan.steps)
    assert ["case_errand"] == list(plan.columns)
    assert (head(), (), {}) == (after.before, after.steps, dict(after.columns))
    app.dispose()


def test_a_store_of_a_newer_casework_is_left_alone() -> None:
    url = fresh()
    _migrated(url)
    app = Casework(url, case_types=[errand()])
    with app._engine.store.engine.begin() as connection:
        connection.execute(text("UPDATE casework_version SET version_num = '9999'"))

    for call in (app.migrate, app.plan_migration, app.create_tables):
        with pytest.raises(StoreMismatch, match="newer casework"):
            call()
    app.dispose()

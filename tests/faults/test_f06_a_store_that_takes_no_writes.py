"""A store that is read-only, as a standby is: writing is refused whole, reading goes on, and health says so."""

from __future__ import annotations

import psycopg
import pytest
from server import durable_server
from shelter import HAN, LI, shelter, told
from sqlalchemy import make_url
from stores import fresh

from casework import Casework, Refused

pytestmark = pytest.mark.postgres

READ_ONLY = "-c default_transaction_read_only=on"


def _refused_and_readable(app: Casework, case_id: str) -> None:
    with pytest.raises(Refused) as no:
        app.desk(LI).note(case_id, "a word")

    assert "store-unavailable" == no.value.refusal.code
    assert case_id == app.desk(HAN).get(case_id).id
    assert [case_id] == [case.id for case in app.desk(HAN).find("stay").cases]
    health = app.health()
    assert (False, True, ("read-only",)) == (health.ready, health.alive, health.codes)
    assert ["problem"] == [item.level for item in app.diagnose().amiss if item.code == "read-only"]


def test_f6_writing_is_refused_and_reading_goes_on() -> None:
    url = fresh()
    app = shelter(url)
    case = told(app.desk(LI))
    query = make_url(url).update_query_dict({"options": READ_ONLY})
    reader = shelter(query.render_as_string(hide_password=False))
    _refused_and_readable(reader, case.id)
    with pytest.raises(Refused, match="store-unavailable"):
        reader.desk(LI).get(case.id)  # of class health, for which a line of the access log has to come first

    assert app.health().ready
    assert case.revision == app.desk(LI).get(case.id).revision
    reader.dispose()
    app.dispose()


@pytest.mark.long
def test_f6_a_standby_serves_readers_and_takes_writes_once_it_is_promoted() -> None:
    with durable_server() as primary:
        app = shelter(primary.url())
        case = app.desk(LI).open("stay", place="hall")
        standby = primary.base_backup("standby", standby=True).start()
        try:
            reader = shelter(standby.url())
            _refused_and_readable(reader, case.id)
            app.dispose()
            primary.stop()
            standby.promote()
            with psycopg.connect(standby.url()) as connection:
                assert (False,) == connection.execute("SELECT pg_is_in_recovery()").fetchone()
            assert reader.health().ready
            assert reader.desk(LI).open("stay", place="hall").id
            assert reader.verify().whole
            reader.dispose()
        finally:
            standby.stop()

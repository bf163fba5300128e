"""A date that cannot be freezes nothing: corrections and tombstones of the origin come through (F66)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from casework_police.pfif import (
    Age,
    Imported,
    Item,
    Note,
    Origin,
    Person,
    PfifFinding,
    Tombstone,
    Within,
    export,
    import_records,
    read,
)
from casework_police.pfif.order import order_of
from casework_police.reports import missing_person
from stores import quick

from casework import Actor, Case, Casework, Desk, FrozenClock, InvalidValue

pytestmark = pytest.mark.usefixtures("on_each_database")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FUTURE = datetime(2099, 2, 1, tzinfo=UTC)
OURS = Origin(domain="anlu.example", name="安陆市救助管理站")
AGENCIES = Within(recipient="孝感市公安局")
RECORD = "x.example/p-9"


@pytest.fixture
def clock() -> FrozenClock:
    """The time of the store."""
    return FrozenClock(NOW)


@pytest.fixture
def desk(clock: FrozenClock) -> Iterator[Desk]:
    """Somebody who takes reports, searches and closes."""
    app = Casework(quick(), case_types=[missing_person], clock=clock)
    app.create_tables()
    yield app.desk(Actor("li", roles={"caseworker", "tracer", "director"}, unit="anlu"))
    app.dispose()


def told(source_date: datetime, name: str = "王建国", **fields: Any) -> Person:
    """A version of the record of another register."""
    return Person(person_record_id=RECORD, source_date=source_date, full_name=name, **fields)


def stone(source_date: datetime, expiry_date: datetime, *, placeholder: bool = True) -> Tombstone:
    """Its end."""
    return Tombstone(person_record_id=RECORD, source_date=source_date, expiry_date=expiry_date, placeholder=placeholder)


def taken(desk: Desk, *items: Item, now: datetime = NOW) -> Imported:
    """What an import did."""
    return import_records(desk, items, domain=OURS.domain, now=now)


def outcome(done: Imported) -> tuple[list[str], list[str], bool]:
    """What was done, what was found, and whether nobody has to look."""
    return [name for name, count in done.counts.items() if count], [one.code for one in done.findings], done.whole


def names(desk: Desk) -> list[Any]:
    """Who is held."""
    return [case.data["name"] for case in desk.find("missing_person").cases]


def document(body: str) -> bytes:
    """A document on the first line of which stands its root."""
    return f'<p:pfif xmlns:p="http://zesty.ca/pfif/1.4">\n{body}</p:pfif>'.encode()


def person_text(*lines: str) -> str:
    """A person, one field a line."""
    inner = "\n".join(lines)
    return f"<p:person>\n<p:person_record_id>{RECORD}</p:person_record_id>\n{inner}\n</p:person>\n"


def test_a_date_in_the_future_is_found_with_its_line_and_the_record_comes_through() -> None:
    note = (
        "<p:note>\n<p:note_record_id>x.example/n</p:note_record_id>\n<p:author_name/>\n"
        "<p:source_date>2099-02-01T00:00:00Z</p:source_date>\n<p:text/>\n</p:note>"
    )
    person = person_text(
        "<p:entry_date>2099-02-02T00:00:00Z</p:entry_date>",
        "<p:source_date>2099-02-01T00:00:00Z</p:source_date>",
        "<p:full_name>王</p:full_name>",
        note,
    )

    items = list(read(document(person), now=NOW))

    found = [(item.code, item.level, item.line, item.field) for item in items if isinstance(item, PfifFinding)]
    warned = ("future-date", "warning")
    assert [(*warned, 4, "entry_date"), (*warned, 5, "source_date"), (*warned, 10, "source_date")] == found
    assert [Person, Note] == [type(item) for item in items if not isinstance(item, PfifFinding)]


@pytest.mark.parametrize(("ahead", "codes"), [(DAY, []), (DAY + timedelta(seconds=1), ["future-date"])])
def test_a_clock_may_be_a_day_ahead_and_no_more(ahead: timedelta, codes: list[str]) -> None:
    written = f"<p:source_date>{NOW + ahead:%Y-%m-%dT%H:%M:%SZ}</p:source_date>"
    data = document(person_text(written, "<p:full_name>王</p:full_name>"))

    assert codes == [item.code for item in read(data, now=NOW) if isinstance(item, PfifFinding)]


def test_f66_a_tombstone_clears_a_report_that_was_dated_in_the_future(desk: Desk) -> None:
    taken(desk, told(FUTURE, expiry_date=FUTURE))

    done = taken(desk, stone(NOW - 3 * DAY, NOW - 2 * DAY))

    assert (["cleared"], [], True) == outcome(done)
    assert [""] == names(desk)


@pytest.mark.parametrize("held", [NOW - 2 * DAY, NOW + DAY / 2, FUTURE])
def test_f66_a_placeholder_is_not_ignored_for_its_source_date(desk: Desk, held: datetime) -> None:
    taken(desk, told(held))

    assert (["cleared"], [], True) == outcome(taken(desk, stone(NOW - 300 * DAY, NOW - DAY)))


def test_f66_an_old_copy_of_a_record_whose_expiry_was_put_off_clears_nothing(desk: Desk) -> None:
    taken(desk, told(NOW - 9 * DAY, expiry_date=FUTURE))

    done = taken(desk, stone(NOW - 20 * DAY, NOW - DAY, placeholder=False))

    assert (["left_out"], ["older-tombstone"], False) == outcome(done)
    assert ["王建国"] == names(desk)


@pytest.mark.parametrize(("name", "placeholder"), [("", True), ("王建国", False)])
def test_a_placeholder_is_told_from_a_record_that_expired(name: str, placeholder: bool) -> None:
    dates = (
        "<p:expiry_date>2026-11-21T00:00:00Z</p:expiry_date>",
        "<p:source_date>2026-11-20T00:00:00Z</p:source_date>",
    )
    data = document(person_text(*dates, f"<p:full_name>{name}</p:full_name>"))

    (gone,) = (item for item in read(data, now=NOW) if isinstance(item, Tombstone))

    assert placeholder is gone.placeholder


def test_a_correction_reaches_a_report_that_was_dated_in_the_future(desk: Desk) -> None:
    taken(desk, told(FUTURE, "未来"))

    assert (["amended"], [], True) == outcome(taken(desk, told(NOW - 3 * DAY, "更正")))
    assert ["更正"] == names(desk)


def test_a_record_from_the_future_undoes_no_correction_and_is_told_to_somebody(desk: Desk) -> None:
    taken(desk, told(FUTURE, "未来"), told(NOW - 3 * DAY, "更正"))

    done = taken(desk, told(FUTURE, "未来"))

    assert (["left_out"], ["unknown-order"], False) == outcome(done)
    assert ["更正"] == names(desk)


def test_a_register_whose_clock_is_wrong_still_amends_and_repeats_nothing(desk: Desk) -> None:
    taken(desk, told(FUTURE, "一"))

    assert ["amended"] == outcome(taken(desk, told(FUTURE + DAY, "二")))[0]
    assert ["unchanged"] == outcome(taken(desk, told(FUTURE + DAY, "二")))[0]
    assert ["二"] == names(desk)


def test_a_dry_run_tells_of_dates_in_the_future_what_is_done(desk: Desk) -> None:
    versions = (told(FUTURE), told(NOW - DAY, "更正"), told(FUTURE, "未来"), told(NOW - 2 * DAY, "旧"))

    planned = import_records(desk, versions, domain=OURS.domain, now=NOW, dry_run=True)

    assert planned == taken(desk, *versions)


def test_an_age_from_the_future_is_that_of_today(desk: Desk) -> None:
    taken(desk, told(FUTURE, age=Age(40)))

    (case,) = desk.find("missing_person").cases
    assert 1986 == case.data["born_to"].year


def shared(desk: Desk, case: Case) -> Case:
    """The report, with the consent that agencies may have it."""
    return desk.fire(case, "record_consent", consent="agencies", consent_paper="7")


def test_a_date_from_the_future_is_not_passed_on(desk: Desk, clock: FrozenClock) -> None:
    taken(desk, told(FUTURE))
    clock.advance(DAY)
    shared(desk, desk.find("missing_person").cases[0])

    (person,) = (i for i in export(desk, within=AGENCIES, origin=OURS, now=NOW + DAY) if isinstance(i, Person))

    assert NOW == person.source_date


def test_one_report_speaks_for_a_record_that_two_open_reports_mirror(desk: Desk, clock: FrozenClock) -> None:
    taken(desk, told(NOW - DAY))
    shared(desk, desk.find("missing_person").cases[0])
    clock.advance(DAY)
    second = desk.open("missing_person", reporter="y", relation="register", name="新", source_record_id=RECORD)
    shared(desk, second)

    items = list(export(desk, within=AGENCIES, origin=OURS, now=NOW + DAY))

    assert ["新"] == [item.full_name for item in items if isinstance(item, Person)]
    assert ["several-reports"] == [item.code for item in items if isinstance(item, PfifFinding)]


def test_f66_a_withdrawn_mirror_does_not_recall_the_open_one(desk: Desk, clock: FrozenClock) -> None:
    taken(desk, told(NOW - DAY))
    desk.fire(shared(desk, desk.find("missing_person").cases[0]), "withdraw", reason="重复")
    second = desk.open("missing_person", reporter="y", relation="register", name="新", source_record_id=RECORD)

    assert [Tombstone] == [type(item) for item in export(desk, within=AGENCIES, origin=OURS, now=NOW)]
    shared(desk, second)
    assert [Person, Note] == [type(item) for item in export(desk, within=AGENCIES, origin=OURS, now=NOW)]


@pytest.mark.parametrize("domain", ["ANLU", "ANLU!", "", "anlu.example/", "安陆", "a b", "-a", 7])
def test_what_is_no_domain_is_refused_once_and_by_its_name(desk: Desk, domain: Any) -> None:
    with pytest.raises(InvalidValue, match=r"^domain: takes a lower-case domain"):
        import_records(desk, [], domain=domain, now=NOW)
    with pytest.raises(InvalidValue, match=r"^origin\.domain: takes a lower-case domain"):
        attrs.evolve(OURS, domain=domain)


def test_of_two_dates_that_can_be_true_the_later_holds() -> None:
    assert ["newer", "same", "older"] == [order_of(NOW, NOW + DAY * n, NOW + 9 * DAY) for n in (-1, 0, 1)]

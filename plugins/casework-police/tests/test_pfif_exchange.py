"""Reports go out within their consent and come in once each; what expired is cleared, here and elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from casework_police.pfif import (
    Age,
    Item,
    Note,
    Origin,
    PartialDate,
    Person,
    PfifFinding,
    Tombstone,
    Within,
    clear_expired,
    export,
    import_records,
    notes_in,
    read,
    remarks_of,
    write,
)
from casework_police.reports import missing_person
from stores import quick

from casework import Actor, Case, Casework, Desk, FrozenClock, InvalidValue, field

pytestmark = pytest.mark.usefixtures("on_each_database")

FILES = Path(__file__).parent / "pfif_files"
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
OURS = Origin(domain="anlu.example", name="安陆市救助管理站")
AGENCIES = Within(recipient="孝感市公安局")
PUBLIC = Within(recipient="public", audience="public")


@pytest.fixture
def clock() -> FrozenClock:
    """The time of the store."""
    return FrozenClock(NOW)


@pytest.fixture
def app(clock: FrozenClock) -> Any:
    """An application with reports and nothing else."""
    app = Casework(quick(), case_types=[missing_person], clock=clock)
    app.create_tables()
    yield app
    app.dispose()


@pytest.fixture
def desk(app: Casework) -> Desk:
    """Somebody who takes reports, searches and closes."""
    return app.desk(Actor("li", roles={"caseworker", "tracer", "director"}, unit="anlu"))


def family(desk: Desk, consent: str | None = "public", **fields: Any) -> Case:
    """A report by a family, taken on with a consent unless that is None."""
    told = {
        "reporter": "陈桂芳",
        "relation": "spouse",
        "reporter_phone": "+86 712 522 0000",
        "name": "陈志强",
        "other_names": "阿强\n强子",
        "sex": "male",
        "born_from": date(1968, 7, 1),
        "born_to": date(1968, 7, 31),
        "description": "左手缺一指",
        "condition": "canary-diagnosis",
        "document_number": "canary-document",
        "speech": "canary-speech",
        "home": "城关村三组",
        "home_city": "安陆",
        "home_country": "CN",
        "last_seen_at": "canary-whereabouts",
    }
    case = desk.open("missing_person", **(told | fields))
    return case if consent is None else searching(desk, case, consent)


def searching(desk: Desk, case: Case, consent: str) -> Case:
    """The report with that consent, taken on."""
    return desk.fire(desk.fire(case, "record_consent", consent=consent, consent_paper="同意书 7"), "accept")


def foreign(**fields: Any) -> Person:
    """A person record of another register."""
    told = {
        "person_record_id": "xiaogan.example/p-77",
        "source_date": NOW - timedelta(days=30),
        "full_name": "王建国",
        "author_name": "王芳",
        "source_name": "孝感",
        "description": "穿蓝色上衣",
        "age": Age(35, 45),
    }
    return Person(**(told | fields))


def remark(**fields: Any) -> Note:
    """A note about that person."""
    told = {
        "note_record_id": "xiaogan.example/n-1",
        "person_record_id": "xiaogan.example/p-77",
        "author_name": "保安",
        "source_date": NOW,
        "text": "在车站见过",
    }
    return Note(**(told | fields))


def taken(desk: Desk, *items: Item, **options: Any) -> dict[str, int]:
    """What an import did, without what it did not."""
    done = import_records(desk, items, domain=OURS.domain, now=NOW, **options)
    return {name: count for name, count in done.counts.items() if count}


def codes(desk: Desk, *items: Item) -> list[str]:
    """What an import found."""
    return [found.code for found in import_records(desk, items, domain=OURS.domain, now=NOW).findings]


def mirrors(desk: Desk) -> list[Case]:
    """The reports of that person record."""
    return list(desk.find("missing_person", field("source_record_id") == "xiaogan.example/p-77").cases)


def exported(desk: Desk, within: Within = AGENCIES, now: datetime = NOW) -> list[Any]:
    """Everything that leaves."""
    return list(export(desk, within=within, origin=OURS, now=now))


def test_a_person_record_opens_a_report_once(desk: Desk) -> None:
    assert {"opened": 1} == taken(desk, foreign())
    assert {"unchanged": 1} == taken(desk, foreign())

    (case,) = mirrors(desk)
    assert ("王建国", "王芳", "register", "孝感") == tuple(
        case.data[name] for name in ("name", "reporter", "relation", "source_name")
    )
    assert NOW - timedelta(days=30) == case.data["source_date"]
    assert "reported" == case.state


def test_a_newer_source_date_amends_and_empties(desk: Desk) -> None:
    taken(desk, foreign())
    newer = foreign(source_date=NOW, full_name="王建国\nWang Jianguo", description=None, home_city="孝感")

    assert {"amended": 1} == taken(desk, newer)

    (case,) = mirrors(desk)
    assert ("王建国", "Wang Jianguo", "孝感", NOW) == tuple(
        case.data[name] for name in ("name", "other_names", "home_city", "source_date")
    )
    assert "description" not in case.data


def test_an_older_record_changes_nothing_and_is_told(desk: Desk) -> None:
    taken(desk, foreign())

    assert ["older-record"] == codes(desk, foreign(source_date=NOW - timedelta(days=31), full_name="旧"))
    assert ["王建国"] == [case.data["name"] for case in mirrors(desk)]


def test_what_staff_added_stays_when_the_register_amends(desk: Desk) -> None:
    taken(desk, foreign())
    desk.amend(mirrors(desk)[0], speech="孝感口音", height_cm=172)

    taken(desk, foreign(source_date=NOW))

    (case,) = mirrors(desk)
    assert ("孝感口音", 172) == (case.data["speech"], case.data["height_cm"])


def test_a_record_of_our_own_is_never_taken_back(desk: Desk) -> None:
    case = family(desk)

    assert ["own-record"] == codes(desk, foreign(person_record_id=f"anlu.example/{case.id}", full_name="假"))
    assert "陈志强" == desk.get(case.id).data["name"]


def test_nothing_of_a_record_is_lost_for_want_of_a_field(desk: Desk) -> None:
    person = foreign(
        home_postal_code="432000",
        profile_urls="https://social.example/wjg",
        description="长" * 2_500,
        home_street="解放路",
        home_neighborhood="城关",
    )

    assert ["kept-as-remark"] == codes(desk, person)

    (case,) = mirrors(desk)
    remarks = "".join(entry.note for entry in desk.history(case))
    assert "解放路\n城关" == case.data["home"]
    assert "432000" in remarks and "https://social.example/wjg" in remarks
    assert 2_500 == remarks.count("长")


def test_a_name_that_is_too_long_is_cut_in_its_field_and_kept_whole_in_a_remark(desk: Desk) -> None:
    taken(desk, foreign(full_name="王" * 150))

    (case,) = mirrors(desk)
    assert f"{'王' * 99}…" == case.data["name"]
    assert 150 == "".join(entry.note for entry in desk.history(case)).count("王")


def test_notes_become_remarks_once_and_move_nothing(desk: Desk) -> None:
    note = remark(status="believed_dead", linked_person_record_id="wuhan.example/p-9", text="可能是同一人")

    assert {"opened": 1, "noted": 1} == taken(desk, foreign(), note)
    assert {"unchanged": 1, "noted": 1} == taken(desk, foreign(), note)

    (case,) = mirrors(desk)
    history = desk.history(case)
    assert "reported" == case.state
    assert [note] == list(notes_in(history))
    assert ["open", "note"] == [entry.kind for entry in history]


def test_a_link_is_kept_as_a_link_and_merges_nothing(desk: Desk) -> None:
    other = foreign(person_record_id="wuhan.example/p-9", full_name="另一人")

    taken(desk, foreign(), other, remark(linked_person_record_id="wuhan.example/p-9"))

    everyone = desk.find("missing_person").cases
    assert {"王建国", "另一人"} == {case.data["name"] for case in everyone}
    assert 2 == len({case.subjects["person"] for case in everyone})
    assert all(case.data.get("candidate_case") is None for case in everyone)


@pytest.mark.parametrize(
    "note",
    [
        remark(text="一\n\n二: 三\r\n", last_known_location="31.2,113.6\n  站前"),
        remark(text=""),
        remark(text="𠮷" * 9_000, author_made_contact=True, entry_date=NOW),
        remark(author_name="", text="PFIF x (1/1)\n"),
    ],
)
def test_a_remark_gives_back_the_note_that_it_keeps(desk: Desk, note: Note) -> None:
    taken(desk, foreign())
    (case,) = mirrors(desk)
    for text in remarks_of(note):
        case = desk.note(case, text)

    assert [note] == list(notes_in(desk.history(case)))


def test_a_note_about_nobody_whom_we_hold_is_told(desk: Desk) -> None:
    assert ["no-such-person"] == codes(desk, remark())


def test_a_note_finds_our_own_report(desk: Desk) -> None:
    case = family(desk)

    assert {"noted": 1} == taken(desk, remark(person_record_id=f"anlu.example/{case.id}"))


def test_a_dry_run_tells_what_it_would_do_and_does_nothing(desk: Desk) -> None:
    told = (foreign(), remark(), foreign(source_date=NOW), foreign())

    planned = taken(desk, *told, dry_run=True)

    assert [] == list(desk.find("missing_person").cases)
    assert planned == taken(desk, *told)


def test_bad_records_are_counted_beside_good_ones(desk: Desk) -> None:
    items = list(read(FILES / "violations.xml", now=NOW))

    done = import_records(desk, items, domain=OURS.domain, now=NOW)

    assert {"opened": 2, "rejected": 4} == {k: v for k, v in done.counts.items() if k in ("opened", "rejected")}
    assert not done.whole
    assert 9 == done.read


def test_whoever_may_not_open_reports_gets_findings_and_no_report(app: Casework, desk: Desk) -> None:
    auditor = app.desk(Actor("zhou", roles={"auditor"}, unit="anlu"))

    with_nobody = import_records(auditor, [foreign()], domain=OURS.domain, now=NOW)

    assert ["refused"] == [found.code for found in with_nobody.findings]
    assert [] == mirrors(desk)


def test_a_refused_record_leaves_those_around_it_as_they_are(app: Casework, desk: Desk) -> None:
    taken(desk, foreign())
    desk.fire(mirrors(desk)[0], "record_found", found_at="家中", told_by="王芳")
    caseworker = app.desk(Actor("li", roles={"caseworker"}, unit="anlu"))
    before, after = (foreign(person_record_id=f"wuhan.example/{number}") for number in (1, 2))

    done = import_records(caseworker, [before, remark(), after], domain=OURS.domain, now=NOW)

    assert ["refused"] == [found.code for found in done.findings]
    assert 2 == done.counts["opened"]
    assert 3 == len(desk.find("missing_person").cases)


def test_an_import_that_breaks_off_goes_on_when_it_is_done_again(desk: Desk) -> None:
    persons = [foreign(person_record_id=f"wuhan.example/{number}") for number in range(120)]

    def torn() -> Iterator[Person]:
        yield from persons[:110]
        raise OSError("the line is down")

    with pytest.raises(OSError, match="the line is down"):
        import_records(desk, torn(), domain=OURS.domain, now=NOW)
    done = import_records(desk, persons, domain=OURS.domain, now=NOW)

    assert (100, 20) == (done.counts["unchanged"], done.counts["opened"])


def test_f66_a_tombstone_clears_the_report_and_ends_it(desk: Desk) -> None:
    taken(desk, foreign(home_street="x", photo_url="https://a.example/1"))
    desk.amend(mirrors(desk)[0], speech="孝感口音", condition="canary")
    stone = Tombstone(person_record_id="xiaogan.example/p-77", expiry_date=NOW, source_date=NOW)

    assert {"cleared": 1} == taken(desk, stone)
    assert {"unchanged": 1} == taken(desk, stone)

    (case,) = mirrors(desk)
    assert "withdrawn" == case.state
    assert {
        "source_record_id": "xiaogan.example/p-77",
        "relation": "register",
        "source_date": NOW,
        "expires_on": date(2026, 3, 1),
        "name": "",
        "reporter": "",
    } == dict(case.data)


def test_f66_a_report_with_a_candidate_is_cleared_too(desk: Desk) -> None:
    taken(desk, foreign())
    case = searching(desk, mirrors(desk)[0], "none")
    desk.fire(case, "propose", candidate_case="case-9", compared="年龄", found_through="record_match", asked="值班员")

    taken(desk, Tombstone(person_record_id="xiaogan.example/p-77", expiry_date=NOW, source_date=NOW))

    (case,) = mirrors(desk)
    assert not {"candidate_case", "compared", "asked", "paper_number"} & set(case.data)


def test_f66_a_stale_tombstone_does_not_clear_a_restored_record(desk: Desk) -> None:
    taken(desk, foreign(source_date=NOW))
    expiry = NOW - timedelta(days=1)
    stone = Tombstone(person_record_id="xiaogan.example/p-77", expiry_date=expiry, source_date=expiry)

    done = import_records(desk, [stone], domain=OURS.domain, now=NOW)

    assert (["older-tombstone"], False) == ([found.code for found in done.findings], done.whole)
    assert ["王建国"] == [case.data["name"] for case in mirrors(desk)]


def test_f66_a_closed_report_that_should_be_cleared_is_told_to_somebody(desk: Desk) -> None:
    taken(desk, foreign())
    desk.fire(mirrors(desk)[0], "record_found", found_at="家中", told_by="王芳")

    done = codes(desk, Tombstone(person_record_id="xiaogan.example/p-77", expiry_date=NOW, source_date=NOW))

    assert ["not-cleared"] == done


def test_f66_notes_about_a_cleared_report_are_dropped(desk: Desk) -> None:
    taken(desk, foreign(), Tombstone(person_record_id="xiaogan.example/p-77", expiry_date=NOW, source_date=NOW))

    assert ["note-of-gone"] == codes(desk, remark())


def test_f66_a_report_is_cleared_when_its_last_day_is_over(desk: Desk, clock: FrozenClock) -> None:
    taken(desk, foreign(expiry_date=NOW + timedelta(days=2)))
    kept = family(desk, expires_on=date(2027, 1, 1))

    assert {} == clear_expired(desk, now=NOW + timedelta(days=2))
    assert ["cleared"] == list(clear_expired(desk, now=NOW + timedelta(days=3), dry_run=True).values())
    assert ["cleared"] == list(clear_expired(desk, now=NOW + timedelta(days=3)).values())
    assert {} == clear_expired(desk, now=NOW + timedelta(days=3))

    assert ["withdrawn"] == [case.state for case in mirrors(desk)]
    assert "陈志强" == desk.get(kept.id).data["name"]


def test_an_expiry_at_midnight_comes_back_exactly(desk: Desk) -> None:
    end = datetime(2026, 9, 1, tzinfo=UTC)
    taken(desk, foreign(expiry_date=end))
    searching(desk, mirrors(desk)[0], "agencies")

    person, _ = exported(desk)

    assert date(2026, 8, 31) == mirrors(desk)[0].data["expires_on"]
    assert end == person.expiry_date


def test_nothing_leaves_without_consent(desk: Desk) -> None:
    family(desk, consent=None)
    family(desk, consent="none")
    family(desk, consent="agencies")

    assert [] == exported(desk, PUBLIC)
    assert 1 == sum(isinstance(item, Person) for item in exported(desk, AGENCIES))


@pytest.mark.parametrize("basis", ["statutory_duty", "emergency"])
def test_a_duty_or_an_emergency_needs_no_consent_while_the_report_is_open(desk: Desk, basis: str) -> None:
    case = family(desk, consent="none")
    duty = attrs.evolve(AGENCIES, basis=basis)

    assert [f"anlu.example/{case.id}"] == [i.person_record_id for i in exported(desk, duty) if isinstance(i, Person)]

    desk.fire(desk.get(case.id), "record_found", found_at="家中", told_by="陈桂芳")
    assert [] == exported(desk, duty)


def test_neither_health_nor_documents_nor_whereabouts_ever_leave(desk: Desk) -> None:
    family(desk)
    case = family(desk)
    desk.note(case, "canary-remark")

    for within in (
        PUBLIC,
        AGENCIES,
        attrs.evolve(AGENCIES, notes=True),
        attrs.evolve(AGENCIES, basis="statutory_duty"),
    ):
        stream = io.BytesIO()
        items = exported(desk, within)
        write((item for item in items if not isinstance(item, PfifFinding)), stream, now=NOW)

        assert 4 == len(items)
        assert b"canary" not in stream.getvalue()


def test_the_public_learns_neither_the_family_nor_the_street_nor_the_day_of_birth(desk: Desk) -> None:
    case = family(desk)

    person, status = exported(desk, PUBLIC)

    assert (
        Person(
            person_record_id=f"anlu.example/{case.id}",
            entry_date=NOW,
            source_name="安陆市救助管理站",
            source_date=NOW,
            full_name="陈志强",
            alternate_names="阿强\n强子",
            sex="male",
            age=Age(57),
            description="左手缺一指",
            home_city="安陆",
            home_country="CN",
        )
        == person
    )
    assert ("information_sought", "安陆市救助管理站") == (status.status, status.author_name)


def test_agencies_learn_whom_to_ring_and_the_month_of_birth(desk: Desk) -> None:
    family(desk, consent="agencies")

    person, _ = exported(desk)

    assert ("陈桂芳", "+86 712 522 0000", "城关村三组") == (person.author_name, person.author_phone, person.home_street)
    assert (PartialDate(1968, 7), None) == (person.date_of_birth, person.age)


def test_fields_can_be_narrowed_and_never_widened(desk: Desk) -> None:
    family(desk)

    person, _ = exported(desk, attrs.evolve(PUBLIC, fields=frozenset({"sex"})))

    assert ("陈志强", "male", None, None) == (person.full_name, person.sex, person.age, person.description)
    with pytest.raises(InvalidValue, match="home_street"):
        attrs.evolve(PUBLIC, fields=frozenset({"home_street"}))


@pytest.mark.parametrize(
    "told",
    [
        {"recipient": " "},
        {"audience": "everybody"},
        {"basis": "curiosity"},
        {"audience": "public", "basis": "statutory_duty"},
        {"audience": "public", "notes": True},
    ],
)
def test_bounds_that_do_not_go_together_are_refused(told: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match="within"):
        Within(**({"recipient": "x"} | told))


def test_what_left_is_remarked_with_receiver_basis_and_fields_and_only_once(desk: Desk) -> None:
    case = family(desk)

    first, again = exported(desk), exported(desk)

    notes = [entry.note for entry in desk.history(case) if entry.kind == "note"]
    assert first == again
    assert 1 == len(notes)
    assert "孝感市公安局" in notes[0] and "个人信息保护法第二十三条" in notes[0] and "author_phone" in notes[0]


def test_what_cannot_be_remarked_does_not_leave(app: Casework, desk: Desk) -> None:
    family(desk)
    officer = app.desk(Actor("zhao", roles={"police_officer"}, unit="anlu"))

    (found,) = exported(officer)

    assert isinstance(found, PfifFinding) and "not-remarked" == found.code


def test_a_value_that_xml_cannot_hold_keeps_its_report_here_and_lets_the_others_leave(desk: Desk) -> None:
    bad, good = family(desk, description="a\x08b"), family(desk)

    items = exported(desk)

    (found,) = [item for item in items if isinstance(item, PfifFinding)]
    assert ("not-writable", f"anlu.example/{bad.id}") == (found.code, found.record)
    assert [f"anlu.example/{good.id}"] == [item.person_record_id for item in items if isinstance(item, Person)]


def test_a_contact_that_pfif_does_not_know_as_one_is_left_out(desk: Desk) -> None:
    family(desk, reporter_phone="找村长", home_country="中国")

    person, _ = exported(desk)

    assert (None, None) == (person.author_phone, person.home_country)


def test_f66_a_consent_taken_back_leaves_a_placeholder(desk: Desk, clock: FrozenClock) -> None:
    case = family(desk)
    clock.advance(timedelta(hours=1))
    desk.fire(case, "record_consent", consent="none")

    gone = NOW + timedelta(hours=1)
    expected = Tombstone(
        person_record_id=f"anlu.example/{case.id}", expiry_date=gone, source_date=gone, entry_date=gone
    )
    assert [expected] == exported(desk) == exported(desk, PUBLIC)


def test_f66_a_withdrawn_report_leaves_a_placeholder_where_it_could_have_been(desk: Desk) -> None:
    desk.fire(family(desk, consent="agencies"), "withdraw", reason="已回家")
    desk.fire(family(desk, consent="none"), "withdraw", reason="已回家")

    assert [] == exported(desk, PUBLIC)
    assert [True] == [isinstance(item, Tombstone) for item in exported(desk)]


def test_f66_a_found_person_is_told_of_for_a_while_and_then_taken_down(desk: Desk) -> None:
    case = desk.fire(family(desk), "record_found", found_at="canary-place", told_by="陈桂芳")

    person, status = exported(desk)
    (later,) = exported(desk, now=NOW + timedelta(days=30))

    assert NOW + timedelta(days=30) == person.expiry_date
    assert "believed_alive" == status.status and "canary" not in status.text
    assert isinstance(later, Tombstone) and f"anlu.example/{case.id}" == later.person_record_id


def test_a_death_is_told_to_agencies_and_never_published(desk: Desk) -> None:
    desk.fire(family(desk), "record_death", died_on=date(2026, 2, 1), paper_number="canary-paper")

    (published,) = exported(desk, PUBLIC)
    _, status = exported(desk)

    assert isinstance(published, Tombstone)
    assert "believed_dead" == status.status


def test_a_report_of_another_register_leaves_under_its_own_name_and_date(desk: Desk) -> None:
    person = foreign(home_street="解放路", home_city="孝感", author_email="a@b.example", date_of_birth=None)
    taken(desk, person, remark())
    searching(desk, mirrors(desk)[0], "agencies")

    told, status, note = exported(desk, attrs.evolve(AGENCIES, notes=True))

    assert attrs.evolve(person, entry_date=NOW) == told
    assert remark() == note
    assert status.person_record_id == person.person_record_id


def test_what_leaves_is_taken_in_by_another_store(desk: Desk, clock: FrozenClock) -> None:
    family(desk, expires_on=date(2027, 3, 1))
    stream = io.BytesIO()
    write((item for item in exported(desk) if not isinstance(item, PfifFinding)), stream, now=NOW)
    other = Casework(quick(), case_types=[missing_person], clock=clock)
    other.create_tables()
    there = other.desk(Actor("wu", roles={"caseworker"}, unit="xiaogan"))

    done = import_records(there, read(stream.getvalue(), now=NOW), domain="xiaogan.example", now=NOW)

    (case,) = there.find("missing_person").cases
    assert done.whole and {"opened": 1, "noted": 1} == {k: v for k, v in done.counts.items() if v}
    for name in ("name", "other_names", "sex", "born_from", "born_to", "home", "home_city", "expires_on"):
        assert desk.find("missing_person").cases[0].data[name] == case.data[name]
    other.dispose()


def test_an_age_of_long_ago_is_told_as_the_age_of_today(desk: Desk) -> None:
    family(desk, born_from=None, born_to=None, age_from=11, age_to=12, last_seen_on=date(1998, 6, 1))

    person, _ = exported(desk, PUBLIC)

    assert Age(38, 40) == person.age

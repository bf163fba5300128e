"""What is written is read back as it was, and written again as the same bytes."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import attrs
import pytest
from casework_police.pfif import Age, Note, PartialDate, Person, PfifFinding, Rejected, Tombstone, Written, read, write
from hypothesis import example, given
from hypothesis import strategies as st

from casework import InvalidValue

FILES = Path(__file__).parent / "pfif_files"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TRICKY = [
    " ",
    "\n",
    "\r",
    "\r\n",
    "\t王\t",
    "]]>",
    "<!--",
    "&amp;",
    "<![CDATA[x]]>",
    "𠮷野家",
    "👩‍👧",
    "e\u0301",
    "\x85\u2028",
    "\ufeff王",
]


def texts() -> st.SearchStrategy[str]:
    """Everything that XML can hold, with what tends to break on the way."""
    held = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    return st.sampled_from(TRICKY) | st.text(held | st.sampled_from("\t\n\r\x85 <>&'\"陈芳𠮷"), min_size=1, max_size=20)


def instants(least: datetime = datetime(1, 1, 2)) -> st.SearchStrategy[datetime]:
    """Instants in UTC, told in any zone."""
    zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
    return st.datetimes(least, datetime(9999, 12, 30), timezones=zones)


def record_ids() -> st.SearchStrategy[str]:
    """Identifiers with many kinds of domain and local part."""
    local = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
    return st.builds("{}/{}".format, st.sampled_from(["a", "anlu.example", "xn--fiq228c.example", "1-2.3"]), local)


def dates() -> st.SearchStrategy[PartialDate]:
    """Dates known to the year, to the month, to the day."""
    whole = st.dates().map(lambda day: PartialDate(day.year, day.month, day.day))
    return whole | st.builds(PartialDate, st.integers(1, 9999), st.none() | st.integers(1, 12))


def ages() -> st.SearchStrategy[Age]:
    """Ages and ranges of ages."""
    return st.tuples(st.integers(0, 999), st.integers(0, 999)).map(lambda pair: Age(min(pair), max(pair)))


EMAILS = st.sampled_from(["a@b", "陈@例子.中国", "x y@z"])
PHONES = st.text("0123456789+-() ", min_size=3).map(str.strip).filter(bool)
URLS = st.sampled_from(["http://a.example/?x=1&y=<2>", "HTTPS://例子.example/照片", "ftp://a.example/é"])
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "sex": st.sampled_from(["female", "male", "other"]),
    "status": st.sampled_from(
        ["information_sought", "is_note_author", "believed_alive", "believed_missing", "believed_dead"]
    ),
    "date_of_birth": dates(),
    "age": ages(),
    "home_country": st.from_regex("[A-Z]{2}", fullmatch=True),
    "author_made_contact": st.booleans(),
    "profile_urls": st.lists(URLS, min_size=1, max_size=3).map("\n".join),
    "expiry_date": instants(datetime(2027, 1, 1)),
}


def strategy(name: str) -> st.SearchStrategy[Any]:
    """Good values of a field, by what its name says."""
    if name in BY_NAME:
        return BY_NAME[name]
    ends = {"_record_id": record_ids(), "_date": instants(), "_url": URLS}
    starts = {"email": EMAILS, "phone": PHONES, "author_email": EMAILS, "author_phone": PHONES}
    for end, values in ends.items():
        if name.endswith(end):
            return values
    return next((values for start, values in starts.items() if name.startswith(start)), texts())


def records(kind: type[Person | Note]) -> st.SearchStrategy[Any]:
    """Records of a kind, with any of their fields."""
    told = {}
    for field in attrs.fields(kind):
        needed = field.default is attrs.NOTHING
        values = strategy(field.name)
        free = needed and field.name in ("full_name", "author_name", "text")
        told[field.name] = (st.just("") | values) if free else values if needed else (st.none() | values)
    return st.builds(kind, **told)


def documents() -> st.SearchStrategy[list[Person | Note]]:
    """Persons, each with some notes of theirs, and notes between them."""

    def flat(parts: list[tuple[Person, list[Note]]]) -> list[Person | Note]:
        told: list[Person | Note] = []
        for person, notes in parts:
            told += [person, *(attrs.evolve(note, person_record_id=person.person_record_id) for note in notes)]
        return told

    groups = st.lists(st.tuples(records(Person), st.lists(records(Note), max_size=2)), max_size=3).map(flat)
    return st.tuples(groups, st.lists(records(Note), max_size=2)).map(lambda pair: [*pair[1], *pair[0]])


def written(told: Any, now: datetime = NOW) -> bytes:
    """The document of some records."""
    stream = io.BytesIO()
    write(told, stream, now=now)
    return stream.getvalue()


def person(**fields: Any) -> Person:
    """A person with the least that one must tell."""
    return Person(**{"person_record_id": "a.example/1", "source_date": NOW, "full_name": "王", **fields})


def note(**fields: Any) -> Note:
    """A note about that person."""
    told = {"note_record_id": "a.example/n", "person_record_id": "a.example/1", "author_name": "", "text": ""}
    return Note(**{**told, "source_date": NOW, **fields})


def records_in(data: bytes) -> list[Any]:
    """What is read, but for the warnings that a date lies in the future."""
    items = read(data, now=NOW)
    return [item for item in items if not isinstance(item, PfifFinding) or item.code != "future-date"]


@given(told=documents())
@example(told=[person(full_name=text, description=text) for text in TRICKY])
def test_what_is_written_is_read_back(told: list[Person | Note]) -> None:
    assert told == records_in(written(told))


@given(told=documents())
def test_what_was_read_is_written_as_the_same_bytes(told: list[Person | Note]) -> None:
    once = written(told)

    assert once == written(records_in(once))


@given(told=records(Person))
def test_a_person_is_written_in_the_order_of_the_standard(told: Person) -> None:
    root = ElementTree.fromstring(written([told]))

    names = [element.tag.partition("}")[2] for element in root[0]]

    order = [field.name for field in attrs.fields(Person)]
    assert sorted(names, key=order.index) == names


@given(st.characters())
def test_a_character_is_written_and_read_back_or_refused(character: str) -> None:
    refused, told = "", None
    try:
        told = person(full_name=f"a{character}b")
    except InvalidValue as error:
        refused = str(error)

    if told is None:
        assert f"person.full_name: holds U+{ord(character):04X}, which XML cannot hold" == refused
    else:
        assert [told] == list(read(written([told]), now=NOW))


@pytest.mark.parametrize("character", [0x0, 0x8, 0xB, 0x1F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_what_xml_cannot_hold_is_refused_when_the_record_is_made(character: int) -> None:
    with pytest.raises(InvalidValue, match=r"person\.description: holds U\+"):
        person(description=f"王{chr(character)}")


@pytest.mark.parametrize("name", ["family_report.xml", "version_1_3.xml"])
def test_a_document_that_was_read_is_written_without_loss(name: str) -> None:
    told = list(read(FILES / name, now=NOW))

    assert told == list(read(written(told), now=NOW))


@pytest.mark.parametrize(
    "fields",
    [
        {"person_record_id": "王"},
        {"person_record_id": ""},
        {"source_date": datetime(2026, 1, 1)},
        {"source_date": "2026-01-01T00:00:00Z"},
        {"source_date": None},
        {"full_name": None},
        {"age": 35},
        {"age": "35"},
        {"sex": "unknown"},
        {"home_country": "cn"},
        {"photo_url": "javascript:alert(1)"},
        {"profile_urls": "https://a.example\nhttps://b.example c"},
        {"author_phone": "１２３"},
        {"author_email": "a@b\nBcc: c@d"},
        {"date_of_birth": "1970"},
    ],
)
def test_a_record_that_could_not_be_written_is_never_made(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=f"person.{next(iter(fields))}"):
        person(**fields)


@pytest.mark.parametrize("parts", [(1970, 13), (1970, 2, 30), (0,), (1970, None, 3), (1970, 0), (10_000,), (True,)])
def test_there_are_no_impossible_dates_of_birth(parts: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValue):
        PartialDate(*parts)


@pytest.mark.parametrize("parts", [(5, 4), (-1,), (1_000,), ("5",), (True,)])
def test_there_are_no_impossible_ages(parts: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValue):
        Age(*parts)


def test_contact_is_no_number() -> None:
    with pytest.raises(InvalidValue, match="author_made_contact"):
        note(author_made_contact=1)


def test_notes_stand_within_the_person_whom_they_follow() -> None:
    told = [
        note(person_record_id="b.example/1"),
        person(),
        note(),
        note(),
        person(),
        note(person_record_id="b.example/1"),
    ]

    root = ElementTree.fromstring(written(told))

    tags = [[child.tag.partition("}")[2] for child in element].count("note") for element in root]
    assert ["note", "person", "person", "note"] == [element.tag.partition("}")[2] for element in root]
    assert [0, 2, 0, 0] == tags


def test_the_writer_counts_what_it_wrote() -> None:
    told = [person(), note(), person(expiry_date=NOW), note()]

    assert Written(persons=1, notes=1, tombstones=1, left_out=1) == write(told, io.BytesIO(), now=NOW)


def test_nothing_but_records_is_written() -> None:
    stream = io.BytesIO()
    rejected = Rejected(kind="person", line=1, record="", findings=())

    for wrong in (rejected, {"full_name": "x"}, None):
        with pytest.raises(InvalidValue, match="records"):
            write([wrong], stream, now=NOW)  # type: ignore[list-item]


def test_no_attribute_but_the_namespace_and_no_prefix_but_pfif_is_written() -> None:
    text = written([person(), note()]).decode()

    assert {"xmlns:pfif"} == set(re.findall(r"<[^>?]* ([\w:]+)=", text))
    assert {"pfif"} == set(re.findall(r"<(\w+):", text))


def test_an_empty_document_can_be_written_and_read() -> None:
    assert [] == list(read(written([]), now=NOW))


def test_a_second_is_written_with_its_fraction_and_only_then() -> None:
    text = written([person(entry_date=NOW.replace(microsecond=120_000))]).decode()

    assert "<pfif:entry_date>2026-03-01T00:00:00.12Z<" in text
    assert "<pfif:source_date>2026-03-01T00:00:00Z<" in text


def test_f66_an_expired_person_is_written_as_a_placeholder_and_nothing_else() -> None:
    gone = person(
        expiry_date=NOW - timedelta(seconds=1),
        entry_date=NOW - timedelta(days=9),
        full_name="secret-name",
        author_phone="123",
        source_name="secret-source",
    )

    data = written([gone, note(text="secret-note"), person(person_record_id="a.example/2"), note(text="secret-late")])

    assert b"secret" not in data and b"123" not in data
    tombstone, other = read(data, now=NOW)
    expected = Tombstone(
        person_record_id="a.example/1", expiry_date=NOW - timedelta(seconds=1), source_date=NOW, entry_date=NOW
    )
    assert expected == tombstone
    assert isinstance(other, Person)


def test_f66_a_record_expires_at_its_instant_and_not_before() -> None:
    expiring = person(expiry_date=NOW)

    before = list(read(written([expiring], now=NOW - timedelta(seconds=1)), now=NOW - timedelta(seconds=1)))
    (after,) = read(written([expiring], now=NOW), now=NOW)

    assert [expiring] == before
    assert isinstance(after, Tombstone)


def test_f66_what_a_file_still_tells_of_an_expired_person_is_not_read() -> None:
    items = list(read(FILES / "expired.xml", now=NOW))

    assert "不该再看到" not in repr(items)
    assert ["anlu.example/person.1", "anlu.example/person.2"] == [
        item.person_record_id for item in items if isinstance(item, Tombstone)
    ]
    assert ["anlu.example/person.3"] == [item.person_record_id for item in items if isinstance(item, Person)]
    assert ["expired-contents", "expired-note"] == [item.code for item in items if isinstance(item, PfifFinding)]


def test_f66_a_tombstone_is_written_again_as_it_was_read() -> None:
    once = written(item for item in read(FILES / "expired.xml", now=NOW) if isinstance(item, Person | Tombstone))
    later = NOW + timedelta(days=30)

    assert once == written(read(once, now=later), now=later)


def test_f66_junk_in_an_expired_record_does_not_stop_its_deletion() -> None:
    text = (FILES / "expired.xml").read_text(encoding="utf-8")
    data = text.replace("call my lawyer", "<pfif:first_name/>").encode()

    items = list(read(data, now=NOW))

    assert 2 == sum(isinstance(item, Tombstone) for item in items)
    assert not any(isinstance(item, Rejected) for item in items)

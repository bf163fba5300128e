"""Reading PFIF: good records come through whole, and everything wrong is told with its line."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from casework_police.pfif import CODES, Age, Limits, Note, PartialDate, Person, PfifFinding, Rejected, Tombstone, read

from casework import InvalidValue

FILES = Path(__file__).parent / "pfif_files"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLANTED = re.compile(r"<!-- planted: ([a-z-]+) -->")


def findings(items: list[object]) -> list[PfifFinding]:
    """Every finding, those of rejected records too."""
    found: list[PfifFinding] = []
    for item in items:
        if isinstance(item, PfifFinding):
            found.append(item)
        elif isinstance(item, Rejected):
            found += item.findings
    return found


def document(body: str, version: str = "1.4") -> bytes:
    """A document of that version around some records."""
    return f'<p:pfif xmlns:p="http://zesty.ca/pfif/{version}">{body}</p:pfif>'.encode()


def person(**fields: str) -> str:
    """A person element; a field that is given replaces a good one."""
    told = {"person_record_id": "a.example/1", "source_date": "2026-01-01T00:00:00Z", "full_name": "王"} | fields
    return f"<p:person>{''.join(f'<p:{name}>{text}</p:{name}>' for name, text in told.items())}</p:person>"


def test_every_field_of_a_family_report_is_read() -> None:
    known, first, second, unknown, within, outside = read(FILES / "family_report.xml", now=NOW)

    assert isinstance(known, Person)
    assert "陈志强\nChen Zhiqiang" == known.full_name
    assert (Age(56, 58), PartialDate(1968, 7)) == (known.age, known.date_of_birth)
    assert datetime(2027, 2, 3, tzinfo=UTC) == known.expiry_date
    assert "身高约 1.72 米，左手缺一指；穿灰色棉衣 & 黑布鞋。" == known.description
    assert isinstance(first, Note)
    assert ("anlu.example/person.2107", True, "believed_alive") == (
        first.person_record_id,
        first.author_made_contact,
        first.status,
    )
    assert isinstance(second, Note) and "xiaogan.example/p-77" == second.linked_person_record_id
    assert isinstance(unknown, Person)
    assert ("wuhan.example/unknown 9", "") == (unknown.person_record_id, unknown.full_name)
    assert datetime(2026, 2, 4, microsecond=250_000, tzinfo=UTC) == unknown.source_date
    assert isinstance(within, Note)
    assert ("wuhan.example/unknown 9", "") == (within.person_record_id, within.text)
    assert isinstance(outside, Note) and "<未核实> 有人在武汉见过 & 通了电话" == outside.text


def test_no_field_of_the_family_report_is_left_empty() -> None:
    known, first, *_ = read(FILES / "family_report.xml", now=NOW)

    assert [] == [name for name in known.__attrs_attrs__ if getattr(known, name.name) is None]
    assert ["linked_person_record_id"] == [
        field.name for field in first.__attrs_attrs__ if getattr(first, field.name) is None
    ]


def test_every_planted_violation_is_found_on_its_line() -> None:
    text = (FILES / "violations.xml").read_text(encoding="utf-8")
    planted = [
        (number, code) for number, line in enumerate(text.splitlines(), start=1) for code in PLANTED.findall(line)
    ]

    found = findings(list(read(FILES / "violations.xml", now=NOW)))

    assert 20 <= len(planted)
    assert planted == sorted((finding.line, finding.code) for finding in found)


def test_good_records_among_bad_ones_come_through() -> None:
    items = list(read(FILES / "violations.xml", now=NOW))

    assert ["good.example/1", "good.example/7"] == [i.person_record_id for i in items if isinstance(i, Person)]
    assert ["good.example/note.3"] == [i.note_record_id for i in items if isinstance(i, Note)]
    assert ["good.example/6"] == [i.person_record_id for i in items if isinstance(i, Tombstone)]
    assert [("person", 10), ("person", 26), ("note", 35), ("note", 45)] == [
        (i.kind, i.line) for i in items if isinstance(i, Rejected)
    ]


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_lines_count_alike_with_both_line_endings(ending: str) -> None:
    data = (FILES / "violations.xml").read_bytes().replace(b"\n", ending.encode())

    assert [23, 24] == [f.line for f in findings(list(read(data, now=NOW))) if f.code == "misplaced-element"]


def test_pfif_1_3_is_read_by_its_own_names() -> None:
    who, note = read(FILES / "version_1_3.xml", now=NOW)

    assert isinstance(who, Person) and isinstance(note, Note)
    assert ("Marie", "Joseph", "description: red dress") == (who.given_name, who.family_name, who.description)
    assert True is note.author_made_contact


def test_pfif_1_2_has_no_full_name_and_no_duty_to_tell_a_source_date() -> None:
    attribute, marie, chen = read(FILES / "version_1_2.xml", now=NOW)

    assert isinstance(attribute, PfifFinding) and "foreign-attribute" == attribute.code
    assert isinstance(marie, Person) and isinstance(chen, Person)
    assert ("Marie Joseph", datetime(2010, 1, 16, 2, 7, 57, tzinfo=UTC)) == (marie.full_name, marie.source_date)
    assert "陈志强" == chen.full_name


def test_a_name_of_pfif_1_3_is_no_element_of_1_4_nor_the_reverse() -> None:
    for version, name in (("1.4", "last_name"), ("1.3", "family_name"), ("1.2", "expiry_date")):
        (found,) = read(document(person(**{name: "x"}), version), now=NOW)

        assert isinstance(found, Rejected)
        assert name in [finding.field for finding in found.findings if finding.code == "unknown-element"]


@pytest.mark.parametrize("version", ["1.1", "1.5", "1.4/"])
def test_other_versions_are_refused_by_name(version: str) -> None:
    (found,) = read(document(person(), version), now=NOW)

    assert isinstance(found, PfifFinding)
    assert ("unknown-version", "fatal") == (found.code, found.level)
    assert "http://zesty.ca/pfif/1.4" in found.message.en


@pytest.mark.parametrize("namespace", ["http://zesty.ca/pfif/1.3", "", "urn:x"])
def test_a_record_in_another_namespace_than_its_document_is_rejected_and_not_overlooked(namespace: str) -> None:
    data = document(f'<person xmlns="{namespace}"><full_name/></person>{person()}')

    rejected, kept = read(data, now=NOW)

    assert isinstance(rejected, Rejected) and isinstance(kept, Person)
    assert ["unknown-version"] == [finding.code for finding in rejected.findings]


def test_what_came_before_a_fault_of_the_document_stands() -> None:
    data = document(person() + person(person_record_id="a.example/2"))[:-40]

    first, fatal = read(data, now=NOW)

    assert isinstance(first, Person) and isinstance(fatal, PfifFinding)
    assert ("not-well-formed", "fatal", 1) == (fatal.code, fatal.level, fatal.line)


@pytest.mark.parametrize("data", [b"", b"   ", b"plain text", b"<p:pfif/>", b'{"json": 1}', b"\x00" * 64])
def test_what_is_no_document_is_one_fatal_finding(data: bytes) -> None:
    (found,) = read(data, now=NOW)

    assert isinstance(found, PfifFinding) and "fatal" == found.level


def test_an_html_page_is_not_pfif() -> None:
    (found,) = read(b"<html><body/></html>", now=NOW)

    assert isinstance(found, PfifFinding) and "not-pfif" == found.code


def test_an_empty_document_holds_nothing_and_is_no_fault() -> None:
    assert [] == list(read(document(""), now=NOW))


def test_a_record_that_is_wrong_in_three_ways_tells_all_three() -> None:
    (found,) = read(document(person(age="old", sex="m", home_country="cn")), now=NOW)

    assert isinstance(found, Rejected)
    assert {"bad-age", "bad-sex", "bad-country"} == {finding.code for finding in found.findings}
    assert {"a.example/1"} == {finding.record for finding in found.findings}
    assert {"age", "sex", "home_country"} == {finding.field for finding in found.findings}


def test_an_empty_field_is_an_absent_one() -> None:
    (found,) = read(document(person(age="", description="", author_email=" ")), now=NOW)

    assert isinstance(found, Person)
    assert (None, None, None) == (found.age, found.description, found.author_email)


def test_a_required_identifier_may_not_be_empty() -> None:
    (found,) = read(document(person(person_record_id=" ")), now=NOW)

    assert isinstance(found, Rejected)
    assert [("missing-field", "person_record_id")] == [(f.code, f.field) for f in found.findings]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+08:00",
        "2026-01-01t00:00:00z",
        "2026-1-1T00:00:00Z",
        "2026-01-01",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-06-30T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "２０２６-01-01T00:00:00Z",
        "infinity",
    ],
)
def test_only_an_instant_in_utc_that_exists_is_taken(text: str) -> None:
    (found,) = read(document(person(source_date=text)), now=NOW)

    assert isinstance(found, Rejected)
    assert ["bad-time"] == [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    "text", ["a.example", "/1", "a.example/", "A.example/1", "-a.example/1", "a..b/1", "a.example/王"]
)
def test_a_record_id_is_a_domain_and_a_local_part(text: str) -> None:
    (found,) = read(document(person(person_record_id=text)), now=NOW)

    assert isinstance(found, Rejected)
    assert ["bad-record-id"] == [finding.code for finding in found.findings]


@pytest.mark.parametrize(("text", "age"), [("0", Age(0)), ("35-45", Age(35, 45)), ("07", Age(7)), ("5-5", Age(5))])
def test_an_age_is_a_number_or_a_range(text: str, age: Age) -> None:
    (found,) = read(document(person(age=text)), now=NOW)

    assert isinstance(found, Person) and age == found.age


@pytest.mark.parametrize("text", ["45-35", "-5", "5-", "1e3", "9" * 5_000, "٣٥", "35–45", "3 5"])
def test_what_is_no_age_is_refused(text: str) -> None:
    (found,) = read(document(person(age=text)), now=NOW)

    assert isinstance(found, Rejected) and ["bad-age"] == [finding.code for finding in found.findings]


@pytest.mark.parametrize("text", ["true", "false"])
def test_contact_is_true_or_false_and_never_a_truthy_text(text: str) -> None:
    note = (
        "<p:note><p:note_record_id>a.example/n</p:note_record_id><p:person_record_id>a.example/1</p:person_record_id>"
        "<p:author_name/><p:source_date>2026-01-01T00:00:00Z</p:source_date><p:text/>"
        f"<p:author_made_contact>{text}</p:author_made_contact></p:note>"
    )

    (found,) = read(document(note), now=NOW)

    assert isinstance(found, Note) and (text == "true") is found.author_made_contact


def test_blanks_around_free_text_are_kept() -> None:
    (found,) = read(document(person(full_name=" 王 \n 明\t")), now=NOW)

    assert isinstance(found, Person) and " 王 \n 明\t" == found.full_name


def test_notes_beyond_the_limit_are_rejected_one_by_one() -> None:
    note = (
        "<p:note><p:note_record_id>a.example/n{}</p:note_record_id><p:author_name/>"
        "<p:source_date>2026-01-01T00:00:00Z</p:source_date><p:text/></p:note>"
    )
    whole = person().replace("</p:person>", "".join(note.replace("{}", str(n)) for n in range(4)) + "</p:person>")

    items = list(read(document(whole), now=NOW, limits=Limits(notes=3)))

    assert 3 == sum(isinstance(item, Note) for item in items)
    assert ["too-many-notes"] == [finding.code for finding in findings(items)]


def test_a_stream_that_gives_one_byte_at_a_time_is_read_alike() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._data = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            return self._data.read(min(size, 1) if size >= 0 else 1)

    data = (FILES / "violations.xml").read_bytes()

    assert list(read(data, now=NOW)) == list(read(Trickle(data), now=NOW))  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["<pfif/>", 7, None, io.StringIO("<pfif/>")])
def test_a_source_of_text_is_refused(source: object) -> None:
    with pytest.raises(InvalidValue, match="source"):
        list(read(source, now=NOW))  # type: ignore[arg-type]


def test_f50_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidValue, match="naive"):
        list(read(document(""), now=datetime(2026, 3, 1)))


def test_a_finding_speaks_both_languages_and_has_a_page() -> None:
    (found,) = read(document(person(age="old")), now=NOW)

    assert isinstance(found, Rejected)
    (finding,) = found.findings
    assert "line 1: a.example/1 age: no age: takes years, or a range such as 35-45" == finding.sentence("en")
    assert finding.sentence("zh").startswith("第 1 行：a.example/1 age：年龄不合格式")
    assert "plugins/casework-police/docs/pfif.md#bad-age" == finding.page


def test_every_code_has_a_heading_with_its_title() -> None:
    page = (Path(__file__).parents[1] / "docs" / "pfif.md").read_text(encoding="utf-8")

    assert [] == [code for code, title in CODES.items() if f"\n### {code}\n\n{title.en}.\n" not in page]
    assert set(CODES) == {line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")}

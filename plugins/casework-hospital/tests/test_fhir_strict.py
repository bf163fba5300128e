"""Whatever is no message of ours is refused with its place, before any of it is used."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from casework_hospital.fhir import Exchange, Patient, Referral, UnreadableMessage, from_json, meanings, to_bundle
from casework_hospital.fhir.strict import DEPTH_LIMIT, SIZE_LIMIT, parsed
from hypothesis import given
from hypothesis import strategies as st

FILES = Path(__file__).parent / "fhir_files"
BASE = Exchange(base="https://station.example/fhir", station="anlu")
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
REFERRAL = Referral(
    case="case-1",
    round=1,
    revision=4,
    state="admitted",
    patient=Patient(number="p-1"),
    ward="ward_a",
    priority="urgent",
    requested_at=NOW,
    admitted_at=NOW,
)
BUNDLE = to_bundle(REFERRAL, BASE, NOW)


def wrongs(content: bytes | str, read: Callable[..., object] = from_json) -> list[str]:
    with pytest.raises(UnreadableMessage) as caught:
        read(content, BASE)
    assert [] == [one for one in caught.value.violations if not (one.text.en and one.text.zh)]
    return [str(one) for one in caught.value.violations]


def changed(*path: Any, value: Any) -> str:
    """The message with one place changed; None takes it away."""
    bundle: Any = deepcopy(BUNDLE)
    place = bundle
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(bundle)


def resource(kind: str) -> int:
    return next(i for i, entry in enumerate(BUNDLE["entry"]) if entry["resource"]["resourceType"] == kind)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ('{"a": 1e999}', "out of bounds"),
        ('{"a": ' + "9" * 5_000 + "}", "at most 18 digits"),
        ("[" * (DEPTH_LIMIT + 1), "nested deeper"),
        ("[" * 200_000, "nested deeper"),
        ('{"a": "' + "x" * SIZE_LIMIT + '"}', "at most 1,000,000 bytes"),
        ('{"a": "\\ud800"}', "half of a character"),
        ('{"a": "\\u0000"}', "half of a character"),
        ('{"a": 1', "cannot be read"),
        ("[1]", "one JSON object"),
        ("", "cannot be read"),
        (b"\xff\xfe{}", "not UTF-8"),
    ],
)
def test_json_with_more_than_one_meaning_is_none(text: Any, says: str) -> None:
    with pytest.raises(UnreadableMessage, match=says):
        parsed(text)


def test_brackets_within_texts_are_not_depth() -> None:
    assert {"a": '[[["' + "[" * 100} == parsed(json.dumps({"a": '[[["' + "[" * 100}))


@pytest.mark.parametrize(
    "text",
    [
        "<Bundle xmlns='http://hl7.org/fhir'/>",
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><Bundle>&x;</Bundle>',
        "  \n<!DOCTYPE lolz [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><Bundle>&b;</Bundle>",
    ],
)
@pytest.mark.parametrize("read", [from_json, meanings])
def test_f72_xml_is_not_read_by_any_way_in(text: str, read: Callable[..., object]) -> None:
    assert ["message: XML is not read; send JSON"] == wrongs(text, read)


def test_where_a_text_is_no_json_is_told_in_either_language() -> None:
    with pytest.raises(UnreadableMessage) as no:
        parsed('{"a": nope}')

    assert "line 1, column 7" in str(no.value) and "第1行第7列无法读取" in no.value.zh


def test_what_is_wrong_with_the_whole_message_is_led_by_its_place_once() -> None:
    with pytest.raises(UnreadableMessage) as no:
        parsed("<Bundle/>")

    assert "message: XML is not read; send JSON" == str(no.value)
    assert "message：不接受 XML，请发送 JSON" == no.value.zh


def test_f72_no_parser_of_xml_is_ever_loaded() -> None:
    script = (
        "import sys, casework_hospital.fhir as f\n"
        "try: f.meanings('<a/>', f.Exchange(base='https://a.example'))\n"
        "except f.UnreadableMessage: pass\n"
        "print([m for m in ('xml.sax.expatreader', 'xml.etree.ElementTree', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)

    assert "[]\n" == done.stdout


TASK, STAY, REQUEST, WHO = resource("Task"), resource("Encounter"), resource("ServiceRequest"), resource("Patient")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("resourceType",), "Patient", "Bundle.resourceType: takes one of Bundle"),
        (("type",), "collection", "Bundle.type: takes one of message"),
        (("entry", TASK, "resource", "resourceType"), "Medication", "resourceType: takes one of MessageHeader"),
        (("entry", TASK, "resource", "id"), "no id!", "is no id of FHIR"),
        (("entry", 0), None, "begins with a MessageHeader"),
        (("entry", TASK, "resource", "status"), "done", "status: takes one of draft"),
        (("entry", TASK, "resource", "status"), "completed", "status: does not fit admitted"),
        (("entry", TASK, "resource", "status"), ["accepted"], "status"),
        (("entry", TASK, "resource", "meta", "versionId"), "x", "meta.versionId: counts"),
        (("entry", TASK, "resource", "identifier", 0, "value"), "case-1", "is no number of a referral"),
        (("entry", TASK, "resource", "identifier", 0, "value"), "case-1.٣", "is no number of a referral"),
        (("entry", TASK, "resource", "identifier", 0, "system"), "https://other.example", "holds the number"),
        (("entry", TASK, "resource", "focus", "reference"), "Patient/elsewhere", "leads out of the message"),
        (("entry", TASK, "resource", "focus", "reference"), "https://evil.example/x", "leads out of the message"),
        (("entry", TASK, "resource", "unheard_of"), 1, "is not as R4B asks (extra forbidden)"),
        (("entry", STAY, "resource", "status"), "planned", "status: does not fit admitted"),
        (("entry", STAY, "resource", "class", "code"), "AMB", "class: is IMP"),
        (("entry", STAY, "resource", "period", "start"), "2026-03-02", "takes an instant"),
        (("entry", STAY, "resource", "period", "start"), "2026-03-02T08:00:00", "period.start: is not as R4B asks"),
        (("entry", STAY), None, "asks for an Encounter"),
        (("entry", REQUEST, "resource", "priority"), "whenever", "priority: takes one of routine"),
        (("entry", REQUEST, "resource", "authoredOn"), None, "authoredOn: is needed"),
        (("entry", REQUEST, "resource", "performer"), [], "performer"),
        (("entry", WHO, "resource", "gender"), "zzz", "gender: takes one of unknown"),
        (("entry", WHO, "resource", "name"), None, "name: is told, or why not"),
        (("entry", WHO, "resource", "identifier"), None, "holds the temporary number"),
    ],
)
def test_every_violation_is_told_at_its_place(path: tuple[Any, ...], value: Any, says: str) -> None:
    assert [True] == [any(says in one for one in wrongs(changed(*path, value=value)))]


def test_f69_values_are_not_coerced() -> None:
    for path, value in (
        (("entry", TASK, "resource", "status"), True),
        (("entry", TASK, "resource", "meta", "versionId"), 4),
        (("entry", REQUEST, "resource", "priority"), 1),
        (("entry", STAY, "resource", "period", "start"), 1772438400),
    ):
        assert [] != wrongs(changed(*path, value=value))


def test_two_resources_of_one_name_are_refused() -> None:
    bundle = {**BUNDLE, "entry": [*BUNDLE["entry"], BUNDLE["entry"][TASK]]}

    assert any("two resources are called" in one for one in wrongs(json.dumps(bundle)))


def test_what_is_wrong_is_told_without_the_values() -> None:
    text = changed("entry", TASK, "resource", "needs_of_zhang_san", value={"secret": "a stroke"})

    assert not [one for one in wrongs(text) if "stroke" in one]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
_PATHS = [
    (),
    ("entry",),
    *(("entry", i) for i in range(len(BUNDLE["entry"]))),
    *(("entry", i, "resource", name) for i, entry in enumerate(BUNDLE["entry"]) for name in entry["resource"]),
]


@given(st.sampled_from(_PATHS), json_values)
def test_no_content_at_all_makes_the_reader_stumble(path: tuple[Any, ...], value: Any) -> None:
    text = json.dumps(value) if not path else changed(*path, value={} if value is None else value)
    for read in (from_json, meanings):
        with contextlib.suppress(UnreadableMessage):
            read(text, BASE)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_make_the_reader_stumble(content: bytes | str) -> None:
    with pytest.raises(UnreadableMessage):
        meanings(content, BASE)

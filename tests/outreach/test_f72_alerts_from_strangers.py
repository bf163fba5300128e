"""An alert is read as it is meant, and nothing in it reaches outside, grows, or is believed that is not an alert."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from outreach.night import AREA, EVENING, HEAD, NAMESPACE, cap, info

from casework import DocumentError
from casework.outreach.cap import read_alert
from casework.outreach.proposing import for_alerts
from casework.outreach.table import usual_table

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE alert [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + f'<!ENTITY file SYSTEM "file:///etc/hostname">]><alert xmlns="{NAMESPACE}">&i;&file;</alert>'
)


def codes(content: bytes) -> list[str]:
    with pytest.raises(DocumentError) as unread:
        read_alert(content)
    return [finding.code for finding in unread.value.findings]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB.encode(), "CW802"),
        (f'<!DOCTYPE alert SYSTEM "http://x.example/d"><alert xmlns="{NAMESPACE}"/>'.encode(), "CW802"),
        (b"<alert" + b" " * 2_100_000 + b"/>", "CW801"),
        (b"<a>" * 40 + b"</a>" * 40, "CW801"),
        (cap(*["<info/>"] * 60_000), "CW801"),
        (cap().decode().encode("utf-16"), "CW801"),
        (b"not a document", "CW801"),
        (b"", "CW801"),
        (b'<?xml version="1.0" encoding="GBK"?><alert>\xff\xff</alert>', "CW801"),
        (b"<alert/>", "CW821"),
        (b'<alert xmlns="urn:oasis:names:tc:emergency:cap:9.9"/>', "CW821"),
        (f'<rss xmlns="{NAMESPACE}"/>'.encode(), "CW821"),
    ],
    ids=["bomb", "external", "large", "deep", "many", "wide", "text", "empty", "encoding", "bare", "version", "other"],
)
def test_f72_what_is_no_alert_or_would_reach_outside_is_refused(content: bytes, code: str) -> None:
    assert [code] == codes(content)


def test_an_alert_says_what_it_says() -> None:
    alert = read_alert(cap())
    (told,) = alert.infos

    assert (HEAD["identifier"], "Actual", "Alert", False) == (alert.identifier, alert.status, alert.kind, alert.signed)
    assert datetime(2026, 7, 11, 8, 5, tzinfo=UTC) == alert.sent
    assert ("高温", "orange", "Severe") == (told.event, told.level, told.severity)
    assert (("GB/T 2260", "420982"),) == told.areas[0].codes


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({"headline": "某市发布高温红色预警"}, "red"),
        ({"headline": "", "severity": "Extreme"}, "red"),
        ({"headline": "", "severity": "Unknown"}, None),
        ({"severity": "YELLOW"}, "yellow"),
        ({"headline": "Orange heat warning", "severity": "Minor"}, "orange"),
        ({"headline": "temperatures scored", "severity": "Minor"}, "blue"),
        ({"parameter": "<valueName>awareness_level</valueName><value>2; yellow; Moderate</value>"}, "yellow"),
    ],
    ids=["headline", "severity", "unknown", "colour-for-severity", "english", "no-colour-within-words", "parameter"],
)
def test_the_level_is_the_colour_that_it_names_or_that_of_its_severity(
    change: dict[str, str], level: str | None
) -> None:
    assert level == read_alert(cap(info(**change))).infos[0].level


def test_prefixes_signatures_and_elements_of_others_change_nothing() -> None:
    signed = cap().replace(
        b"</alert>", b'<ds:Signature xmlns:ds="urn:x"><ds:Reference URI="file:///x"/></ds:Signature></alert>'
    )
    prefixed = signed.decode()
    for name in ("alert", "info", "area", "geocode", *HEAD, "areaDesc", "valueName", "value"):
        prefixed = prefixed.replace(f"<{name}>", f"<cap:{name}>").replace(f"</{name}>", f"</cap:{name}>")
    prefixed = prefixed.replace("<alert xmlns=", "<cap:alert xmlns:cap=")
    for name in ("language", "category", "event", "urgency", "severity", "certainty", "expires", "headline"):
        prefixed = prefixed.replace(f"<{name}>", f"<cap:{name}>").replace(f"</{name}>", f"</cap:{name}>")

    assert read_alert(signed).signed
    assert read_alert(signed) == read_alert(prefixed.encode())


def test_a_chinese_encoding_is_read_where_the_document_says_so() -> None:
    assert read_alert(cap()) == read_alert(cap(encoding="GB2312")) == read_alert(b"\xef\xbb\xbf" + cap())


@pytest.mark.parametrize(
    "content",
    [
        cap(sent="2026-07-11T16:05:00"),
        cap(sent="yesterday"),
        cap(sent="0001-01-01T00:00:00+23:59"),
        cap(info(onset="9999-12-31T23:59:59-23:59")),
        cap(identifier=""),
        cap(status="Real"),
        cap(msgType="Warning"),
        cap(msgType="Cancel", references="only-a-sender"),
        cap(info(severity="Severer")),
        cap(info(urgency="")),
        cap(info(event="")),
        cap(info(expires="2026-13-40T00:00:00+08:00")),
        cap(info(AREA.replace("areaDesc", "where"))),
        cap(info(event="高温</event><event>寒潮")),
    ],
)
def test_what_cap_does_not_allow_is_told_with_its_line(content: bytes) -> None:
    with pytest.raises(DocumentError) as unread:
        read_alert(content, source="warning.xml")

    assert {"CW822"} == {finding.code for finding in unread.value.findings}
    assert all(finding.line for finding in unread.value.findings)


@given(st.integers(0, len(cap()) - 1), st.binary(max_size=12), st.integers(0, 30))
@example(cap().index(b"2026"), b"9999", 4)
def test_whatever_is_damaged_is_an_alert_or_is_refused(at: int, put: bytes, taken: int) -> None:
    damaged = cap()[:at] + put + cap()[at + taken :]

    try:
        found = for_alerts([read_alert(damaged)], usual_table(), now=EVENING)
    except DocumentError:
        found = ()

    assert all(item.starts_at < item.ends_at for item in found)


def test_every_mistake_is_told_at_once() -> None:
    assert ["CW822"] * 3 == codes(cap(info(urgency="Soon", certainty="Sure"), scope=""))

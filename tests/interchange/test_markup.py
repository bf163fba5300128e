"""XML from strangers: nothing is fetched, expanded, or read without an end."""

from __future__ import annotations

import pytest

from casework import DocumentError
from casework.interchange import read
from casework.interchange.markup import DEPTH_LIMIT, SIZE_LIMIT, tree

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<dc-workflow workflow_id="x">&b;</dc-workflow>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]><dc-workflow workflow_id="x">&file;</dc-workflow>"""
REMOTE = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><dc-workflow workflow_id="x"/>'
PARAMETER = b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname">%p;]><dc-workflow workflow_id="x"/>'


@pytest.mark.parametrize("document", [BOMB, OUTSIDE, REMOTE, PARAMETER], ids=["bomb", "file", "dtd", "parameter"])
def test_f72_a_document_type_stops_the_reader(document: bytes) -> None:
    with pytest.raises(DocumentError) as found:
        read(document, "strange.xml")

    (finding,) = found.value.findings
    assert "CW802" == finding.code


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<dc-workflow",
        b"<a></b>",
        "<dc-workflow workflow_id='\u00e9'/>".encode("latin-1"),
        b"<a>&b;</a>",
        b"<a>" * (DEPTH_LIMIT + 1) + b"</a>" * (DEPTH_LIMIT + 1),
        b" " * (SIZE_LIMIT + 1),
        b"<a>" + b"<b/>" * 50_001 + b"</a>",
        '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"),
    ],
    ids=["empty", "cut", "crossed", "latin", "entity", "deep", "large", "many", "wide"],
)
def test_f72_what_is_no_small_document_in_utf_8_is_refused_with_its_line(document: bytes) -> None:
    with pytest.raises(DocumentError) as found:
        tree(document, "strange.xml")

    assert "CW801" == found.value.findings[0].code


def test_a_tree_keeps_names_attributes_texts_and_lines() -> None:
    root = tree(b"<a x='1'>\n <b> two </b>\n <b/>\n</a>", "some.xml")

    assert ("a", "1", ("two", ""), [2, 3]) == (
        root.name,
        root.get("x"),
        root.texts("b"),
        [b.line for b in root.each("b")],
    )
    assert "" == root.get("y")

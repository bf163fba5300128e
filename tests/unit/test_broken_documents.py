"""Documents with planted mistakes: each is refused with its code, its place and its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casework.errors import DocumentError
from casework.loader import CODES, from_document, load, load_file
from casework.model.finding import Finding

DOCUMENTS = Path(__file__).parent.parent / "documents"
_MARK = re.compile(r"#! (CW\d{3}) (\S+)")

DOOR = """\
name: door
initial: open
states:
  - {name: open}
  - {name: shut, final: true}
transitions:
  - trigger: shut
    from: open
    to: shut
"""


def findings_of(text: str) -> tuple[Finding, ...]:
    with pytest.raises(DocumentError) as caught:
        load(text)
    return caught.value.findings


def refused(text: str) -> list[tuple[str, str, int | None]]:
    return [(finding.code, finding.path, finding.line) for finding in findings_of(text)]


def marked(text: str) -> list[tuple[str, str, int]]:
    """The mistakes that comments such as ``#! CW010 states[0].colour`` announce for their line."""
    found = [(number, match) for number, line in enumerate(text.splitlines(), 1) for match in _MARK.finditer(line)]
    return [(match[1], match[2], number) for number, match in found]


@pytest.mark.parametrize("path", sorted((DOCUMENTS / "broken").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_document_is_refused_with_code_path_and_line(path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        load_file(path)

    expected = sorted(marked(path.read_text(encoding="utf-8")))
    assert expected
    assert expected == sorted((finding.code, finding.path, finding.line) for finding in caught.value.findings)


def test_every_code_is_planted_somewhere() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    planted = "".join(path.read_text(encoding="utf-8") for path in (DOCUMENTS / "broken").glob("*.yaml"))

    assert [] == [code for code in CODES if code not in planted and f'"{code}"' not in here]


def test_f71_yaml_bomb_is_refused() -> None:
    levels = [f"b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 9)}]" for i in range(1, 9)]
    bomb = "\n".join(["b0: &b0 [x]", *levels])

    assert {"CW002"} == {code for code, _, _ in refused(bomb)}
    assert ("CW002", "b1[0]", 2) in refused(bomb)


def test_f71_an_alias_to_its_own_table_is_refused() -> None:
    assert [("CW002", "document", 1), ("CW002", "self", 2)] == refused("&a\nself: *a\n")


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!str", "!door", "!"])
def test_f71_a_tag_is_refused(tag: str) -> None:
    assert [("CW003", "initial", 2)] == refused(DOOR.replace("initial: open", f"initial: {tag} open"))


@pytest.mark.parametrize("text", ["[" * 20_000, "{a: " * 20_000, "- " * 20_000, "? " * 20_000])
def test_f71_depth_is_capped_before_it_costs_anything(text: str) -> None:
    assert ["CW005"] == [code for code, _, _ in refused(text)]


def test_f71_depth_64_is_read() -> None:
    assert ["CW009"] == [code for code, _, _ in refused("{a: " * 64 + "}" * 64)]
    assert ["CW005"] == [code for code, _, _ in refused("{a: " * 65 + "}" * 65)]


def test_f71_a_megabyte_is_enough() -> None:
    assert [("CW006", "document", 1)] == refused(DOOR + "#" * 1_000_000)
    # Three bytes each: what counts is the size of the file.
    assert [("CW006", "document", 1)] == refused(DOOR + "#" + "门" * 333_334)


@pytest.mark.parametrize("key", ["name", '"name"', "'name'", '"\\u006eame"'])
def test_f70_a_duplicate_key_is_refused_however_it_is_written(key: str) -> None:
    assert [("CW004", "name", 3)] == refused(f"name: door\ninitial: open\n{key}: gate\nstates: []\n")


@pytest.mark.parametrize(
    "number", ["9" * 5_000, "0x" + "f" * 5_000, "9223372036854775808", "1e400", ".nan", "-.inf", "010"]
)
def test_f70_a_number_out_of_range_is_refused(number: str) -> None:
    assert [("CW007", "version", 10)] == refused(f"{DOOR}version: {number}\n")


@pytest.mark.parametrize("text", [r'"a\0b"', r'"\ud800"', r'"\ude00\ud83d"'])
def test_f68_nul_and_lone_surrogates_are_refused(text: str) -> None:
    assert [("CW007", "title", 10)] == refused(f"{DOOR}title: {text}\n")


@pytest.mark.parametrize(
    ("old", "new", "path", "line"),
    [
        ("final: true", "final: 'true'", "states[1].final", 5),
        ("final: true", "final: 1", "states[1].final", 5),
        ("final: true", "final: no", "states[1].final", 5),
        ("initial: open", "initial: 1", "initial", 2),
        ("initial: open", "initial: null", "initial", 2),
        ("initial: open", "initial: [open]", "initial", 2),
        ("initial: open", "initial: open\nversion: '2'", "version", 3),
        ("initial: open", "initial: open\nversion: 1.9", "version", 3),
        ("initial: open", "initial: open\nversion: true", "version", 3),
        ("from: open", "from: {open: shut}", "transitions[0].from", 8),
        ("from: open", "from: [open, 3]", "transitions[0].from[1]", 8),
        ("to: shut", "to: false", "transitions[0].to", 9),
        ("{name: open}", "open", "states[0]", 4),
    ],
)
def test_f69_nothing_is_coerced(old: str, new: str, path: str, line: int) -> None:
    assert old in DOOR
    assert [("CW012", path, line)] == refused(DOOR.replace(old, new, 1))


def test_f69_an_unknown_key_is_not_passed_over() -> None:
    assert [("CW010", "states[1].role", 5)] == refused(DOOR.replace("final: true", "final: true, role: admin"))


def test_an_unknown_key_is_told_the_nearest_known_one() -> None:
    (misspelt,) = findings_of(DOOR.replace("from: open", "form: open\n    source: open").replace("form: ", "fron: "))[
        :1
    ]
    renamed = findings_of(DOOR.replace("to: shut", "target: shut"))

    assert "is not a key of a transition; did you mean from?" == misspelt.message
    assert ["is not a key of a transition; did you mean to?"] == [finding.message for finding in renamed]


def test_a_finding_names_file_line_and_key() -> None:
    with pytest.raises(DocumentError) as caught:
        load(DOOR.replace("trigger: shut", "on: shut"), "door.yaml")

    assert str(caught.value) == (
        "door.yaml cannot be read:\n"
        "  CW010 line 7: transitions[0].on: is not a key of a transition; it takes trigger, from, to, phase, roles, "
        "condition, guards, form, effects, four_eyes, automatic, title, because\n"
        "  CW011 line 7: transitions[0].trigger: is missing; a transition needs it"
    )


def test_a_message_stays_short_whatever_the_document_says() -> None:
    (finding,) = findings_of(f"{DOOR}{'x' * 900}: 1\n")

    assert len(str(finding)) < 500


@pytest.mark.parametrize("data", [None, [], "door", 7, {1: 2}, {"states": [], 1: 2}, {"states": {}}])
def test_plain_data_that_is_no_definition_is_refused_without_a_line(data: object) -> None:
    with pytest.raises(DocumentError) as caught:
        from_document(data)

    assert {None} == {finding.line for finding in caught.value.findings}

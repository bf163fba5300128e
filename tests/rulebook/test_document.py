"""A rulebook is read from TOML strictly: every mistake has its code, place and line, and none is passed over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework import Deadline, State, Workflow, state
from casework.errors import DocumentError, InvalidValue
from casework.rulebook import Rulebook, load_rulebook, rulebook_from

HEAD = 'rulebook = "station"\nzone = "Asia/Shanghai"\ncalendar = "cn"\n'
RULE = """
[[rule]]
id = "station.notice"
title = {en = "notice", zh = "公告"}
value = 24
unit = "hours"
authority = "an order"
confidence = "F"
source = "its text"
"""


def test_a_rule_has_what_its_table_says_and_what_all_of_them_share() -> None:
    text = RULE + 'pauses = {state = "care", eq = "admitted"}\neffective_from = 2015-08-20\n'
    (rule,) = rulebook_from(HEAD + text).rules

    assert ("station.notice@2015-08-20", 24, "hours", "Asia/Shanghai", "cn") == (
        rule.version,
        rule.value,
        rule.unit,
        rule.zone,
        rule.calendar,
    )
    assert date(2015, 8, 20) == rule.effective_from
    assert (state("care") == "admitted") == rule.pauses


@pytest.mark.parametrize(
    ("code", "place", "line", "text"),
    [
        ("CW701", "document", 1, "rulebook = 7.7.7"),
        ("CW702", "colour", 1, f'colour = "red"\n{HEAD}'),
        ("CW702", "rule[0].colour", 13, f'{HEAD}{RULE}colour = "red"\n'),
        ("CW703", "rulebook", None, RULE),
        ("CW703", "rule[0].source", 5, HEAD + RULE.replace('source = "its text"\n', "")),
        ("CW704", "rule[0].confidence", 11, HEAD + RULE.replace('"F"', '"sure"')),
        ("CW704", "rule[0].value", 8, HEAD + RULE.replace("24", '"24"')),
        ("CW704", "rule[0].id", 6, HEAD + RULE.replace("station.notice", "Station Notice")),
        ("CW704", "rule[0].effective_from", 13, f'{HEAD}{RULE}effective_from = "2015-08-20"\n'),
        ("CW704", "rule[0].effective_to", 14, f"{HEAD}{RULE}effective_from = 2015-08-20\neffective_to = 2014-01-01\n"),
        ("CW704", "rule", None, HEAD + "rule = 3\n"),
        ("CW705", "rule[0].pauses", 13, f'{HEAD}{RULE}pauses = {{stat = "care", eq = "admitted"}}\n'),
        ("CW706", "rule[1].effective_from", 14, HEAD + RULE + RULE),
        ("CW707", "rule[0].value", 5, HEAD + RULE.replace("value = 24\n", "")),
        ("CW708", "zone", 2, HEAD.replace("Shanghai", "Nowhere")),
        ("CW708", "rule[0].closes", 13, f'{HEAD}{RULE}closes = "25:00"\n'),
    ],
    ids=lambda value: str(value) if isinstance(value, str) and len(value) < 30 else "",
)
def test_a_mistake_is_told_with_its_code_place_and_line(code: str, place: str, line: int | None, text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        rulebook_from(text, source="station.toml")

    found = caught.value.findings[0]
    assert (code, place) == (found.code, found.path)
    assert line is None or line == found.line


def test_every_mistake_is_told_at_once_with_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(HEAD + RULE.replace("24", "-1").replace('"F"', '"sure"'), encoding="utf-8")

    with pytest.raises(DocumentError, match=r"station\.toml cannot be read") as caught:
        load_rulebook(path)

    assert ["rule[0].value", "rule[0].confidence"] == [finding.path for finding in caught.value.findings]


def test_what_is_no_text_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_bytes(HEAD.encode() + b"\xff\n")

    with pytest.raises(DocumentError) as caught:
        load_rulebook(str(path))

    assert ("CW701", 4) == (caught.value.findings[0].code, caught.value.findings[0].line)


def test_rules_from_memory_load_only_on_request() -> None:
    text = HEAD + RULE.replace('"F"', '"M"')

    assert () == rulebook_from(text).rules
    assert ("station.notice",) == rulebook_from(text).left_out
    assert ("station.notice",) == rulebook_from(text, from_memory=True).ids
    with pytest.raises(KeyError, match="from_memory=True"):
        rulebook_from(text).versions("station.notice")


def versions(*years: tuple[int, int]) -> str:
    return HEAD + "".join(
        f"{RULE.replace('24', str(value))}effective_from = {year}-01-01\neffective_to = {year}-12-31\n"
        for value, year in years
    )


def test_a_rule_may_have_several_versions_one_after_the_other() -> None:
    book = rulebook_from(versions((48, 2021), (24, 2020)))

    assert [24, 48] == [rule.value for rule in book.versions("station.notice")]


def test_two_versions_at_once_are_refused_in_python_too() -> None:
    (rule,) = rulebook_from(HEAD + RULE).rules

    with pytest.raises(InvalidValue, match="are in force at once"):
        Rulebook(name="two", rules=(rule, rule))


def test_a_tenant_may_have_a_rule_of_its_own() -> None:
    book = rulebook_from(HEAD + RULE).overlaid(rulebook_from(HEAD + RULE.replace("24", "12")), tenant="north")

    assert [("", 24), ("north", 12)] == [(rule.tenant, rule.value) for rule in book.versions("station.notice")]


def test_a_rulebook_writes_its_versions_into_the_deadlines_that_name_its_rules() -> None:
    flow = Workflow(
        "main",
        initial="new",
        states=[State("new")],
        transitions=[],
        deadlines=[Deadline("notice", "new", rule="station.notice"), Deadline("other", "new", rule="elsewhere.rule")],
    )
    ruled = rulebook_from(HEAD + RULE).applied_to(flow)

    assert [("station.notice",), ()] == [tuple(v.id for v in item.versions) for item in ruled.deadlines]
    assert ruled == rulebook_from(HEAD + RULE).applied_to(ruled)

"""The page is well-formed, stands alone, and tells an auditor no more than an auditor may know."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from demo.playing import CASES, SEED, Told, play
from outside import outside
from stores import fresh

from casework.rescue.demo import generate, words
from casework.rescue.demo.imports import TENANT
from casework.rescue.demo.run import anlu

LOADS = ("src", "href", "{http://www.w3.org/1999/xlink}href", "data", "action", "poster", "srcset")


def elements(page: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>")).iter())


def test_the_page_is_well_formed_and_loads_nothing(month: Told) -> None:
    found = elements(month.page)
    told = [str(value) for node in found for name, value in node.attrib.items() if name in LOADS]

    assert not {node.tag.rpartition("}")[2] for node in found} & {"script", "link", "iframe", "object", "embed", "img"}
    assert [] == [value for value in told if not value.startswith("#")]
    assert [] == re.findall(r"url\((?!#)[^)]*\)|@import", month.page)
    assert not [name for node in found for name in node.attrib if name.startswith("on")]


def test_ids_are_unique_and_what_is_pointed_to_is_there(month: Told) -> None:
    ids = re.findall(r'\bid="([^"]+)"', month.page)

    assert sorted(set(ids)) == sorted(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", month.page)) <= set(ids)


def test_both_languages_are_on_the_page_and_the_asked_one_comes_first(month: Told) -> None:
    checked = [node.attrib["id"] for node in elements(month.page) if "checked" in node.attrib]

    assert ["to-zh"] == checked
    assert month.page.count('class="zh"') == month.page.count('class="en"') > 100


def test_no_name_place_or_diagnosis_reaches_the_page(month: Told) -> None:
    canaries = {*words.DIAGNOSES.values(), *words.CLUES, *words.HOSPITALS, *words.WRONG_NAMES}
    for row in generate(CASES, SEED):
        canaries |= {row.name or "", row.home or "", row.found_at, row.note or ""}
    canaries.discard("")

    assert [] == [word for word in canaries if word in month.page]


def test_at_least_six_kinds_of_refusal_are_told_with_their_reasons(month: Told) -> None:
    codes = {node.text for node in elements(month.page) if node.attrib.get("class") == "code"}

    assert codes >= {"invalid-form", "wrong-state", "not-permitted", "unmet", "stale", "not-found"}
    assert all(str(code) in month.said for code in codes)


def test_the_page_tells_the_hash_of_every_entry_of_the_relay(month: Told) -> None:
    shown = re.findall(r'class="hash">([0-9a-f]{64})<', month.page)
    with outside(month.store) as store:
        known = {digest.hex() for (digest,) in store.ask("SELECT hash FROM casework_entry")}

    assert len(shown) > 25
    assert set(shown) <= known


def test_the_register_with_mistakes_leaves_its_good_lines_only(month: Told) -> None:
    with outside(month.store) as store:
        ((taken,),) = store.ask("SELECT count(*) FROM casework_case WHERE tenant = ?", TENANT)
        ((entries,),) = store.ask("SELECT count(*) FROM casework_entry WHERE tenant = ?", TENANT)

    assert (15, 15) == (taken, entries)
    assert 15 == len({line.split(" ")[2] for line in month.said.splitlines() if line.startswith("  第")})
    assert "应为" in month.said


def test_what_stood_in_a_personal_column_is_not_on_the_page(month: Told) -> None:
    assert "约六十岁" in month.said
    assert "约六十岁" not in month.page and "=HYPERLINK" not in month.page


@pytest.mark.usefixtures("unplotted")
def test_without_the_extra_the_page_has_tables_and_says_what_is_missing(tmp_path: Path) -> None:
    told = play(tmp_path, fresh(), cases=3, language="en")

    assert 0 == told.problems
    assert "casework[report]" in told.page and "role-axis" not in told.page
    assert elements(told.page)


def test_the_shipped_registers_are_found() -> None:
    folder = anlu()

    assert folder is not None and (folder / "register-with-errors.csv").is_file()

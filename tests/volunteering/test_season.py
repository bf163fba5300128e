"""A season is played through the engine, ends whole, is the same every time, and tells nobody's name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from stores import Stores, fresh
from volunteering.playing import FILES, Told, digest, play

from casework import Actor, Casework, volunteering
from casework.volunteering.demo.census import RECORDING
from casework.volunteering.demo.stage import TICK
from casework.volunteering.yearly import every

ROOT = Path(__file__).resolve().parents[2]
LOADS = ("src", "href", "{http://www.w3.org/1999/xlink}href", "data", "action", "poster", "srcset")


@pytest.fixture(scope="module")
def season(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with stores.lent() as url:
        yield play(tmp_path_factory.mktemp("season"), url)


def test_the_season_ends_whole_and_nothing_disagrees(season: Told) -> None:
    figures = json.loads(season.files["figures.json"])

    assert 0 == season.problems, season.said
    assert figures["whole"] and figures["minutes_credited"] > 0
    assert sum(figures["services"].values()) == figures["cases"]["service"]


def test_the_same_seed_gives_the_same_bytes_in_a_process_with_another_hash_seed(season: Told, tmp_path: Path) -> None:
    store = fresh()
    script = "import pathlib, sys; from volunteering.playing import play; play(pathlib.Path(sys.argv[1]), sys.argv[2])"
    paths = os.pathsep.join(str(ROOT / part) for part in ("src", "tests"))
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", script, str(tmp_path), store], env=environment, check=True, timeout=200)

    assert digest(season.store) == digest(store)
    assert season.files == {name: (tmp_path / "out" / name).read_text(encoding="utf-8") for name in FILES}


def test_at_least_eight_kinds_of_refusal_are_met(season: Told) -> None:
    refusals = json.loads(season.files["figures.json"])["refusals"]

    assert refusals.keys() >= {
        "invalid-form",
        "limit-reached",
        "not-found",
        "not-permitted",
        "request-reused",
        "stale",
        "unmet",
        "wrong-state",
    }


def test_the_page_is_well_formed_and_loads_nothing(season: Told) -> None:
    page = season.files["volunteering.html"]
    found = list(ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>")).iter())
    told = [str(value) for node in found for name, value in node.attrib.items() if name in LOADS]
    ids = re.findall(r'\bid="([^"]+)"', page)

    assert not {node.tag.rpartition("}")[2] for node in found} & {"script", "link", "iframe", "object", "embed", "img"}
    assert [] == [value for value in told if not value.startswith("#")]
    assert [] == re.findall(r"url\((?!#)[^)]*\)|@import", page)
    assert sorted(set(ids)) == sorted(ids)
    assert page.count('class="zh"') == page.count('class="en"') > 100


def shown(node: ElementTree.Element, language: str) -> Iterator[str]:
    """The words of the page that a reader of *language* sees."""
    hidden = {"zh": "en", "en": "zh"}[language]
    for child in node:
        if child.get("class") != hidden:
            yield child.text or ""
            yield from shown(child, language)
        yield child.tail or ""


def sections(page: str) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>"))
    found = {section.find("h2"): section for section in root.iter("section")}
    return {"".join(shown(head, "en")): section for head, section in found.items() if head is not None}


def test_a_reader_of_english_meets_no_chinese_but_the_name_of_the_language(season: Told) -> None:
    body = ElementTree.fromstring(season.files["volunteering.html"].removeprefix("<!DOCTYPE html>")).find("body")
    assert body is not None

    assert ["中文"] == [words for words in shown(body, "en") if re.search("[\u4e00-\u9fff]", words)]


def test_the_hours_of_the_time_bank_add_up_to_the_minute(season: Told) -> None:
    figures = json.loads(season.files["figures.json"])
    bank = sections(season.files["volunteering.html"])["The time bank"]
    cells = [cell.text or "" for cell in bank.iter("td") if cell.get("class") == "n"]
    credited, spent, given, donated, saved, left = (60 * int(h) + int(m) for h, m in (c.split(":") for c in cells))

    assert figures["minutes_credited"] == credited == spent + given + saved
    assert figures["minutes_given"] == given == donated + left


def test_the_page_promises_no_comparison_sooner_than_the_season_works_off_deadlines(season: Told) -> None:
    story = sections(season.files["volunteering.html"])["One service, two words, one decision"]
    entries = {"".join(shown(one, "en")): one.find("time") for one in story.iter("li")}
    at = {
        step: datetime.fromisoformat(str(time.get("datetime")))
        for told, time in entries.items()
        for step in ("certify the service", "attest to the service", "compare the statements")
        if step in told and time is not None
    }
    wait = at["compare the statements"] - max(at["certify the service"], at["attest to the service"])

    assert timedelta(minutes=1) <= wait <= TICK + timedelta(minutes=1)
    assert f"here every {TICK // timedelta(hours=1)} hours" in "".join(shown(story, "en"))
    assert f"每{TICK // timedelta(hours=1)}小时" in "".join(shown(story, "zh"))


def test_late_services_are_told_in_the_days_that_are_counted(season: Told) -> None:
    told = sections(season.files["volunteering.html"])["Two attestations"]

    assert f"more than {RECORDING.days} plain days after" in "".join(shown(told, "en"))
    assert f"{RECORDING.days}个自然日" in "".join(shown(told, "zh"))


def test_what_nobody_may_do_is_refused_in_a_whole_sentence(season: Told) -> None:
    refused = sections(season.files["volunteering.html"])["Refused, and why"]
    en, zh = "".join(shown(refused, "en")), "".join(shown(refused, "zh"))

    assert "in this state nobody may do this" in en and "当前状态下任何人都不能办理此项" in zh
    assert "for nobody" not in en and "（无人）" not in zh


def test_every_figure_and_column_of_the_files_is_explained_beside_them(season: Told) -> None:
    guide = season.files["volunteering.md"]
    names = [*json.loads(season.files["figures.json"])]
    for file in ("teams.csv", "years.csv"):
        names += season.files[file].removeprefix("\ufeff").splitlines()[0].split(",")

    assert [] == [name for name in names if f"| `{name}` |" not in guide]


def test_nobodys_name_or_words_are_in_the_files(season: Told) -> None:
    app = Casework(season.store, plugins=[volunteering])
    desk = app.desk(Actor("zhou", {"coordinator"}))
    sealed = ("name", "phone", "certified_content", "confirmed_content", "told_by_certifier", "decision", "reason")
    words = {
        str(case.data[name])
        for kind in ("volunteer", "service", "help_request")
        for case in every(desk, kind)
        for name in sealed
        if name in case.data
    }
    app.dispose()

    assert len(words) > 20
    assert [] == [(word, name) for word in words for name, text in season.files.items() if word in text]


def test_a_store_with_volunteers_in_it_is_left_alone(season: Told, tmp_path: Path) -> None:
    before = digest(season.store)
    again = play(tmp_path, season.store, language="en")

    assert 1 == again.problems and "--store" in again.said
    assert before == digest(season.store)

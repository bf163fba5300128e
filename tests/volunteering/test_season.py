"""A season is played through the engine, ends whole, is the same every time, and tells nobody's name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from volunteering.playing import FILES, Told, digest, play

from casework import Actor, Casework, volunteering
from casework.volunteering.yearly import every

ROOT = Path(__file__).resolve().parents[2]
LOADS = ("src", "href", "{http://www.w3.org/1999/xlink}href", "data", "action", "poster", "srcset")


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return play(tmp_path_factory.mktemp("season"))


def test_the_season_ends_whole_and_nothing_disagrees(season: Told) -> None:
    figures = json.loads(season.files["figures.json"])

    assert 0 == season.problems, season.said
    assert figures["whole"] and figures["minutes_credited"] > 0
    assert sum(figures["services"].values()) == figures["cases"]["service"]


def test_the_same_seed_gives_the_same_bytes_in_a_process_with_another_hash_seed(season: Told, tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from volunteering.playing import play; play(Path(sys.argv[1]))"
    paths = os.pathsep.join(str(ROOT / part) for part in ("src", "tests"))
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=environment, check=True, timeout=200)

    assert digest(season.store) == digest(tmp_path / "season.db")
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
    page = season.files["report.html"]
    found = list(ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>")).iter())
    told = [str(value) for node in found for name, value in node.attrib.items() if name in LOADS]
    ids = re.findall(r'\bid="([^"]+)"', page)

    assert not {node.tag.rpartition("}")[2] for node in found} & {"script", "link", "iframe", "object", "embed", "img"}
    assert [] == [value for value in told if not value.startswith("#")]
    assert [] == re.findall(r"url\((?!#)[^)]*\)|@import", page)
    assert sorted(set(ids)) == sorted(ids)
    assert page.count('class="zh"') == page.count('class="en"') > 100


def test_nobodys_name_or_words_are_in_the_files(season: Told) -> None:
    app = Casework(f"sqlite:///{season.store}", plugins=[volunteering])
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


def test_a_store_with_volunteers_in_it_is_left_alone(season: Told) -> None:
    before = digest(season.store)
    again = play(season.store.parent, language="en")

    assert 1 == again.problems and "--store" in again.said
    assert before == digest(season.store)

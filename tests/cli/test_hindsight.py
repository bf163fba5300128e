"""casework replay, casework export --ocel, casework convert."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from cli.errand import BOSS, CHAIN, ERRAND, WORKER, Line
from tree import ROOT

from casework import dump, given, hours

DEFINITION = ROOT / "tests" / "interchange" / "definitions" / "simple_publication_workflow.xml"


@pytest.fixture
def proposal(tmp_path: Path) -> str:
    """Starting is for light errands, and there is an hour to answer."""
    steps = tuple(
        attrs.evolve(step, condition=step.condition & (given("weight") < 5)) if step.trigger == "start" else step
        for step in CHAIN.transitions
    )
    deadlines = tuple(attrs.evolve(item, after=hours(1)) for item in CHAIN.deadlines)
    flow = attrs.evolve(CHAIN, transitions=steps, deadlines=deadlines)
    path = tmp_path / "proposal.yaml"
    path.write_text(dump(attrs.evolve(ERRAND, chain=(flow, *ERRAND.chain[1:]))), encoding="utf-8")
    return str(path)


def test_who_would_have_been_stopped_is_told_as_json_and_to_people(cli: Line, proposal: str) -> None:
    light, heavy = cli.opened(), cli.opened()
    for case, weight in ((light, 2), (heavy, 8)):
        cli(*WORKER, "fire", case, "start", f"weight={weight}")

    told = cli.json(*BOSS, "replay", "--against", proposal)

    assert 1 == told["counts"]["stopped"]
    (stopped,) = [case for case in told["cases"] if case["verdict"] == "stopped"]
    assert (heavy, "unmet", "start") == (
        stopped["case"],
        stopped["stopped"]["refusal"]["code"],
        stopped["stopped"]["what"],
    )
    for language, words in (("en", "Would have been stopped"), ("zh", "会被拒绝")):
        shown = cli("--lang", language, *BOSS, "replay", heavy, "--against", proposal).output
        assert words in shown and heavy in shown


def test_staff_are_told_by_a_file(cli: Line, proposal: str, tmp_path: Path) -> None:
    case = cli.opened()
    staff = tmp_path / "staff.json"
    staff.write_text(json.dumps([{"id": "li", "roles": ["worker"], "unit": "north"}]))

    assert 0 == cli(*BOSS, "replay", case, "--against", proposal, "--staff", str(staff)).exit_code
    staff.write_text('[{"who": 1}]')
    assert 2 == cli(*BOSS, "replay", case, "--against", proposal, "--staff", str(staff), code=2).exit_code


def test_a_log_for_process_mining_is_one_document(cli: Line, tmp_path: Path) -> None:
    case = cli.opened()

    printed = json.loads(cli(*BOSS, "export", case, "--ocel").stdout)
    cli(*BOSS, "export", "--type", "errand", "--ocel", "--out", str(tmp_path / "log.json"))

    assert {"events", "objects", "eventTypes", "objectTypes"} == printed.keys()
    assert case in {item["id"] for item in json.loads((tmp_path / "log.json").read_text("utf-8"))["objects"]}


def test_a_definition_of_plone_becomes_one_of_ours(cli: Line, tmp_path: Path) -> None:
    out = tmp_path / "publication.yaml"

    told = cli("convert", str(DEFINITION), "--final", "published", "--out", str(out))

    assert "CW805" in told.stderr
    assert 0 == cli("check", str(out)).exit_code
    assert cli.json("convert", str(DEFINITION))["definition"].startswith("name: simple_publication_workflow")
    assert 2 == cli("convert", str(DEFINITION), "--final", "nowhere", code=2).exit_code

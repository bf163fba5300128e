"""check, draw."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import attrs
import pytest
from cli.errand import CHAIN, ERRAND, WORKER, Line
from tree import ROOT

from casework import State, Transition, Workflow, dump

DOCUMENTS = ROOT / "tests" / "documents"


def test_a_sound_document_is_told_to_be(cli: Line) -> None:
    result = cli("check", str(DOCUMENTS / "visit.yaml"))

    assert ("", "sound: visit\n") == (result.stdout, result.stderr)


def test_findings_name_file_line_code_and_page(cli: Line) -> None:
    path = str(DOCUMENTS / "broken" / "effects.yaml")

    shown = cli("check", path, code=4).stdout.splitlines()
    told = cli.json("check", path, code=4)

    assert shown[0].startswith(f"{path}:7: CW014 transitions[0].effects[0]: ")
    assert "docs/reference/findings.md#cw014" == shown[1].strip()
    assert (False, 7, "CW014") == (told["sound"], told["findings"][0]["line"], told["findings"][0]["code"])


def test_an_unsound_case_type_is_found_in_a_document_and_in_a_module(
    cli: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = attrs.evolve(CHAIN, initial="nowhere")
    unsound = attrs.evolve(ERRAND, name="lost", chain=(lost,))
    (tmp_path / "lost.yaml").write_text(dump(unsound), encoding="utf-8")
    module = types.ModuleType("lost_module")
    module.lost = unsound  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lost_module", module)

    by_document = cli.json("check", "lost.yaml", code=4)
    by_module = cli.json("check", "lost_module", code=4)

    assert ["CW104"] == [item["code"] for item in by_document["findings"]][:1]
    assert [i["code"] for i in by_document["findings"]] == [i["code"] for i in by_module["findings"]]


def test_a_module_with_hooks_is_checked_with_all_that_is_loaded(cli: Line) -> None:
    assert {"target": "tiny", "checked": ["errand"], "sound": True, "findings": []} == cli.json("check", "tiny")
    assert "无误：errand" in cli("check", "--lang", "zh").stderr


def test_a_workflow_alone_can_be_checked_and_drawn(cli: Line, tmp_path: Path) -> None:
    lone = Workflow(
        "lone",
        initial="a",
        states=[State("a"), State("b", final=True)],
        transitions=[Transition("go", "a", "b", roles="x")],
    )
    (tmp_path / "lone.yaml").write_text(dump(lone), encoding="utf-8")
    (tmp_path / "flow.yaml").write_text(dump(CHAIN), encoding="utf-8")

    assert ["lone"] == cli.json("check", "lone.yaml")["checked"]
    assert "CW106" in cli("check", "flow.yaml", code=4).stdout, "its fields belong to a case type that is not there"
    assert "stateDiagram-v2" in cli("draw", "flow.yaml").stdout


@pytest.mark.parametrize("target", ["nosuch.yaml", "nosuch_module", "casework.text", "a b"])
def test_what_cannot_be_checked_is_a_wrong_call(cli: Line, target: str) -> None:
    cli("check", target, code=2)


def test_a_module_is_imported_only_when_it_is_named(cli: Line, tmp_path: Path) -> None:
    (tmp_path / "marker_module.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")

    result = cli("check", "marker_module", code=4)

    assert "RuntimeError: imported" in result.stderr
    assert str(tmp_path) not in sys.path


def test_a_drawing_goes_to_stdout_or_into_a_file_by_its_name(cli: Line, tmp_path: Path) -> None:
    assert 'state "under way"' in cli("draw", "errand").stdout
    assert 'state "进行中"' in cli("draw", "errand", "--lang", "zh").stdout
    assert cli("draw", "errand", "--format", "svg").stdout.startswith("<svg")

    result = cli("draw", "errand", "--out", "errand.svg")

    assert ("", "written: errand.svg\n") == (result.stdout, result.stderr)
    assert (tmp_path / "errand.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_drawing_marks_a_state_or_where_a_case_is(cli: Line) -> None:
    case = cli.opened()

    assert 'state "▶ waiting"' in cli(*WORKER, "draw", "--case", case).stdout
    assert 'state "▶ done"' in cli("draw", "errand", "--state", "errand=done").stdout


@pytest.mark.parametrize("words", [("nix",), (), ("errand", "--state", "x=y"), ("errand", "--state", "errand=y")])
def test_what_cannot_be_drawn_is_a_wrong_call(cli: Line, words: tuple[str, ...]) -> None:
    cli("draw", *words, code=2)


def test_a_case_type_of_a_document_can_be_used(cli: Line, tmp_path: Path) -> None:
    (tmp_path / "chore.yaml").write_text(dump(attrs.evolve(ERRAND, name="chore")), encoding="utf-8")
    (tmp_path / "flow.yaml").write_text(dump(CHAIN), encoding="utf-8")

    cli("migrate", "--definition", "chore.yaml")
    case = cli.json(*WORKER, "open", "chore", "what=sweep", CASEWORK_DEFINITIONS="chore.yaml")["case"]

    assert "chore" == case["case_type"]
    assert "holds a workflow" in cli("migrate", "--definition", "flow.yaml", code=4).stderr

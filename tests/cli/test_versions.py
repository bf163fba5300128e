"""casework versions, migrate --plan for cases, and adopt --map: a workflow changes under running cases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from cli.errand import BOSS, CHAIN, ERRAND, WORKER, Line

from casework import CaseType, Workflow, hookimpl

GRANTS = {"view": ["worker", "boss"], "adopt": "boss"}
MAP = "migration: under_way\ncase_type: errand\nstates:\n  - {workflow: errand, from: doing, to: busy}\n"


def _of(case_type: CaseType) -> Any:
    def casework_case_types() -> list[CaseType]:
        return [case_type]

    return hookimpl(casework_case_types)


def _busy(workflow: Workflow) -> Workflow:
    """The errand whose second state is called busy."""
    states = [attrs.evolve(item, name={"doing": "busy"}.get(item.name, item.name)) for item in workflow.states]
    busy = {"doing": "busy"}
    steps = [
        attrs.evolve(
            step, source=[busy.get(name, name) for name in step.source], target=busy.get(step.target or "", step.target)
        )
        for step in workflow.transitions
    ]
    deadlines = [attrs.evolve(item, during=["new", "busy"]) for item in workflow.deadlines]
    assert ["new", "busy", "done"] == [item.name for item in states]
    return attrs.evolve(workflow, version=2, states=states, transitions=steps, deadlines=deadlines)


@pytest.fixture
def behind(cli: Line, tmp_path: Path) -> tuple[Line, list[str], str]:
    """Two errands under the first version, one of them under way; the second version is installed by now."""
    tiny: Any = sys.modules["tiny"]
    tiny.casework_case_types = _of(attrs.evolve(ERRAND, grants=GRANTS))
    cases = [cli.opened(), cli.opened()]
    cli(*WORKER, "fire", cases[1], "start", "weight=3")
    chain, worklists = (_busy(CHAIN),), tuple(attrs.evolve(item, states=()) for item in ERRAND.worklists)
    tiny.casework_case_types = _of(attrs.evolve(ERRAND, version=2, grants=GRANTS, chain=chain, worklists=worklists))
    file = tmp_path / "map.yaml"
    file.write_text(MAP)
    return cli, cases, str(file)


def test_the_plan_counts_cases_and_shows_what_is_missing(behind: tuple[Line, list[str], str]) -> None:
    cli, _, file = behind
    (told,) = cli.json("migrate", "--plan")["cases"]

    assert (2, {"safe": 1, "mapped": 0, "depends": 0, "impossible": 1}) == (told["open"], told["totals"])
    assert '{workflow: errand, from: doing, to: ""}' in told["skeleton"]
    assert "1 safe, 1 impossible" in cli("migrate", "--plan").stdout
    assert "2 件，可直接转入 1 件" not in cli("migrate", "--plan", "--map", file, "--lang", "zh").stdout
    (mapped,) = cli.json("migrate", "--plan", "--map", file)["cases"]
    assert ({"safe": 1, "mapped": 1, "depends": 0, "impossible": 0}, True) == (mapped["totals"], mapped["proven"])
    assert [2, 0] == [row["open"] for row in cli.json("versions", "errand")]


def test_cases_are_moved_by_the_map_and_the_history_names_it(behind: tuple[Line, list[str], str]) -> None:
    cli, cases, file = behind
    dry = cli.json(*BOSS, "adopt", "--all", "--map", file, "--dry-run")
    assert (2, True) == (dry["moved"], dry["dry_run"])
    assert [2, 0] == [row["open"] for row in cli.json("versions")]

    assert 2 == cli.json(*BOSS, "adopt", "--all", "--map", file)["moved"]
    assert {"errand": "busy"} == cli.json(*WORKER, "show", cases[1])["case"]["states"]
    assert "under_way" == cli.json(*WORKER, "history", cases[1])["entries"][-1]["migration"][0]
    assert "按迁移转入现行定义" in cli(*WORKER, "history", cases[1], "--lang", "zh").stdout
    assert "(present)" in cli("versions").stdout.splitlines()[-1]


def test_one_case_is_moved_and_whoever_may_not_is_refused(behind: tuple[Line, list[str], str]) -> None:
    cli, cases, file = behind

    assert (
        "not-permitted" == cli.json(*WORKER, "adopt", cases[1], "--map", file, code=3)["refused"][0]["refusal"]["code"]
    )
    assert [cases[1]] == cli.json(*BOSS, "adopt", cases[1], "--map", file)["adopted"]


def test_a_map_that_cannot_be_used_is_told(behind: tuple[Line, list[str], str]) -> None:
    cli, _, file = behind
    Path(file).write_text(MAP.replace("to: busy", "to: nowhere"))

    assert "CW901" in cli(*BOSS, "adopt", "--all", "--map", file, code=4).stderr
    assert "No such file" in cli(*BOSS, "adopt", "--all", "--map", f"{file}.gone", code=2).stderr
    assert "adopt --map" in cli("migrate", "--map", file, code=2).stderr
    assert "there is no case type" in cli("versions", "visit", code=2).stderr

"""The directory by itself, on rescue cases, as a wheel, and equal to the page that tells it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from casework import Actor, Casework, Refused, attach, check, installed, state
from casework.rescue import rescue
from casework.testing import access_table, workflow_machine

HERE = Path(__file__).resolve().parent.parent
PAGE = HERE.parent.parent / "docs" / "howto" / "write-a-plugin.md"
ENDED = state("rescue").in_(*(each.name for each in rescue.main.states if each.final))


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(HERE / "src"))
    import shelter_directory

    return shelter_directory


def test_it_is_sound_alone_and_on_a_rescue_case(directory: ModuleType) -> None:
    desk = ("caseworker", "director")
    binding = attach(directory.placement, "rescue", person="person", desk=desk, closed=ENDED)
    app = Casework(case_types=[rescue], plugins=[directory], attachments=[binding])

    assert () == app.warnings
    assert [] == [item for case_type in app.case_types for item in check(case_type)]
    assert ("shelter",) == tuple(each.name for each in Casework(plugins=[directory]).case_types)


def test_the_keeper_reads_what_is_needed_and_no_diagnosis(directory: ModuleType) -> None:
    binding = attach(directory.placement, "rescue", person="person", desk="caseworker", closed=ENDED)
    app = Casework(case_types=[rescue], plugins=[directory], attachments=[binding])
    app.create_tables()
    desk, keeper = app.desk(Actor("li", {"caseworker"}, unit="anlu")), app.desk(Actor("kim", {"keeper"}))
    case = desk.open("rescue", found_at="bridge", found_by="patrol", apparent_condition="a cough")
    with pytest.raises(Refused, match="not-found"):
        keeper.get(case.id)
    desk.fire(case, "placement.ask", shelter="s1", needs="a ramp")

    assert {"placement.shelter": "s1", "placement.needs": "a ramp"} == dict(keeper.get(case.id).data)
    assert "placement.needs" in desk.get(case.id).hidden


def test_who_may_do_what_in_the_directory(directory: ModuleType) -> None:
    access_table(
        directory.shelter,
        """
        open                           | keeper
        view                           | keeper
        edit in proposed               | keeper
        fire publish in proposed       | keeper
        fire confirm in listed         | keeper
        fire strike in proposed listed | keeper
        read personal                  | keeper
        list to_look_at                | keeper
        """,
    )


def test_anybody_may_do_anything_in_any_order(directory: ModuleType) -> None:
    machine = workflow_machine(directory.shelter, parts=directory.casework_parts())
    run_state_machine_as_test(machine, settings=settings(machine.TestCase.settings, max_examples=10))


def test_the_page_shows_what_the_module_holds() -> None:
    text, module = PAGE.read_text("utf-8"), (HERE / "src" / "shelter_directory.py").read_text("utf-8")
    shown = text.partition("## Use it")[0].split("```python\n")[1:]

    assert 7 == len(shown)
    assert [] == [block for block in shown if block.partition("```")[0].strip() not in module]
    told = text.split("```toml\n")[1].partition("```")[0]
    project = (HERE / "pyproject.toml").read_text("utf-8")
    assert [] == [line for line in told.splitlines() if line not in project]


def test_its_wheel_holds_the_module_and_names_it_as_a_plugin(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*build, str(HERE)], check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        entry = next(wheel.read(name).decode() for name in wheel.namelist() if name.endswith("entry_points.txt"))
        assert "shelter_directory.py" in wheel.namelist()

    assert "shelters = shelter_directory" in entry
    assert "shelter_directory" not in [getattr(plugin, "__name__", "") for plugin in installed()]

"""The tables on the page about FHIR and the code say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from casework_hospital.fhir import codes, meaning, value
from casework_hospital.fhir.bundle import RESOURCES
from casework_hospital.fields import DISPOSITIONS, referral_fields
from casework_hospital.referral import referral
from casework_hospital.wards import WARDS

PAGE = (Path(__file__).parent.parent / "docs" / "fhir.md").read_text(encoding="utf-8")


def table(name: str) -> list[list[str]]:
    """The rows of a table, without the marks of code; a dash is nothing."""
    _, found, rest = PAGE.partition(f"<!-- table: {name} -->\n")
    assert found, f"there is no table {name}"
    lines = rest.split("\n\n")[0].splitlines()[2:]
    return [
        ["" if cell.strip() == "–" else cell.strip().replace("`", "") for cell in line[1:-1].split("|")]
        for line in lines
    ]


def first(name: str) -> list[str]:
    return [row[0] for row in table(name)]


def test_the_states() -> None:
    told = {state: [one.request, one.task, one.encounter] for state, one in codes.STATES.items()}

    assert told == {row[0]: row[1:] for row in table("states")}
    assert [*value.STATES] == [*codes.STATES]
    assert {state.name for state in referral.states} == {*value.STATES, "not_requested"}


def test_the_fields_that_are_told_and_those_that_are_not() -> None:
    assert [*value.TAKEN] == first("told")
    assert [*value.WITHHELD] == first("withheld")
    assert {field.name for field in referral_fields(WARDS)} == {
        *(*value.TAKEN, *value.WITHHELD),
        *("round", value.TOLD_AS),
    }


def test_the_codes() -> None:
    assert [[name, code] for name, code in codes.DISPOSITION.items()] == table("dispositions")
    assert [item.name for item in DISPOSITIONS] == [*codes.DISPOSITION]
    for code, name in codes.DISPOSITION_READ.items():
        assert f"`{code}`" in PAGE
        assert name in codes.DISPOSITION


def test_the_names_of_somebody_unknown() -> None:
    told = [[name, codes.NAME_USE[name], codes.ABSENT.get(name, "")] for name in value.IDENTITIES]

    assert told == table("names")
    assert all(f"`{ground}`" in PAGE for ground in value.GROUNDS)


def test_the_resources_and_our_own_names() -> None:
    assert [*RESOURCES] == first("resources")
    assert [*codes.PARTS] == first("parts")


def test_the_answers() -> None:
    steps = [["Task", status, step] for status, step in codes.ANSWERS.items()]
    steps += [["Task", "in-progress", "plan_discharge"]]
    steps += [["Encounter", status, step] for status, step in codes.STAYS.items()]

    assert [[*step, ", ".join(meaning._NEEDED.get(step[2], ()))] for step in steps] == table("answers")
    assert {step for _, _, step in steps} == {*meaning.TRIGGERS}


@pytest.mark.parametrize("part", ["task", "encounter", "request"])
def test_every_status_that_we_write_is_one_of_r4b(part: str) -> None:
    known = {"task": codes.TASK_STATUS, "encounter": codes.ENCOUNTER_STATUS, "request": codes.REQUEST_STATUS}[part]

    assert {getattr(one, part) for one in codes.STATES.values()} - {""} <= {*known}
    assert {*codes.HEEDED, *codes.ANSWERS} <= {*codes.TASK_STATUS}
    assert {*codes.STAYS} <= {*codes.ENCOUNTER_STATUS}


def test_the_limits_on_the_page_are_those_that_hold() -> None:
    from casework_hospital.fhir import strict

    assert re.search(rf"more than {strict.DIGIT_LIMIT} digits, more than {strict.DEPTH_LIMIT} levels", PAGE)
    assert f"{strict.SIZE_LIMIT:,} bytes" in PAGE

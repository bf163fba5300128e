"""What the page of coverage promises is there: every trigger that it names can be fired, every file can be opened."""

from __future__ import annotations

import re

import casework_hospital.rescue
import casework_police.rescue
import pytest
from tree import ROOT

import casework.rescue
import casework.volunteering
from casework import Casework

PAGE = ROOT / "docs" / "reference" / "coverage.md"
TEXT = PAGE.read_text(encoding="utf-8")
PLUGINS = (
    casework.rescue,
    casework.volunteering,
    casework_police,
    casework_police.rescue,
    casework_hospital,
    casework_hospital.rescue,
)
TRIGGERS = sorted(set(re.findall(r"`([a-z_]+): ([a-z_.]+)`", TEXT)))


def test_every_trigger_that_is_named_can_be_fired() -> None:
    fired = {
        (case_type.name, step.trigger)
        for case_type in Casework(plugins=PLUGINS).case_types
        for workflow in case_type.chain
        for step in workflow.transitions
        if not step.automatic
    }

    assert len(TRIGGERS) > 30
    assert [] == [named for named in TRIGGERS if named not in fired]


@pytest.mark.parametrize("kind", ["accounts", "worklists"])
def test_every_account_and_worklist_that_is_named_is_there(kind: str) -> None:
    claimed = {
        "accounts": {"services", "received", "beds", "occupied", "time_bank"},
        "worklists": {"referral.visits_missed"},
    }
    there = {item.name for case_type in Casework(plugins=PLUGINS).case_types for item in getattr(case_type, kind)}

    assert set() == {name for name in claimed[kind] if f"`{name}`" in TEXT} - there
    assert claimed[kind] == {name for name in claimed[kind] if f"`{name}`" in TEXT}


def test_every_system_has_a_section_and_a_word() -> None:
    rows = dict(re.findall(r"^\| (S\d+) \| .* \| (yes|in part|not yet) \|$", TEXT, re.MULTILINE))
    sections = dict(re.findall(r"^## (S\d+) .*\n\n((?:(?!^## ).*\n?)*)", TEXT, re.MULTILINE))

    assert [f"S{number}" for number in range(1, 15)] == list(rows) == list(sections)
    assert [] == [name for name, word in rows.items() if ("Not yet" in sections[name]) is False]
    assert {"S12", "S13"} == {name for name, word in rows.items() if word == "not yet"}

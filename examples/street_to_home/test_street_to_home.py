"""The story runs to its end, its files are of their standards, and nothing in them tells what they must not."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from casework_hospital import fhir
from casework_police import pfif

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the story was told, once for all tests."""
    folder = tmp_path_factory.mktemp("story")
    assert story().main(folder)
    return folder


def story() -> ModuleType:
    spec = importlib.util.spec_from_file_location("street_to_home_story", HERE / "story.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_told_again_it_ends_at_home_with_every_workflow_at_rest(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert story().main(told)
    printed = capsys.readouterr().out

    assert "handed over (received)" in printed
    assert "missed: 1 visit(s)" in printed
    assert "the diagnosis stays hidden: True" in printed
    assert "another person than the one who did" in printed
    assert "reunited; every workflow at rest" in printed
    assert "whole: True" in printed


def test_the_messages_to_the_ward_are_fhir_and_name_nobody(told: Path) -> None:
    from fhir.resources.R4B.bundle import Bundle

    messages = sorted(told.glob("*-ward-*.json"))

    assert 8 == len(messages)
    for path in messages:
        Bundle.model_validate_json(path.read_bytes())
        assert "曾庆喜" not in path.read_text("utf-8"), "an identity that nobody confirmed leaves with nobody"


def test_a_ward_that_says_what_cannot_be_is_not_believed(told: Path) -> None:
    message = json.loads((told / "from-ward-accepted-0109.json").read_text("utf-8"))
    task = next(entry["resource"] for entry in message["entry"] if entry["resource"]["resourceType"] == "Task")
    task["status"] = "perhaps"

    with pytest.raises(fhir.UnreadableMessage):
        fhir.from_json(json.dumps(message), fhir.Exchange(base="https://station.example/fhir", station="anlu"))


def test_the_register_is_told_by_pfif_that_he_was_found_and_nothing_of_his_health(told: Path) -> None:
    path = told / "to-registers.xml"
    items = list(pfif.read(path, now=datetime(2026, 1, 21, 16, tzinfo=UTC)))
    found = {item.person_record_id: item.status for item in items if isinstance(item, pfif.Note)}

    assert [] == [item for item in items if isinstance(item, pfif.Rejected | pfif.PfifFinding)]
    assert "believed_alive" == found["registry.example/person.2107"]
    assert "information_sought" == found["registry.example/person.2110"]
    assert not any(word in path.read_text("utf-8") for word in ("肺炎", "合作医院", "解放路"))

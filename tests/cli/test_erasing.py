"""Erasing on the command line: asked for by one, confirmed by another, forbidden, scrubbed, applied again."""

from __future__ import annotations

import pytest
from cli.errand import Line

LI = ("--as", "li", "--role", "worker", "--unit", "north")
BO = ("--as", "bo", "--role", "boss")
RECORD = ("--erasures", "erasures")


@pytest.fixture
def subject(cli: Line) -> str:
    """Somebody whose case is closed."""
    case = cli.json("open", "errand", "what=milk", "diagnosis=flu", *LI)["case"]
    cli.json("fire", case["id"], "start", "weight=1", *LI)
    done = cli.json("fire", case["id"], "finish", *LI)["case"]
    return str(done["subjects"]["person"])


@pytest.mark.sqlite("scrubbing rightly asks for other settings of the server of the tests")
def test_one_asks_and_another_confirms(cli: Line, subject: str) -> None:
    asked = cli.json("erase", "ask", subject, "--because", "request", *LI, *RECORD)["erasures"]
    own = cli("erase", "confirm", subject, *LI, *RECORD, "--lang", "zh", code=3)
    listed = cli("erase", "list", *BO, *RECORD, "--lang", "zh")
    done = cli.json("erase", "confirm", subject, *BO, *RECORD)["erasures"]
    scrubbed = cli.json("erase", "scrub", *RECORD)

    assert ["asked"] == [item["state"] for item in asked]
    assert "不能自行确认" in own.stderr
    assert subject in listed.stdout and "本人提出" in listed.stdout
    assert [("erased", "li", "bo")] == [(item["state"], item["asked_by"], item["confirmed_by"]) for item in done]
    assert {"left": []} == scrubbed
    assert ["scrubbed"] == [i["state"] for i in cli.json("erase", "list", "--state", "scrubbed", *BO)["erasures"]]
    assert {"erased": 0} == cli.json("erase", "reapply", *RECORD)
    assert cli.json("verify")["whole"]


def test_a_legal_hold_forbids_it_until_it_is_lifted(cli: Line, subject: str) -> None:
    placed = cli.json("legal-hold", "place", subject, "--because", "lawsuit", *BO)["legal_holds"]
    no = cli("erase", "ask", subject, "--because", "order", *LI, *RECORD, code=3)
    listed = cli.json("legal-hold", "list", *BO)["legal_holds"]
    lifted = cli.json("legal-hold", "lift", subject, *BO)["legal_holds"]

    assert placed == listed
    assert "legal hold" in no.stderr
    assert ["bo"] == [item["lifted_by"] for item in lifted]
    assert [] == cli.json("legal-hold", "list", *BO)["legal_holds"]
    assert "asked for" in cli("erase", "ask", subject, "--because", "order", *LI, *RECORD).stdout
    assert "dropped" in cli("erase", "drop", subject, *LI, *RECORD).stdout


def test_without_a_record_of_erasures_it_says_which_option_is_missing(cli: Line, subject: str) -> None:
    no = cli("erase", "ask", subject, "--because", "request", *LI, code=3)

    assert "--erasures" in no.stderr


def test_history_tells_the_steps(cli: Line) -> None:
    case = cli.json("open", "errand", "what=milk", *LI)["case"]
    cli("erase", "ask", case["subjects"]["person"], "--because", "request", *LI, *RECORD, code=3)
    (_, entry) = cli.json("history", case["id"], *LI)["entries"]

    assert {"step": "refused", "because": "request", "persons": [], "obstacles": ["open"]} == entry["erases"]
    assert "清除个人信息" in cli("history", case["id"], *LI, "--lang", "zh").stdout

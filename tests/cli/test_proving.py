"""casework prove, casework authority."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli.errand import Line
from errands import offering
from exploring.compositions import COMPOSITIONS, HOST

STUCK = next(each for each in COMPOSITIONS if each.code == "CW609" and len(each.plugins) == 2)


@pytest.fixture
def stuck(cli: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The command line with a permit and two plugins that wait for each other."""
    monkeypatch.setitem(sys.modules, "permits", offering("permits", case_types=[HOST]))
    for plugin in STUCK.plugins:
        module = offering(plugin.name, attachments=plugin.attachments, requirements=plugin.requirements)
        monkeypatch.setitem(sys.modules, plugin.name, module)
    return cli


def _plugins(count: int) -> tuple[str, ...]:
    return tuple(word for name in ("permits", *(p.name for p in STUCK.plugins[:count])) for word in ("--plugin", name))


def test_what_is_proven_is_said_with_how_much_was_looked_at(stuck: Line) -> None:
    (proof,) = stuck.json(*_plugins(1), "prove", "permit")["proofs"]
    shown = stuck(*_plugins(1), "prove", "permit").stdout

    assert ("proven", True, []) == (proof["answer"], proof["complete"], proof["verdicts"])
    assert (
        f"permit: proven ({proof['configurations']:,} configurations and {proof['moves']:,} moves were looked at)"
        in shown
    )


def test_what_is_refuted_ends_with_4_and_tells_the_way_in_both_languages(stuck: Line) -> None:
    (proof,) = stuck.json(*_plugins(2), "prove", "permit", code=4)["proofs"]
    english = stuck(*_plugins(2), "prove", "permit", code=4).stdout
    chinese = stuck(*_plugins(2), "--lang", "zh", "prove", "permit", code=4).stdout

    (verdict,) = [verdict for verdict in proof["verdicts"] if verdict["code"] == "CW609"]
    assert ("refuted", "docs/reference/findings.md#cw609") == (verdict["answer"], verdict["page"])
    for language, shown, lead in (("en", english, "refuted CW609"), ("zh", chinese, "已推翻 CW609")):
        assert lead in shown and verdict["page"] in shown
        assert [] == [step["text"][language] for step in verdict["path"] if step["text"][language] not in shown]
    assert "clerk" in english and "立案" in chinese


def test_a_limit_that_is_too_low_proves_nothing_and_says_what_would_settle_it(stuck: Line) -> None:
    shown = stuck(*_plugins(1), "prove", "permit", "--limit", "2").stdout

    assert "permit: not proven" in shown
    assert "what would settle it: " in shown and "a higher --limit goes on" in shown
    stuck(*_plugins(1), "prove", "permit", "--limit", "2", "--strict", code=4)


def test_a_case_type_that_is_not_there_is_a_wrong_call(stuck: Line) -> None:
    assert "there is no case type 'nosuch'; there is" in stuck(*_plugins(0), "prove", "nosuch", code=2).stderr


def test_who_can_bring_a_case_somewhere_is_answered_with_the_way(stuck: Line) -> None:
    asked = (*_plugins(0), "authority", "can", "permit", "--reach", "granted")
    both, one = (stuck.json(*asked, "--roles", roles) for roles in ("clerk,chief", "chief"))

    assert (True, "proven", "granted") == (both["holds"], both["answer"], both["path"][-1]["states"]["permit"])
    assert (False, "proven", []) == (one["holds"], one["answer"], one["path"])
    assert "no: chief alone can never reach 'granted' (proven)\n" == stuck(*asked, "--roles", "chief").stdout


def test_an_expectation_that_is_not_proven_to_hold_ends_with_4(stuck: Line) -> None:
    asked = (*_plugins(0), "authority", "two-persons", "permit", "granted", "--expect")

    assert stuck(*asked, "no").stdout.startswith("no: one person alone reaches 'granted' (proven)\n    1. ")
    stuck(*asked, "yes", code=4)


def test_who_may_ever_see_a_class_is_answered(cli: Line) -> None:
    boss = cli.json("authority", "may-see", "errand", "boss", "health")
    worker = cli("--lang", "zh", "authority", "may-see", "errand", "worker", "health").stdout

    assert (True, "proven") == (boss["holds"], boss["answer"])
    assert worker.startswith("否：") and worker.endswith("（已证明）\n")


@pytest.mark.parametrize(
    "words",
    [
        ("can", "errand", "--roles", ",", "--reach", "done"),
        ("can", "errand", "--roles", "worker", "--reach", "nowhere"),
        ("may-see", "errand", "stranger", "health"),
        ("may-see", "errand", "boss", "secret"),
        ("two-persons", "nosuch", "finish"),
    ],
)
def test_what_is_not_there_is_a_wrong_call(cli: Line, words: tuple[str, ...]) -> None:
    cli("authority", *words, code=2)


def test_the_way_to_each_finding_is_drawn(stuck: Line, tmp_path: Path) -> None:
    told = stuck.json(*_plugins(2), "--lang", "zh", "prove", "permit", "--drawing", "out", code=4)

    files = {Path(name).name for name in told["drawings"]}
    assert {path.name for path in (tmp_path / "out").iterdir()} == files
    stem = next(name for name in files if "CW609" in name).split(".")[0].removesuffix("-whole")
    assert {f"{stem}{more}.{form}" for more in ("", "-whole") for form in ("svg", "mmd")} <= files
    words = "".join(ElementTree.parse(tmp_path / "out" / f"{stem}.svg").getroot().itertext())
    assert "流程互相等待" in words and "clerk立案" in words
    assert (tmp_path / "out" / f"{stem}.mmd").read_text(encoding="utf-8").startswith("flowchart TD\n")


def test_the_way_of_an_authority_is_drawn(stuck: Line, tmp_path: Path) -> None:
    asked = ("authority", "can", "permit", "--roles", "clerk,chief", "--reach", "granted")
    stuck(*_plugins(0), *asked, "--out", "way.svg")

    assert "granted" in "".join(ElementTree.parse(tmp_path / "way.svg").getroot().itertext())

"""Proposals from cases: found, explained, recorded, turned down; nothing here decides or writes by itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from casework_police.matching import (
    Age,
    Born,
    Description,
    Missing,
    Name,
    candidates,
    compared,
    of_case,
    of_person,
    of_report,
    of_rescue,
    propose,
    rejected_in,
)
from casework_police.matching.proposing import proposal_form
from click.testing import CliRunner, Result

from casework import Case, Desk, FrozenClock, InvalidValue, Refused
from casework.cli import root as command_line

DAY = date(2026, 7, 1)
SECRETS = ("张伟", "章玮", "安陆", "1956", "70")


def found(town: Any) -> Case:
    """Somebody found who is called 章玮 on the ward."""
    told = {"found_at": "湖北省孝感市安陆市解放路", "found_by": "巡查", "alias": "章玮", "sex": "male", "age": 70}
    case = town.desk("li").open("rescue", **told)
    return town.fire("li", case, "assess", urgent=False, can_state_identity=False)


def missed(town: Any, **more: Any) -> Case:
    """A family that misses 张伟."""
    told = {
        "reporter": "张梅",
        "relation": "child",
        "name": "张伟",
        "sex": "male",
        "born_from": date(1956, 3, 2),
        "born_to": date(1956, 3, 2),
        "home_province": "湖北省",
        "home_city": "孝感市安陆市",
        "home": "府城街道",
        "last_seen_at": "湖北省孝感市安陆市",
        "last_seen_on": date(2026, 6, 29),
        **more,
    }
    return town.desk("li").open("missing_person", **told)  # type: ignore[no-any-return]


def ready(town: Any) -> tuple[Case, Case, Desk]:
    """A case, the report that it belongs to, and the tracer's desk."""
    return found(town), missed(town), town.desk("wang")


def best(desk: Desk, case: Case, report: Case, **more: Any) -> Any:
    """The best proposal as the actor of *desk* sees the two cases, however low its score."""
    ours, theirs = of_case(desk.get(case.id)), of_case(desk.get(report.id))
    return next(iter(candidates(ours, [theirs], floor=0.01, **more)), None)


def test_a_proposal_is_recorded_with_its_reasons_by_whoever_proposes(town: Any) -> None:
    case, report, desk = ready(town)
    proposal = best(desk, case, report)
    after = propose(desk, case.id, proposal, asked="the man himself")

    assert "suggested" == after.states["police"]
    assert report.id == after.data["police.candidate_case"]
    assert proposal.thousandths == after.data["police.candidate_score"]
    assert "姓名相近：章玮（听称）／张伟（陈述或证件）" in after.data["police.candidate_reasons"]
    assert "name is near: 章玮 (as heard) / 张伟 (stated)" in after.data["police.candidate_reasons"]
    assert "wang" == desk.history(case.id)[-1].actor


def test_looking_for_candidates_writes_nothing(town: Any) -> None:
    case, report, desk = ready(town)
    before = [len(desk.history(item.id)) for item in (case, report)]
    best(desk, case, report)

    assert before == [len(desk.history(item.id)) for item in (case, report)]


def test_a_proposal_confirms_nothing_and_its_proposer_cannot(town: Any) -> None:
    case, report, desk = ready(town)
    after = propose(desk, case.id, best(desk, case, report), asked="the man himself")

    assert "police.confirmed_case" not in {*after.data, *after.hidden}
    assert "unidentified" == after.states["tracing"]
    with pytest.raises(Refused):
        desk.fire(after, "police.confirm", **town.proof)


def test_whoever_may_not_propose_is_refused_and_nothing_is_written(town: Any) -> None:
    case, report, desk = ready(town)
    proposal = best(desk, case, report)
    number = len(desk.history(case.id))

    with pytest.raises(Refused):
        propose(town.desk("nurse"), case.id, proposal, asked="nobody")
    assert number == len(desk.history(case.id))


def test_a_pair_that_was_rejected_is_proposed_again_only_when_something_changed(town: Any) -> None:
    case, report, desk = ready(town)
    propose(desk, case.id, best(desk, case, report), asked="the man himself")
    town.fire("zhao", case, "police.reject", reason="another scar", **town.evidence)
    rejected = rejected_in(desk.history(case.id))

    assert 1 == len(rejected)
    assert best(desk, case, report, rejected=rejected) is None
    town.desk("li").amend(case.id, age=69)
    assert best(desk, case, report, rejected=rejected) is not None


def test_a_pair_stays_rejected_from_the_other_side(town: Any) -> None:
    case, report, desk = ready(town)

    assert best(desk, case, report).digest == best(desk, report, case).digest


def test_any_change_of_what_is_compared_changes_the_digest() -> None:
    one = Description(reference="a", names=[Name("张伟")], born=Born(DAY, DAY))
    changed = (
        attrs.evolve(one, names=(Name("张玮"),)),
        attrs.evolve(one, born=Born(DAY, DAY + timedelta(days=1))),
        attrs.evolve(one, missing={"home": "refused"}),
        attrs.evolve(one, reference="b"),
    )

    assert 5 == len({one.digest, *(item.digest for item in changed)})
    assert one.digest == attrs.evolve(one).digest


def test_reasons_fit_the_form_however_long_the_values_are() -> None:
    long = {
        "names": [Name("张" * 500)],
        "home": "湖北省" + "安" * 490,
        "last_seen_at": "路" * 500,
        "found_at": "街" * 500,
    }
    form = proposal_form(compared(*(Description(reference=r, **long) for r in "ab")), asked="x")

    assert 4_000 > len(str(form["candidate_reasons"]))


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_what_the_asker_may_not_read_is_nowhere_in_the_explanation(town: Any, side: str) -> None:
    case, report, desk = ready(town)
    proposal = best(desk, case, report, may_read=lambda asked, topic: asked != side)
    shown = json.dumps(proposal.plain(), ensure_ascii=False) + proposal.explained("zh") + proposal.explained("en")
    hidden = {"ours": ("章玮", "解放路"), "theirs": ("张伟", "1956", "府城")}

    assert [] == [secret for secret in hidden[side] if secret in shown]
    assert "姓名：相近（部分内容不可查看）" in proposal.explained("zh")
    assert {None} == {part["weight"] for part in proposal.plain()["parts"]}
    assert proposal.digest not in shown + repr(proposal)


def test_hiding_changes_neither_the_score_nor_whether_it_is_strong(town: Any) -> None:
    case, report, desk = ready(town)
    open_, closed = best(desk, case, report), best(desk, case, report, may_read=lambda side, topic: False)

    assert (open_.score, open_.band, open_.digest) == (closed.score, closed.band, closed.digest)


def test_no_value_is_in_the_repr_of_a_proposal(town: Any) -> None:
    case, report, desk = ready(town)

    assert [] == [secret for secret in SECRETS[:4] if secret in repr(best(desk, case, report))]


def test_what_the_asker_may_not_read_counts_as_not_asked(town: Any) -> None:
    report = missed(town)
    seen = of_case(town.desk("auditor").get(report.id))

    assert () == seen.names
    assert {Missing.NOT_ASKED} == {seen.why_missing(topic) for topic in ("name", "sex", "age", "home", "place", "date")}


def test_a_rescue_case_is_described() -> None:
    values = {
        "alias": "小明",
        "sex": "unknown",
        "age": 40,
        "found_at": "车站",
        "clue": "云梦县",
        "can_state_identity": False,
    }
    told = of_rescue("r", values, on=DAY)

    assert (Name("小明", "heard"),) == told.names
    assert Age(low=40, high=40, at=DAY, estimated=True) == told.age
    assert Missing.UNKNOWN == told.why_missing("sex")
    assert ["云梦县"] == [clue.text for clue in told.clues]
    assert Missing.UNABLE == of_rescue("r", {"can_state_identity": False}, on=DAY).why_missing("home")


@pytest.mark.parametrize(
    ("heard", "assessed", "why"),
    [(False, None, Missing.UNABLE), (True, False, Missing.UNABLE), (False, True, Missing.BLANK)],
)
def test_what_was_assessed_stands_before_what_was_heard_at_the_door(
    heard: bool, assessed: bool | None, why: Missing
) -> None:
    judged = {} if assessed is None else {"can_state_identity": assessed}

    assert why == of_rescue("r", {"says_who_they_are": heard, **judged}, on=DAY).why_missing("name")


def test_a_report_is_described() -> None:
    values = {
        "name": "张伟",
        "other_names": "小伟\n\n张卫\n",
        "age_from": 60,
        "home_province": "湖北省",
        "home": "安陆市",
    }
    told = of_report("m", values, on=DAY)

    assert (Name("张伟"), Name("小伟", "alias"), Name("张卫", "alias")) == told.names
    assert Age(low=60, high=60, at=DAY, estimated=False) == told.age
    assert "湖北省安陆市" == told.home


def test_a_person_of_an_exchange_file_is_described() -> None:
    values = {
        "person_record_id": "example.org/1",
        "full_name": "Zhang Wei",
        "alternate_names": "张伟",
        "sex": "male",
        "date_of_birth": "1956-03",
        "age": "65-70",
        "home_state": "湖北省",
        "home_city": "湖北省孝感市",
    }
    told = of_person(values, on=DAY)

    assert "example.org/1" == told.reference
    assert Born(date(1956, 3, 1), date(1956, 3, 31)) == told.born
    assert Age(low=65, high=70, at=DAY, estimated=False) == told.age
    assert "湖北省孝感市" == told.home


def test_a_case_that_nobody_described_is_refused(town: Any) -> None:
    with pytest.raises(InvalidValue, match="cannot be compared"):
        of_case(town.request("notice"))


def run(town: Any, *words: str) -> Result:
    """``casework police match``, as the tracer."""
    options = ("--store", town.url, "--as", "wang", "--role", "tracer", "--unit", "anlu")
    return CliRunner().invoke(command_line.root, [*options, "police", "match", *words], env={"LANG": "C.UTF-8"})


def test_the_command_shows_candidates_in_both_languages(town: Any) -> None:
    case, report, _ = ready(town)
    chinese = run(town, case.id, "--lang", "zh", "--floor", "0.01")
    english = run(town, case.id, "--lang", "en", "--floor", "0.01")

    assert (0, 0) == (chinese.exit_code, english.exit_code)
    assert report.id in chinese.stdout and "性别一致：男／男" in chinese.stdout
    assert "sex agrees: male / male" in english.stdout
    assert "须有证据并由他人复核确认" in chinese.stderr


def test_the_command_answers_with_one_document_and_from_either_side(town: Any) -> None:
    case, report, _ = ready(town)
    ours = json.loads(run(town, case.id, "--floor", "0.01", "--json").stdout)
    theirs = json.loads(run(town, report.id, "--floor", "0.01", "--json").stdout)

    assert report.id == ours["proposals"][0]["theirs"]
    assert case.id == theirs["proposals"][0]["theirs"]
    assert ours["proposals"][0]["score"] == theirs["proposals"][0]["score"]


def test_the_command_refuses_what_it_cannot_compare(town: Any) -> None:
    case = found(town)

    assert 2 == run(town, case.id, "--with", "invoice").exit_code
    assert 2 == run(town, case.id, "--floor", "7").exit_code
    assert 3 == run(town, "nobody").exit_code


def test_the_day_of_a_case_may_be_one_off_by_its_zone(town: Any) -> None:
    """A case opened at one in the morning in China was opened the day before by the clock of the store."""
    assert isinstance(town.clock, FrozenClock)
    town.clock.set(datetime(2026, 6, 28, 17, tzinfo=UTC))
    case = found(town)
    report = missed(town, last_seen_on=date(2026, 6, 29))
    date_part = best(town.desk("wang"), case, report).parts[-1]

    assert 0 < date_part.weight

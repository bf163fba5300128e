"""The score: its laws, what missing values say, and wrong reunions that it must not propose."""

from __future__ import annotations

import importlib.util
import math
import sys
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from casework_police.matching import (
    FLOOR,
    STRONG,
    Age,
    Born,
    Clue,
    Description,
    Missing,
    Name,
    Pool,
    Proposal,
    candidates,
    compared,
    weights,
)
from hypothesis import given
from hypothesis import strategies as st

from casework import InvalidValue

DAY = date(2026, 3, 1)
ADDRESSES = (
    "湖北省孝感市安陆市",
    "湖北省孝感市云梦县",
    "安陆市",
    "湖北",
    "河南省信阳市固始县",
    "解放路旁市场",
    "Jiefang Road",
)
TEXTS = ("张伟", "章玮", "王小明", "小明", "老王", "ZHANG WEI", "欧阳娜娜", "买买提·吐尔逊", "陈程", "李")

names = st.lists(
    st.builds(Name, st.sampled_from(TEXTS), st.sampled_from(["stated", "alias", "former", "heard"])), max_size=3
)
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
births = st.builds(lambda a, b: Born(min(a, b), max(a, b)), *[st.dates(date(1940, 1, 1), date(2015, 1, 1))] * 2)
ages = st.builds(
    lambda a, b, at, guessed: Age(low=min(a, b), high=max(a, b), at=at, estimated=guessed),
    *[st.integers(0, 100)] * 2,
    days,
    st.booleans(),
)


@st.composite
def descriptions(draw: st.DrawFn, reference: str = "a") -> Description:
    """Any description that the clerk could have written."""
    seen = sorted(draw(st.lists(days, min_size=2, max_size=2)))
    return Description(
        reference=reference,
        names=draw(names),
        sex=draw(st.sampled_from([None, "male", "female", "other"])),
        born=draw(st.none() | births),
        age=draw(st.none() | ages),
        home=draw(st.none() | st.sampled_from(ADDRESSES)),
        last_seen_at=draw(st.none() | st.sampled_from(ADDRESSES)),
        last_seen_on=draw(st.none() | st.just(seen[0])),
        found_at=draw(st.none() | st.sampled_from(ADDRESSES)),
        found_on=draw(st.none() | st.just(seen[1])),
        clues=draw(st.lists(st.builds(Clue, st.just("place"), st.sampled_from(ADDRESSES)), max_size=1)),
        accent=draw(st.sampled_from([None, "wu", "southwest"])),
    )


def person(reference: str = "a", **known: Any) -> Description:
    """A man of forty from Anlu, but for *known*."""
    told: dict[str, Any] = {
        "names": [Name("张伟")],
        "sex": "male",
        "age": aged(40),
        "home": "湖北省孝感市安陆市",
        **known,
    }
    return Description(reference=reference, **told)


def aged(years: int, spread: int = 1) -> Age:
    """About *years* old."""
    return Age(low=max(0, years - spread), high=years + spread, at=DAY)


def weight(proposal: Proposal, topic: str) -> float:
    """What one topic says."""
    return next(part.weight for part in proposal.parts if part.topic == topic)


@given(descriptions(), descriptions("b"))
def test_the_score_is_the_same_both_ways_round(one: Description, other: Description) -> None:
    ours, theirs = compared(one, other), compared(other, one)

    assert ours.score == theirs.score
    assert ours.band == theirs.band
    assert ours.digest == theirs.digest


@given(descriptions(), descriptions("b"))
def test_nobody_is_more_like_a_record_than_the_record_itself(one: Description, other: Description) -> None:
    assert compared(one, attrs.evolve(one, reference="b")).score >= compared(one, other).score - 1e-9


@given(descriptions(), descriptions("b"), st.sampled_from(["sex", "home", "born", "name", "date"]))
def test_one_more_agreement_never_lowers_the_score(one: Description, other: Description, topic: str) -> None:
    more: dict[str, Any] = {
        "sex": {"sex": "male"},
        "home": {"home": "湖北省孝感市安陆市"},
        "born": {"born": Born(DAY, DAY)},
        "name": {"names": (Name("曹孟德"),)},
        "date": {"last_seen_on": DAY, "found_on": DAY},
    }
    without: dict[str, Any] = {
        "sex": {"sex": None},
        "home": {"home": None, "clues": ()},
        "born": {"born": None, "age": None},
        "name": {"names": ()},
        "date": {"last_seen_on": None, "found_on": None},
    }
    less = compared(attrs.evolve(one, **without[topic]), attrs.evolve(other, **without[topic]))

    assert compared(attrs.evolve(one, **more[topic]), attrs.evolve(other, **more[topic])).score >= less.score


@given(descriptions(), descriptions("b"), st.sampled_from(TEXTS))
def test_one_more_name_that_both_have_never_lowers_the_score(one: Description, other: Description, text: str) -> None:
    both = (attrs.evolve(item, names=(*item.names, Name(text))) for item in (one, other))

    assert compared(*both).score >= compared(one, other).score - 1e-9


@given(descriptions(), descriptions("b"))
def test_what_is_blank_never_raises_the_score(one: Description, other: Description) -> None:
    assert [] == [part for part in compared(one, other).parts if part.verdict == "missing" and part.weight > 0]


@given(descriptions(), descriptions("b"))
def test_every_part_is_told_in_both_languages_and_the_score_is_the_sum_of_them(
    one: Description, other: Description
) -> None:
    proposal = compared(one, other)
    bits = weights.PRIOR + sum(part.weight for part in proposal.parts)

    assert ["name", "sex", "age", "home", "place", "date"] == [part.topic for part in proposal.parts]
    assert all(part.text.en and part.text.zh for part in proposal.parts)
    assert proposal.score == pytest.approx(1 / (1 + math.pow(2, -bits)))


@given(descriptions(), st.lists(descriptions("b"), max_size=6))
def test_the_index_hides_no_candidate(asked: Description, others: list[Description]) -> None:
    known = [attrs.evolve(other, reference=f"b{number}") for number, other in enumerate(others)]
    expected = sorted(other.reference for other in known if compared(asked, other).score >= FLOOR)

    assert expected == sorted(found.theirs for found in candidates(asked, known))


@pytest.mark.parametrize(
    "only",
    [
        {"sex": "male"},
        {"born": Born(DAY - timedelta(days=9_999), DAY - timedelta(days=9_999))},
        {"home": "湖北省孝感市安陆市府城街道解放村"},
        {"found_at": "湖北省孝感市安陆市府城街道解放村"},
        {"found_on": DAY},
    ],
)
def test_nothing_but_a_name_is_enough_alone(only: dict[str, Any]) -> None:
    assert FLOOR / 100 > compared(Description(reference="a", **only), Description(reference="b", **only)).score


def test_a_common_name_alone_is_not_enough_and_a_rare_one_is_never_strong() -> None:
    common, rare = Name("张伟"), Name("澹台灭明")

    assert FLOOR > compared(*(Description(reference=r, names=[common]) for r in "ab")).score
    assert FLOOR < compared(*(Description(reference=r, names=[rare]) for r in "ab")).score < STRONG


def test_two_people_with_one_common_name_are_below_the_floor() -> None:
    other = person("b", age=aged(62), home="四川省达州市宣汉县")

    assert 0.01 > compared(person(), other).score
    assert () == candidates(person(), [other])


@pytest.mark.parametrize("given_name", ["建军", "建华", "建兴"])
def test_a_twin_is_never_a_strong_candidate(given_name: str) -> None:
    born = Born(date(1980, 5, 4), date(1980, 5, 4))
    told: dict[str, Any] = {"born": born, "age": None, "last_seen_at": "湖北省孝感市安陆市", "last_seen_on": DAY}
    one = person(names=[Name("王建国")], **told)
    twin = person("b", names=[Name(f"王{given_name}")], **told)

    assert STRONG > compared(attrs.evolve(one, last_seen_on=None), attrs.evolve(twin, last_seen_on=None)).score
    assert "possible" == compared(one, twin).band
    assert "strong" == compared(one, attrs.evolve(one, reference="b")).band


def test_father_and_son_of_one_house_are_below_the_floor() -> None:
    assert () == candidates(person(), [person("b", names=[Name("张强")], age=aged(14))])


def test_another_sex_weighs_heavily_and_is_no_veto() -> None:
    born = Born(date(1980, 5, 4), date(1980, 5, 4))
    one, other = (person(r, names=[Name("欧阳震华")], born=born, sex=s) for r, s in (("a", "male"), ("b", "female")))
    alike = compared(one, attrs.evolve(other, sex="male"))

    assert alike.score > compared(one, other).score > FLOOR
    assert "possible" == compared(one, other).band


def test_whoever_was_found_before_being_lost_is_somebody_else() -> None:
    found = person("b", found_on=DAY)

    assert FLOOR < compared(person(last_seen_on=DAY), found).score
    assert FLOOR > compared(person(last_seen_on=DAY + timedelta(days=30)), found).score
    assert weight(compared(person(last_seen_on=DAY + timedelta(days=1)), found), "date") > 0


def test_the_reason_why_something_is_missing_has_its_own_weight() -> None:
    known = person("b")
    found = {reason: weight(compared(person(home=None, missing={"home": reason}), known), "home") for reason in Missing}

    assert 0 == found[Missing.NOT_ASKED] == found[Missing.UNABLE]
    assert 0 > found[Missing.BLANK] > found[Missing.REFUSED] > found[Missing.UNKNOWN]
    assert found[Missing.BLANK] == weight(compared(person(home=None), known), "home")


def test_a_missing_value_is_told_with_its_reason_and_its_side() -> None:
    part = compared(person(names=[], missing={"name": Missing.UNABLE}), person("b")).parts[0]

    assert "name is missing: this record: unable to say" == part.text.en
    assert "姓名缺失：本案无法说明" == part.text.zh


def test_a_name_heard_on_a_ward_says_less_than_one_that_was_stated_both_ways() -> None:
    stated, heard = person("b"), person("b", names=[Name("张伟", "heard")])
    other = person(names=[Name("李强")])

    assert weight(compared(person(), stated), "name") > weight(compared(person(), heard), "name") > 0
    assert weight(compared(other, stated), "name") < weight(compared(other, heard), "name") < 0


def test_a_guessed_age_errs_by_more_years_than_a_stated_one() -> None:
    def apart(*, guessed: bool) -> float:
        ages = (Age(low=y, high=y, at=DAY, estimated=guessed) for y in (40, 45))
        return weight(compared(*(person(r, age=age) for r, age in zip("ab", ages, strict=True))), "age")

    assert apart(guessed=True) > 0 > apart(guessed=False)


def test_a_place_that_was_named_says_half_of_what_a_home_says() -> None:
    named = person(home=None, clues=[Clue("place", "湖北省孝感市安陆市")])

    assert 2 * weight(compared(named, person("b")), "home") == weight(compared(person(), person("b")), "home")


def test_the_sound_of_a_surname_is_compared_with_surnames() -> None:
    heard = person(names=[], clues=[Clue("surname", "王")], accent="wu")

    assert weight(compared(heard, person("b", names=[Name("黄强")])), "name") > 0
    assert weight(compared(heard, person("b", names=[Name("李强")])), "name") < 0


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("湖北省孝感市安陆市", "湖北安陆", 2.0, 5.0),
        ("湖北省孝感市安陆市", "安陆市", 4.0, 5.0),
        ("湖北省孝感市安陆市", "安路市", 2.0, 4.0),
        ("湖北省荆州市沙市区", "荆州市沙市区", 5.0, 7.0),
        ("重庆市忠县", "重庆忠县", 5.0, 7.0),
        ("湖北省孝感市安陆市", "湖北省武汉市江岸区", 0.0, 2.0),
        ("湖北省孝感市安陆市", "河南省信阳市固始县", -3.0, -3.0),
        ("安陆", "湖北省孝感市安陆市", 3.0, 3.0),
    ],
)
def test_homes_agree_as_far_down_as_they_say_the_same(one: str, other: str, least: float, most: float) -> None:
    assert least <= weight(compared(person(home=one), person("b", home=other)), "home") <= most


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1955", date(1955, 1, 1), date(1955, 12, 31)),
        ("1956-02", date(1956, 2, 1), date(1956, 2, 29)),
        ("1955-12", date(1955, 12, 1), date(1955, 12, 31)),
        ("1955-03-12", date(1955, 3, 12), date(1955, 3, 12)),
    ],
)
def test_a_partial_birth_date_is_a_range_of_days(text: str, first: date, last: date) -> None:
    assert Born(first, last) == Born.partial(text)


@pytest.mark.parametrize(
    "text", ["", "55-", "1955-13", "1955-02-30", "1955-1-1-1", "spring", "0", "9999999999999999-01"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="yyyy-mm-dd"):
        Born.partial(text)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (lambda: Name(" "), "Name.text"),
        (lambda: Name("王" * 501), "Name.text"),
        (lambda: Name("王", "rumour"), "Name.kind"),
        (lambda: Clue("food", "米粉"), "Clue.kind"),
        (lambda: Age(low=50, high=40, at=DAY), "Age"),
        (lambda: Born(DAY, DAY - timedelta(days=1)), "Born"),
        (lambda: person(sex="m"), "sex"),
        (lambda: person(home=""), "home"),
        (lambda: person(accent="martian"), "accent"),
        (lambda: person(missing={"home": "unable"}), "missing.home"),
        (lambda: person(home=None, missing={"home": "lost"}), "missing.home"),
        (lambda: person(missing={"shoes": "blank"}), "missing"),
        (lambda: person(last_seen_on=DAY, found_on=DAY - timedelta(days=1)), "found_on"),
        (lambda: Pool([person(), person()]), "reference"),
        (lambda: candidates(person(), [], limit=0), "limit"),
        (lambda: candidates(person(), [], floor=1.5), "floor"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(wrong: Any, where: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        wrong()

    assert where == caught.value.where
    assert caught.value.zh != caught.value.problem


def _people() -> ModuleType:
    """The invented people of the benchmark."""
    path = Path(__file__).resolve().parent.parent / "benchmarks" / "people.py"
    spec = importlib.util.spec_from_file_location("invented_people", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_among_invented_people_wrong_proposals_are_rare_and_the_index_hides_none() -> None:
    made = _people()
    everybody = made.people(240, seed=3)
    reports = [made.reported(person, seed=3) for person in everybody[:120]]
    pool = Pool(reports)
    found = [made.described(person, seed=3) for person in everybody[:160:2]]
    proposed = {(p.ours, p.theirs) for one in found for p in candidates(one, pool, limit=100)}
    right = {pair for pair in proposed if pair[0].partition("-")[2] == pair[1].partition("-")[2]}
    every = {(a.reference, b.reference) for a in found for b in reports if compared(a, b).score >= FLOOR}

    assert every == proposed
    assert 60 * 0.6 < len(right)
    assert 0.95 < len(right) / len(proposed)

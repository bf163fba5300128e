"""Conditions: values that are equal by structure, true, false or unknown, and said in both languages."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from casework.condition import tree
from casework.condition.build import (
    actor,
    balance,
    days,
    elapsed_since,
    field,
    given,
    hours,
    minutes,
    optional,
    overdue,
    slot,
    state,
)
from casework.condition.evaluate import Facts, reader
from casework.condition.sentence import sentence
from casework.condition.table import from_table, to_table
from casework.condition.tree import ALWAYS, NEVER, All, Among, Compare, Condition, Known, Not, clauses, depth, walk
from casework.errors import InvalidValue

NOW = datetime(2026, 3, 1, tzinfo=UTC)
Verdict = bool | None


def facts(**told: Any) -> Facts:
    empty: dict[str, Any] = {name: {} for name in ("data", "states", "marks", "dues", "balances", "acts", "form")}
    return Facts(**{**empty, "now": NOW, "person": "li", "roles": frozenset({"clerk"}), **told})


# -- building ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("built", "value"),
    [
        (field("age") < 18, Compare(tree.FieldRef("age"), "lt", 18)),
        (field("age") <= 18, Compare(tree.FieldRef("age"), "le", 18)),
        (field("age") > 18, Compare(tree.FieldRef("age"), "gt", 18)),
        (field("age") >= 18, Compare(tree.FieldRef("age"), "ge", 18)),
        (field("age") == 18, Compare(tree.FieldRef("age"), "eq", 18)),
        (field("age") != 18, Compare(tree.FieldRef("age"), "ne", 18)),
        (18 > field("age"), Compare(tree.FieldRef("age"), "lt", 18)),
        (18 == field("age"), Compare(tree.FieldRef("age"), "eq", 18)),
        (state("care").in_("a", "b"), Among(tree.StateRef("care"), ("a", "b"))),
        (field("x").in_(), Among(tree.FieldRef("x"), ())),
        (given("x").known, Known(tree.GivenRef("x"))),
        (balance("beds") >= 1, Compare(tree.BalanceRef("beds"), "ge", 1)),
        (elapsed_since("in") >= days(7), Compare(tree.ElapsedRef("in"), "ge", timedelta(7))),
        (hours(1), timedelta(hours=1)),
        (minutes(1), timedelta(minutes=1)),
        (overdue("stay"), tree.Overdue("stay")),
        (actor.has_role("nurse"), tree.HasRole("nurse")),
        (actor.differs_from("ask"), tree.Differs("ask")),
        (optional("police", overdue("x")), tree.Optional("police", tree.Overdue("x"))),
        (slot("ready"), tree.Slotted("ready")),
        (~overdue("x"), Not(tree.Overdue("x"))),
        (field("x") == "e\u0301", Compare(tree.FieldRef("x"), "eq", "é")),
    ],
    ids=str,
)
def test_an_expression_builds_a_value(built: Any, value: Any) -> None:
    assert value == built
    assert repr(value) == repr(built)


A, B, C = overdue("a"), overdue("b"), overdue("c")


def test_terms_of_one_kind_stand_beside_each_other() -> None:
    assert All((A, B, C)) == A & B & C == A & (B & C)
    assert tree.Any((A, B, C)) == A | B | C == A | (B | C)
    assert All((A, tree.Any((B, C)))) == A & (B | C)
    assert (A, B) == clauses(A & B)
    assert (A,) == clauses(A)
    assert () == clauses(ALWAYS)


def test_equality_is_by_structure_and_by_type() -> None:
    assert A & B != B & A
    assert (field("x") == 1) == (field("x") == 1)
    assert len({field("x") == 1, field("x") == True, field("x") == 1.0, field("x") == Decimal(1)}) == 4  # noqa: E712
    assert Among(tree.FieldRef("x"), (1,)) != Among(tree.FieldRef("x"), (True,))
    assert hash(A & B) == hash(A & B)


@pytest.mark.parametrize("wrong", [A, A & B, ~A, ALWAYS, NEVER, field("x"), field("x") == 1], ids=str)
def test_nothing_of_the_language_is_true_or_false_by_itself(wrong: Any) -> None:
    with pytest.raises(TypeError):
        bool(wrong)
    with pytest.raises(TypeError):
        assert not (0 if wrong else 1)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: A and B,
        lambda: 1 < field("x") < 5,
        lambda: {field("x")},
        lambda: state("x").known,
        lambda: balance("x").known,
        lambda: A & True,
        lambda: A | "x",
        lambda: field("x") in [field("y")],
        lambda: Among(tree.FieldRef("x"), "abc"),  # type: ignore[arg-type]
    ],
    ids=range(9),
)
def test_a_mistake_in_an_expression_is_told_at_once(mistake: Any) -> None:
    with pytest.raises((TypeError, InvalidValue)):
        mistake()


@pytest.mark.parametrize(
    "wrong",
    [None, float("nan"), float("inf"), 2**63, "\0", "\ud800", datetime(2026, 1, 1), Decimal("0.0000001"), ..., b"x"],
    ids=ascii,
)
def test_a_literal_that_is_no_value_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidValue):
        assert field("x") == wrong
    with pytest.raises(InvalidValue):
        field("x").in_(wrong)


def test_a_condition_is_frozen_and_can_be_copied() -> None:
    condition = (field("x") == 1) & ~B

    assert condition == copy.deepcopy(condition) == pickle.loads(pickle.dumps(condition))
    with pytest.raises(AttributeError):
        condition.terms = ()  # type: ignore[attr-defined]


def test_walking_meets_every_part_once() -> None:
    condition = (A & ~B) | optional("p", C)

    assert 7 == len(list(walk(condition)))
    assert 4 == depth(condition)


# -- three values ------------------------------------------------------------------------------

TRUE, FALSE, UNKNOWN = field("t") == 1, field("t") == 2, field("u") == 1
VALUES: dict[Verdict, Condition] = {True: TRUE, False: FALSE, None: UNKNOWN}


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, True, None, True),
        (None, False, False, None),
        (None, None, None, None),
    ],
)
def test_and_and_or_are_those_of_sql(left: Verdict, right: Verdict, both: Verdict, either: Verdict) -> None:
    told = facts(data={"t": 1})

    assert both is reader(VALUES[left] & VALUES[right])(told)
    assert either is reader(VALUES[left] | VALUES[right])(told)


@pytest.mark.parametrize(("term", "expected"), [(True, False), (False, True), (None, None)])
def test_not_leaves_unknown_unknown(term: Verdict, expected: Verdict) -> None:
    assert expected is reader(Not(VALUES[term]))(facts(data={"t": 1}))


@pytest.mark.parametrize(
    ("condition", "told", "expected"),
    [
        (ALWAYS, {}, True),
        (NEVER, {}, False),
        (field("x").in_(), {}, False),
        (field("x").in_(1), {}, None),
        (field("x").in_(1, 2), {"data": {"x": 2}}, True),
        (field("x").known, {}, False),
        (given("x") == 1, {}, None),
        (given("x") == 1, {"form": {"x": 1}}, True),
        (state("w") == "a", {}, False),
        (state("w") != "a", {}, True),
        (state("w").in_("a"), {"states": {"w": "a"}}, True),
        (overdue("d"), {}, False),
        (overdue("d"), {"dues": {"d": NOW}}, True),
        (overdue("d"), {"dues": {"d": NOW + timedelta.resolution}}, False),
        (elapsed_since("m") >= hours(1), {}, None),
        (elapsed_since("m") >= hours(1), {"marks": {"m": NOW - hours(1)}}, True),
        (elapsed_since("m") > hours(1), {"marks": {"m": NOW - hours(1)}}, False),
        (balance("b") >= 1, {}, None),
        (balance("b") >= 1, {"balances": {"b": 0}}, False),
        (actor.has_role("clerk"), {}, True),
        (actor.has_role("chief"), {}, False),
        (actor.differs_from("t"), {}, None),
        (actor.differs_from("t"), {"acts": {"t": "li"}}, False),
        (actor.differs_from("t"), {"acts": {"t": "wang"}}, True),
        (optional("w", overdue("d")), {}, False),
        (field("x") == "A", {"data": {"x": "a"}}, False),
    ],
    ids=str,
)
def test_each_atom_is_true_false_or_unknown(condition: Condition, told: dict[str, Any], expected: Verdict) -> None:
    assert expected is reader(condition)(facts(**told))


def test_a_slot_has_to_be_bound_before_it_is_read() -> None:
    with pytest.raises(TypeError, match="bound"):
        reader(slot("x"))


# -- words -------------------------------------------------------------------------------------


X, Y, Z = (field(name).known for name in "xyz")


def _names(kind: str, name: str, language: str) -> str:
    return f"{kind}:{name}"


@pytest.mark.parametrize(
    ("condition", "en", "zh"),
    [
        (field("age") < 18, "field:age < 18", "field:age<18"),
        (field("age") == 18, "field:age is 18", "field:age为18"),
        (field("age") != 18, "field:age is not 18", "field:age不为18"),
        (~(field("age") < 18), "field:age ≥ 18", "field:age≥18"),
        (~(field("age") == 18), "field:age is not 18", "field:age不为18"),
        (field("ok") == True, "field:ok is yes", "field:ok为是"),  # noqa: E712
        (field("sex") == "male", "field:sex is choice:sex.male", "field:sex为choice:sex.male"),
        (given("sex") == "male", "given:sex is choice:sex.male", "given:sex为choice:sex.male"),
        (state("c").in_("a", "b"), "workflow:c is one of state:c.a, state:c.b", "workflow:c为以下之一：state:c.a、state:c.b"),  # noqa: E501
        (~state("c").in_("a"), "workflow:c is none of state:c.a", "workflow:c不是以下任何一个：state:c.a"),
        (field("x").known, "field:x is known", "已知field:x"),
        (~field("x").known, "field:x is not known", "field:x未知"),
        (overdue("d"), "the deadline deadline:d has run out", "期限“deadline:d”已过"),
        (~overdue("d"), "the deadline deadline:d has not run out", "期限“deadline:d”未过"),
        (actor.has_role("r"), "whoever acts is role:r", "办理人是role:r"),
        (~actor.has_role("r"), "whoever acts is not role:r", "办理人不是role:r"),
        (
            actor.differs_from("t"),
            "whoever acts is another person than the one who did: trigger:t",
            "办理人不是办理“trigger:t”的人",
        ),
        (~actor.differs_from("t"), "whoever acts is the person who did: trigger:t", "办理人就是办理“trigger:t”的人"),
        (elapsed_since("m") >= days(7), "the time since mark:m is ≥ 7d", "自mark:m起的时间≥7d"),
        (balance("b") >= 1, "account:b ≥ 1", "account:b≥1"),
        (field("at") > NOW, "field:at > 2026-03-01 00:00 UTC", "field:at>2026-03-01 00:00 UTC"),
        (field("on") == date(2026, 1, 2), "field:on is 2026-01-02", "field:on为2026-01-02"),
        (field("w") == Decimal("1.50"), "field:w is 1.5", "field:w为1.5"),
        (optional("p", X), "where there is workflow:p: field:x is known", "如有“workflow:p”：已知field:x"),
        (slot("s"), "s (bound by the host)", "s（由宿主绑定）"),
        (X & (Y | ~Z), "field:x is known and (field:y is known or field:z is not known)", "已知field:x，且(已知field:y，或field:z未知)"),  # noqa: E501
        (~(X & Y), "not (field:x is known and field:y is known)", "并非（已知field:x，且已知field:y）"),
        (ALWAYS, "nothing more is asked", "无其他条件"),
        (NEVER, "never", "永不"),
    ],
    ids=str,
)  # fmt: skip
def test_every_condition_can_be_said(condition: Condition, en: str, zh: str) -> None:
    assert en == sentence(condition, _names, "en")
    assert zh == sentence(condition, _names, "zh")


EVIL = "{0.__class__.__init__.__globals__} {} %s ${x} {0}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_f77_titles_and_values_are_never_templates(language: Any) -> None:
    every = (
        (field("x") == EVIL) & field("x").in_(EVIL, "b") & overdue("d") & slot(EVIL) & optional("p", field("y").known)
    )
    said = sentence(every, lambda kind, name, _: EVIL, language)

    assert 9 == said.count(EVIL)
    assert "__main__" not in said and "module" not in said


# -- documents ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "table"),
    [
        (field("age") < 18, {"field": "age", "lt": 18}),
        (state("care").in_("a"), {"state": "care", "in": ["a"]}),
        (field("x").known, {"known": "x"}),
        (given("x").known, {"known_given": "x"}),
        (actor.has_role("r"), {"role": "r"}),
        (elapsed_since("m") >= days(7), {"elapsed_since": "m", "ge": "7d"}),
        (elapsed_since("m") >= hours(36), {"elapsed_since": "m", "ge": "36h"}),
        (actor.differs_from("t"), {"differs_from": "t"}),
        (overdue("d"), {"overdue": "d"}),
        (balance("b") >= 1, {"balance": "b", "ge": 1}),
        (A & B, {"all": [{"overdue": "a"}, {"overdue": "b"}]}),
        (A | B, {"any": [{"overdue": "a"}, {"overdue": "b"}]}),
        (~A, {"not": {"overdue": "a"}}),
        (optional("p", A), {"optional": "p", "then": {"overdue": "a"}}),
        (slot("s"), {"slot": "s"}),
        (field("on") == date(2026, 1, 2), {"field": "on", "eq": {"date": "2026-01-02"}}),
        (field("w") == Decimal("1.50"), {"field": "w", "eq": {"decimal": "1.5"}}),
        (field("f") == 1.0, {"field": "f", "eq": {"float": "1.0"}}),
        (field("at") == NOW, {"field": "at", "eq": {"instant": "2026-03-01T00:00:00Z"}}),
    ],
    ids=str,
)
def test_a_condition_and_its_table_are_one(condition: Condition, table: dict[str, Any]) -> None:
    assert table == to_table(condition)
    assert condition == from_table(table)
    assert repr(condition) == repr(from_table(table))


_DEEP: Any = {"overdue": "a"}
for _ in range(10_000):
    _DEEP = {"not": _DEEP}

WRONG_TABLES: list[Any] = [
    {},
    [],
    None,
    "field < 1",
    {"field": "x"},
    {"field": "x", "lt": 1, "gt": 2},
    {"field": "x", "state": "y", "eq": 1},
    {"field": "x", "like": "y"},
    {"field": 1, "eq": 1},
    {"field": "", "eq": 1},
    {"field": "x", "eq": None},
    {"field": "x", "eq": [1]},
    {"field": "x", "eq": {"pickle": "x"}},
    {"field": "x", "eq": {"date": "2026-02-30"}},
    {"field": "x", "eq": {"date": "2026-01-01", "float": "1"}},
    {"field": "x", "eq": {"float": "nan"}},
    {"field": "x", "eq": {"instant": "2026-01-01T00:00:00"}},
    {"field": "x", "in": "abc"},
    {"field": "x", "in": [None]},
    {"elapsed_since": "x", "ge": 7},
    {"elapsed_since": "x", "ge": "7"},
    {"elapsed_since": "x", "ge": "-7d"},
    {"elapsed_since": "x", "ge": "９d"},
    {"elapsed_since": "x", "ge": "99999999999d"},
    {"all": {}},
    {"not": []},
    {"known": 1},
    {"role": "x\0"},
    {"optional": "x"},
    {"__class__": "x"},
    _DEEP,
]


@pytest.mark.parametrize("table", WRONG_TABLES, ids=range(len(WRONG_TABLES)))
def test_a_table_that_says_nothing_is_refused(table: Any) -> None:
    with pytest.raises(InvalidValue):
        from_table(table)

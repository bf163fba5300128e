"""The SQL reader answers as the Python reader does: every value against every literal by every operator."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from rows import ACTS, KINDS, LIMITED, MARKS, MICRO, NOW, ORDERED, PEOPLE, UNITS, Row, Rows, pool
from sqlalchemy import Double, null
from stores import quick

from casework.condition import tree
from casework.condition.build import actor, balance, days, elapsed_since, field, hours, overdue, state
from casework.condition.tree import ALWAYS, NEVER, OPERATORS, Among, Compare, Condition, Not
from casework.model.actor import Actor
from casework.soundness import check_condition
from casework.storage import codec, predicate
from casework.storage.predicate import Predicates

pytestmark = pytest.mark.both

LI = Actor("li", roles={"clerk"}, unit="anlu")
ASKERS = (LI, Actor("x", roles={"nurse", "owner"}, person="wang"), Actor("zhao"))
Sweep = Callable[[], tuple[list[Row], list[Condition]]]


def _values(kind: str) -> tuple[list[Row], list[Condition]]:
    name, values = f"a_{kind}", pool(kind)
    operators = OPERATORS if kind in ORDERED else ("eq", "ne")
    ref = tree.FieldRef(name)
    conditions: list[Condition] = [Compare(ref, op, value) for op in operators for value in values]  # type: ignore[arg-type]
    conditions += [Among(ref, values[i : i + size]) for size in (0, 1, 3, len(values)) for i in range(len(values))]
    conditions += [tree.Known(ref), Not(tree.Known(ref)), *(Not(item) for item in conditions[:: len(values) + 1])]
    return [Row(), *(Row(data={name: value}) for value in values)], conditions


def _sealed() -> tuple[list[Row], list[Condition]]:
    names = ("name", "diagnosis", "shelter", "passport")
    rows = [Row(), *(Row(data={name: "x"}) for name in names), Row(data=dict.fromkeys(names, "x"))]
    return rows, [*(field(name).known for name in names), *(~field(name).known for name in names)]


def _states() -> tuple[list[Row], list[Condition]]:
    names = {"alpha": ("new", "going", "waiting", "done"), "beta": ("idle", "busy", "over")}
    rows = [Row(states={"alpha": a, "beta": b}) for a in names["alpha"] for b in names["beta"]]
    rows.append(Row(states={"alpha": "new"}))  # opened before beta was attached
    conditions: list[Condition] = []
    for workflow, found in names.items():
        conditions += [c for name in (*found, "") for c in (state(workflow) == name, state(workflow) != name)]
        conditions += [state(workflow).in_(), state(workflow).in_(*found[:2]), state(workflow).in_(*found)]
    return rows, conditions + [Not(item) for item in conditions]


def _times() -> tuple[list[Row], list[Condition]]:
    spans = (hours(0), hours(1), days(7), MICRO * 10**6, days(400_000), days(999_999_999))
    instants = [NOW - span + n * MICRO for span in spans[:4] for n in (-1, 0, 1)]
    rows = [Row(), *(Row(marks={mark: at}) for mark in MARKS for at in instants)]
    rows += [Row(dues={name: at}) for name in ("soon", "late") for at in instants]
    lefts = [tree.ElapsedRef(mark) for mark in MARKS]
    conditions: list[Condition] = [Compare(left, op, span) for left in lefts for op in OPERATORS for span in spans]
    conditions += [overdue("soon"), overdue("late"), ~overdue("soon"), Not(elapsed_since("alpha.new") > hours(1))]
    return rows, conditions


def _acts() -> tuple[list[Row], list[Condition]]:
    rows = [Row(), *(Row(acts={act: person}) for act in ACTS for person in PEOPLE)]
    rows += [
        Row(roles=frozenset({(role, p)}), unit=unit) for role in ("owner", "helper") for p in PEOPLE for unit in UNITS
    ]
    conditions = [actor.differs_from(act) for act in ACTS]
    conditions += [actor.has_role(role) for role in ("clerk", "nurse", "owner", "helper")]
    return rows, conditions + [Not(item) for item in conditions]


def _balances() -> tuple[list[Row], list[Condition]]:
    kinds = pool("choice")
    rows = [Row(), Row(unit="anlu|male")]
    rows += [
        Row(unit=unit, data={"a_choice": kind}, balances={name: amount})
        for n, name in enumerate(LIMITED)
        for kind in kinds
        for unit, amount in ((f"u{n}{kind}", -1), (f"v{n}{kind}", 0), (f"w{n}{kind}", 2**62))
    ]
    rows += [Row(unit=f"x{n}", balances={name: 3}) for n, name in enumerate(LIMITED)]
    lefts = [tree.BalanceRef(name) for name in LIMITED]
    conditions: list[Condition] = [
        Compare(left, op, n) for left in lefts for op in OPERATORS for n in (-1, 0, 1, 2**62)
    ]
    amounts = balance("beds")
    return rows, [*conditions, amounts.in_(), amounts.in_(0, 3), Not(amounts.in_(0, -1))]


def _joined() -> tuple[list[Row], list[Condition]]:
    true, false, unknown = field("a_boolean") == True, field("a_integer") == 1, field("a_decimal").known & ALWAYS  # noqa: E712
    parts = (true, false, unknown, field("a_text") == "a", ALWAYS, NEVER)
    pairs = [(a, b) for a in parts for b in parts]
    conditions: list[Condition] = [item for a, b in pairs for item in (a & b, a | b, ~a & b, ~(a | ~b))]
    conditions += [tree.All(()), tree.Any(()), tree.All((true,)), tree.Any((false,)), tree.All((tree.Any(()), true))]
    return [Row(data=data) for data in ({}, {"a_boolean": True}, {"a_boolean": False, "a_integer": 2})], conditions


SWEEPS: dict[str, Sweep] = {
    **{kind: (lambda kind=kind: _values(kind)) for kind in KINDS},  # type: ignore[misc]
    "sealed": _sealed,
    "states": _states,
    "times": _times,
    "acts": _acts,
    "balances": _balances,
    "joined": _joined,
}


@pytest.mark.parametrize("sweep", SWEEPS)
@pytest.mark.parametrize("asker", ASKERS, ids=lambda asker: asker.id)
def test_both_readers_answer_the_same(rows: Rows, sweep: str, asker: Actor) -> None:
    cases, conditions = SWEEPS[sweep]()

    assert [] == rows.differences(cases, conditions, asker)


@pytest.mark.parametrize("kind", KINDS)
def test_the_matrix_holds_true_false_and_unknown(rows: Rows, kind: str) -> None:
    cases, conditions = _values(kind)
    with rows.undone() as transaction:
        for i, row in enumerate(cases):
            rows.add(transaction, i, row)
        told = rows.told(transaction, conditions, LI, NOW)

    assert {True, False, None} == {answer for answers in told.values() for answer in answers}


@pytest.mark.parametrize("kind", ["text", "choice", "boolean"])
@pytest.mark.parametrize("op", ["lt", "le", "gt", "ge"])
def test_what_has_no_order_is_never_compared(rows: Rows, kind: str, op: Any) -> None:
    condition = Compare(tree.FieldRef(f"a_{kind}"), op, pool(kind)[0])

    assert ["CW302"] == [finding.code for finding in check_condition(rows.compiled.case_type, condition)]


def _as_stored(kind: str, encode: Callable[[Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setitem(codec._ENCODE, kind, encode)  # type: ignore[arg-type]


def _decimal_as_float(patch: pytest.MonkeyPatch) -> None:
    column_type = codec.column_type
    patch.setitem(codec._ENCODE, "decimal", float)
    patch.setitem(codec._DECODE, "decimal", lambda stored: codec.checked(codec.Decimal(repr(stored))))
    patch.setattr("casework.storage.projection.column_type", lambda k: Double() if k == "decimal" else column_type(k))


def _raw_state(patch: pytest.MonkeyPatch) -> None:
    column = Predicates._column

    def raw(self: Predicates, left: tree.Operand) -> Any:
        is_state = isinstance(left, tree.StateRef)
        return self._projection.column("states", left.workflow) if is_state else column(self, left)

    patch.setattr(Predicates, "_column", raw)


def _empty_unknown(patch: pytest.MonkeyPatch) -> None:
    among = Predicates._among
    patch.setattr(Predicates, "_among", lambda self, left, values: among(self, left, values) if values else null())


def _operator(name: str, wrong: Callable[[Any, Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setitem(predicate._OPERATORS, name, wrong)


def _roles_everywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Predicates, "within", lambda self, reach: predicate.true())


def _uncorrelated(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("casework.storage.predicate._FLIPPED", {name: name for name in OPERATORS})


PLANTED: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "instants cut to milliseconds": (_as_stored("instant", lambda v: codec.to_micros(v) // 1000 * 1000), "instant"),
    "offsets dropped": (_as_stored("instant", lambda v: codec.to_micros(v) % 86_400_000_000), "instant"),
    "> read as >=": (_operator("gt", operator.ge), "integer"),
    "<= read as <": (_operator("le", operator.lt), "date"),
    "a null state left unknown": (_raw_state, "states"),
    "an empty in_ is unknown": (_empty_unknown, "text"),
    "decimals as floats": (_decimal_as_float, "decimal"),
    "integers as floats": (_as_stored("integer", lambda v: int(float(v)) if abs(v) < 2**62 else v), "integer"),
    "text without its case": (_as_stored("text", str.lower), "text"),
    "roles of another unit": (_roles_everywhere, "acts"),
    "elapsed the wrong way round": (_uncorrelated, "times"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_bug_is_found(planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, sweep = PLANTED[planted]
    plant(monkeypatch)
    bugged = Rows(quick())

    assert [] != bugged.differences(*SWEEPS[sweep](), LI)

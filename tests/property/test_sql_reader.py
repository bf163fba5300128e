"""The SQL reader answers as the Python reader does, for random conditions over random cases.

Literals and values come from the same few draws, or nothing would ever be equal or one step apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from rows import ACTS, KINDS, LIMITED, MARKS, NOW, ORDERED, PEOPLE, STAFF, UNITS, Row, Rows, pool
from stores import Stores
from strategies import conditions, values

from casework.condition import tree
from casework.condition.literal import Value
from casework.condition.tree import OPERATORS, Among, Compare, Condition, Differs, HasRole, Known, Overdue
from casework.model.actor import Actor

pytestmark = pytest.mark.both

STATES = {"alpha": ("new", "going", "waiting", "done"), "beta": ("idle", "busy", "over")}
SPANS = [timedelta(0), timedelta(hours=1), timedelta(days=2), timedelta(seconds=1)]
INSTANTS = [
    NOW - span + shift for span in SPANS for shift in (-timedelta.resolution, timedelta(0), timedelta.resolution)
]


@pytest.fixture(scope="module")
def opened(stores: Stores) -> Iterator[Rows]:
    """One store for all examples; each is undone."""
    with stores.quick() as url:
        rows = Rows(url)
        yield rows
        rows.store.engine.dispose()


def _drawn(kind: str) -> SearchStrategy[list[Value]]:
    """A few values of one kind, near each other, for cases and literals alike."""
    single = st.sampled_from(pool(kind)) if kind == "choice" else st.sampled_from(pool(kind)) | values(kind)
    return st.lists(single, min_size=1, max_size=4)


def _about(left: tree.Operand, literals: list[Any], kind: str) -> SearchStrategy[Condition]:
    operators = st.sampled_from(OPERATORS if kind in ORDERED else ("eq", "ne"))
    several = st.lists(st.sampled_from(literals), max_size=4).map(tuple)
    return st.builds(Compare, st.just(left), operators, st.sampled_from(literals)) | st.builds(
        Among, st.just(left), several
    )


@st.composite
def fields_alone(draw: Any) -> tuple[list[Row], list[Condition]]:
    """Cases and conditions about one field."""
    kind = draw(st.sampled_from(KINDS))
    name, drawn = f"a_{kind}", draw(_drawn(kind))
    leaf = _about(tree.FieldRef(name), drawn, kind) | st.just(Known(tree.FieldRef(name)))
    found = draw(st.lists(conditions(leaf, size=3), min_size=1, max_size=8))
    return [Row(), *(Row(data={name: value}) for value in drawn)], found


def _leaves(drawn: dict[str, list[Value]]) -> SearchStrategy[Condition]:
    fields = [_about(tree.FieldRef(f"a_{kind}"), found, kind) for kind, found in drawn.items()]
    states = [_about(tree.StateRef(workflow), list(names), "text") for workflow, names in STATES.items()]
    balances = [_about(tree.BalanceRef(name), [-1, 0, 1, 2], "integer") for name in LIMITED]
    known = st.sampled_from([*(f"a_{kind}" for kind in drawn), "name", "diagnosis", "passport"])
    elapsed = st.builds(tree.ElapsedRef, st.sampled_from(MARKS))
    return st.one_of(
        *fields,
        *states,
        *balances,
        st.builds(Known, st.builds(tree.FieldRef, known)),
        st.builds(Compare, elapsed, st.sampled_from(OPERATORS), st.sampled_from(SPANS)),
        st.builds(Overdue, st.sampled_from(["soon", "late"])),
        st.builds(Differs, st.sampled_from(ACTS)),
        st.builds(HasRole, st.sampled_from([*STAFF, "owner", "helper"])),
        st.sampled_from([tree.ALWAYS, tree.NEVER]),
    )


def _maybe(names: Any, value: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, value))


@st.composite
def _row(draw: Any, drawn: dict[str, list[Value]]) -> Row:
    data = {f"a_{kind}": st.sampled_from(found) for kind, found in drawn.items()}
    sealed = {name: st.just("x") for name in ("name", "diagnosis", "passport")}
    held = st.tuples(st.sampled_from(["owner", "helper"]), st.sampled_from(PEOPLE))
    return Row(
        states={
            name: draw(st.sampled_from(found))
            for name, found in STATES.items()
            if name == "alpha" or draw(st.booleans())
        },
        data=draw(st.fixed_dictionaries({}, optional=data | sealed)),
        marks=draw(_maybe(MARKS, st.sampled_from(INSTANTS))),
        dues=draw(_maybe(["soon", "late"], st.sampled_from(INSTANTS))),
        acts=draw(_maybe(ACTS, st.sampled_from(PEOPLE))),
        balances=draw(_maybe(LIMITED, st.sampled_from([-1, 0, 1, 2]))),
        roles=draw(st.frozensets(held, max_size=2)),
        unit=draw(st.sampled_from(UNITS)),
    )


@st.composite
def joint(draw: Any) -> tuple[list[Row], list[Condition], Actor]:
    """Cases, conditions about everything that a condition may name, and whoever asks."""
    drawn = {
        kind: draw(_drawn(kind)) for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    }
    rows = draw(st.lists(_row(drawn), min_size=1, max_size=6))
    found = draw(st.lists(conditions(_leaves(drawn), size=8), min_size=1, max_size=5))
    roles = draw(st.frozensets(st.sampled_from(STAFF)))
    actor = Actor("x", roles, unit=draw(st.none() | st.sampled_from(UNITS)), person=draw(st.sampled_from(PEOPLE)))
    return rows, found, actor


@given(drawn=fields_alone())
def test_both_readers_agree_about_each_field(opened: Rows, drawn: tuple[list[Row], list[Condition]]) -> None:
    assert [] == opened.differences(*drawn, Actor("li"))


@given(drawn=joint())
def test_both_readers_agree_about_everything_at_once(
    opened: Rows, drawn: tuple[list[Row], list[Condition], Actor]
) -> None:
    assert [] == opened.differences(*drawn)

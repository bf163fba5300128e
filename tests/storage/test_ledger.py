"""The ledger: nothing vanishes or doubles, no limit is crossed, whatever is posted, reserved, settled or given back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outside import outside
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from stores import quick

from casework import (
    Account,
    Actor,
    CaseType,
    Casework,
    Choice,
    Field,
    Given,
    Post,
    Refused,
    Role,
    Settle,
    State,
    Transition,
    Void,
    Workflow,
)
from casework.deciding.draft import account_key
from casework.deciding.effects import AMOUNT_LIMIT
from casework.model.case import Snapshot
from casework.storage import schema
from casework.storage.sql.engine import StoreOptions, open_engine

pytestmark = pytest.mark.both

COUNT = Field("count", "integer", required=True)
KIND = Field("kind", "choice", required=True, choices=(Choice("east"), Choice("west")))
# trigger: (debit, credit, hold) of a posting of the amount that the form gives
POSTS: dict[str, tuple[str, str, str | None]] = {
    "fill": ("used", "beds", None),
    "take": ("beds", "used", None),
    "reserve": ("beds", "used", "bed"),
    "move": ("beds", "spare", "bed"),
    "pay": ("bank", "purse", None),
    "spend": ("purse", "sink", None),
    "promise": ("purse", "bank", "coin"),
}
ENDS = {"settle_bed": Settle("bed"), "void_bed": Void("bed"), "settle_coin": Settle("coin"), "void_coin": Void("coin")}
LIMITS: dict[str, tuple[int | None, int | None]] = {
    "beds": (0, 6),
    "spare": (None, 4),
    "purse": (0, 5),
    "bank": (-9, None),
}


def _step(name: str, effects: Any, form: Any = ()) -> Transition:
    return Transition(name, "open", roles="clerk", form=form, effects=effects)


HOUSE = CaseType(
    "house",
    chain=(
        Workflow(
            "house",
            initial="open",
            states=(State("open"), State("shut", final=True)),
            transitions=(
                *(
                    _step(name, [Post(debit, credit, Given("count"), hold)], [COUNT])
                    for name, (debit, credit, hold) in POSTS.items()
                ),
                *(_step(name, [effect]) for name, effect in ENDS.items()),
                _step("both", [Post("beds", "used", Given("count")), Post("bank", "purse", Given("count"))], [COUNT]),
                Transition("shut", "open", "shut", roles="clerk"),
            ),
        ),
    ),
    data=(KIND,),
    roles=(Role("clerk"),),
    opens="clerk",
    grants={"view": "clerk", "edit": "clerk", "correct": "clerk"},
    accounts=(
        Account("beds", "bed", by="kind", minimum=0, maximum=6),
        Account("spare", "bed", maximum=4),
        Account("used", "bed", by="kind"),
        Account("purse", "coin", owner="case", minimum=0, maximum=5),
        Account("bank", "coin", owner="tenant", minimum=-9),
        Account("sink", "coin"),
    ),
)
CLERK = Actor("li", {"clerk"})
STEPS = st.tuples(st.sampled_from([*POSTS, *ENDS, "both", "kind"]), st.integers(0, 3), st.integers(1, 4))


class Model:
    """What each account has, worked out apart from the engine."""

    def __init__(self) -> None:
        self.left: dict[str, int] = {}
        self.flying: list[tuple[int, str, str, str, int]] = []

    def move(self, changes: list[tuple[str, int]]) -> bool:
        """All changes in order, or none where one crosses a limit on the way."""
        after = dict(self.left)
        for key, change in changes:
            after[key] = after.get(key, 0) + change
            low, high = LIMITS.get(key.partition("|")[0], (None, None))
            if (low is not None and after[key] < low and change < 0) or (
                high is not None and after[key] > high and change > 0
            ):
                return False
        self.left = after
        return True


def _key(name: str, case: int, unit: str, kind: str, ids: list[str]) -> str:
    owner = {"purse": ids[case], "bank": ""}.get(name, unit)
    return f"{name}|{owner}|{kind if name in ('beds', 'used') else ''}"


def _predicted(model: Model, step: str, case: int, count: int, keys: dict[str, str]) -> bool:
    """What the model says of one step, and the step taken where it says yes."""
    if step in POSTS:
        debit, credit, hold = POSTS[step]
        if not model.move([(keys[debit], -count), *([(keys[credit], count)] if hold is None else [])]):
            return False
        if hold is not None:
            model.flying.append((case, hold, keys[debit], keys[credit], count))
        return True
    if step == "both":
        pairs = [("beds", -count), ("used", count), ("bank", -count), ("purse", count)]
        return model.move([(keys[name], change) for name, change in pairs])
    ended = [item for item in model.flying if item[0] == case and item[1] == step.partition("_")[2]]
    side = 3 if step.startswith("settle") else 2
    if not model.move([(str(item[side]), item[4]) for item in ended]):
        return False
    model.flying = [item for item in model.flying if item not in ended]
    return True


@given(st.lists(STEPS, min_size=5, max_size=40))
def test_limits_hold_and_every_commodity_adds_up_to_nothing(steps: list[tuple[str, int, int]]) -> None:
    app = Casework(quick(), case_types=[HOUSE])
    app.create_tables()
    desk, model = app.desk(CLERK), Model()
    units, kinds = ["a", "a", "b", "a|east"], ["east", "west", "east", "east"]
    ids = [desk.open("house", unit=unit, kind=kind).id for unit, kind in zip(units, kinds, strict=True)]
    for step, case, count in steps:
        if step == "kind":
            kinds[case] = {"east": "west", "west": "east"}[kinds[case]]
            desk.amend(ids[case], kind=kinds[case])
            continue
        keys = {account.name: _key(account.name, case, units[case], kinds[case], ids) for account in HOUSE.accounts}
        expected = _predicted(model, step, case, count, keys)
        try:
            desk.fire(ids[case], step, {} if step in ENDS else {"count": count})
            code = "accepted"
        except Refused as no:
            code = no.refusal.code

        assert ("accepted" if expected else "limit-reached") == code, (step, case, count)
    _compared(app, model)
    app.dispose()


def _compared(app: Casework, model: Model) -> None:
    with app._engine.store.engine.connect() as connection:
        stored = dict(connection.exec_driver_sql("SELECT account, amount FROM casework_balance").all())
        postings = connection.exec_driver_sql(
            "SELECT debit, credit, commodity, amount, state FROM casework_posting"
        ).all()
    posted: dict[str, int] = {}
    per_commodity: dict[str, int] = {}
    for debit, credit, commodity, amount, state in postings:
        went, came = (0 if state == "voided" else amount), (amount if state in ("posted", "settled") else 0)
        flying = amount if state == "pending" else 0
        posted[debit], posted[credit] = posted.get(debit, 0) - went, posted.get(credit, 0) + came
        per_commodity[commodity] = per_commodity.get(commodity, 0) - went + came + flying

    assert {key: amount for key, amount in model.left.items() if amount} == {key: n for key, n in posted.items() if n}
    assert {key: n for key, n in stored.items() if n} == {
        k: n for k, n in model.left.items() if n and k.partition("|")[0] in LIMITS
    }
    assert set() == {commodity for commodity, amount in per_commodity.items() if amount}
    assert () == app.verify().faults


@pytest.fixture
def app(url: str) -> Iterator[Casework]:
    made = Casework(url, case_types=[HOUSE])
    made.create_tables()
    yield made
    made.dispose()


@pytest.mark.parametrize("count", [0, -1, AMOUNT_LIMIT + 1, 2**63 - 1])
@pytest.mark.parametrize("trigger", ["fill", "spend", "promise", "both"])
def test_an_amount_that_is_none_is_refused(app: Casework, trigger: str, count: int) -> None:
    desk = app.desk(CLERK)
    case = desk.open("house", kind="east")
    with pytest.raises(Refused) as no:
        desk.fire(case, trigger, count=count)

    assert "invalid-form" == no.value.refusal.code
    assert () == app.verify().faults


def test_a_correction_posts_the_other_way_round(app: Casework) -> None:
    desk = app.desk(CLERK)
    case = desk.fire(desk.open("house", kind="east"), "fill", count=5)
    case = desk.correct(case, case.revision, because="there are none")
    with pytest.raises(Refused) as no:
        desk.fire(case, "take", count=1)

    assert "limit-reached" == no.value.refusal.code
    assert () == app.verify().faults


@pytest.mark.parametrize(
    "statement", ["UPDATE casework_balance SET amount = -1", "UPDATE casework_balance SET amount = 7"]
)
def test_the_database_itself_refuses_to_cross_a_limit(app: Casework, url: str, statement: str) -> None:
    desk = app.desk(CLERK)
    desk.fire(desk.open("house", kind="east"), "fill", count=5)
    refused = (sqlite3.IntegrityError, psycopg.errors.CheckViolation)
    with outside(url) as store, pytest.raises(refused, match="ck_casework_balance"):
        store.do(statement)


@pytest.mark.parametrize(("amount", "state"), [(0, "posted"), (-1, "posted"), (1, "lost"), (1, "")])
def test_the_database_itself_refuses_a_posting_that_is_none(database: str, amount: int, state: str) -> None:
    engine = open_engine(database, StoreOptions())
    schema.metadata.create_all(engine)
    row = {"tenant": "t", "case_id": "c", "number": 1, "line": 0, "debit": "a", "credit": "b", "commodity": "x"}
    with engine.begin() as connection, pytest.raises(IntegrityError, match="ck_casework_posting"):
        connection.execute(insert(schema.posting).values(**row, amount=amount, state=state, hold=None))
    engine.dispose()


NAMES = st.text("abc|", max_size=5)


@given(st.lists(st.tuples(st.sampled_from(HOUSE.accounts), NAMES, st.sampled_from(["east", "west"])), max_size=12))
def test_keys_tell_accounts_apart_whatever_units_are_called(owners: list[tuple[Account, str, str]]) -> None:
    keys = {}
    for account, unit, kind in owners:
        case = Snapshot(
            tenant="t", id=unit, case_type="house", manifest="", revision=1, unit=unit, opened_at=None, closed_at=None,  # type: ignore[arg-type]
            parent=None, head=b"", states={}, data={}, marks={}, dues={}, acts={}, subjects={},
        )  # fmt: skip
        owner = "" if account.owner == "tenant" else unit
        keys.setdefault(account_key(account, case, {"kind": kind}), set()).add(
            (account.name, owner, kind if account.by else "")
        )

    assert [] == [found for found in keys.values() if len(found) > 1]

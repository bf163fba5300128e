"""A decision is written under the revision that it was decided on, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework import Actor, CaseType, Casework, Field, FrozenClock, State, Transition, Workflow, keep, seeded_entropy
from casework.compiled import Compiled
from casework.deciding import decide
from casework.ids import system_entropy
from casework.model.case import Move
from casework.model.decision import Decision
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.sql.transaction import Duplicate
from casework.storage.store import Lost, Store

pytestmark = pytest.mark.both

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ANA = Actor("ana", roles={"clerk"})

visit = CaseType(
    "visit",
    data=[Field("remark")],
    opens="clerk",
    grants={"view": "clerk"},
    chain=[
        Workflow(
            "visit",
            initial="planned",
            states=[State("planned"), State("over", final=True)],
            transitions=[
                Transition("remark", "planned", roles="clerk", form=[Field("remark")], effects=keep("remark")),
                Transition("end", "planned", "over", roles="clerk"),
            ],
        )
    ],
)


def test_of_two_decisions_on_one_revision_one_is_written(url: str) -> None:
    app = Casework(url, case_types=[visit], clock=FrozenClock(NOW), entropy=seeded_entropy(1))
    app.create_tables()
    case = app.desk(ANA).open("visit")
    compiled = Compiled(app.manifests["visit"], {})
    store = Store(open_engine(url, StoreOptions()), system_entropy)
    move = Move(kind="fire", actor=ANA, now=NOW, roles=ANA.roles, trigger="remark", form={"remark": "one"})
    with store.transactions.read() as transaction:
        seen = store.load(transaction, compiled, "main", case.id)
    assert seen is not None
    decision = decide(compiled, seen, move)
    assert isinstance(decision, Decision)

    with store.transactions.write() as transaction:
        store.append(transaction, compiled, seen, move, decision)
    with pytest.raises((Lost, Duplicate)), store.transactions.write() as transaction:
        store.append(transaction, compiled, seen, move, decision)

    assert (2, 2) == (app.desk(ANA).get(case.id).revision, len(app.desk(ANA).history(case.id)))
    assert app.verify().whole
    store.engine.dispose()
    app.dispose()

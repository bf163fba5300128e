"""F23: automatic steps that run in a circle are found before they run; forced to run, they are refused whole."""

from __future__ import annotations

import pytest
from faults.town import CLERK, START
from oracle import refused
from stores import quick

from casework import CaseType, Casework, Desk, FrozenClock, Set, State, Transition, UnsoundDefinition, Workflow, field
from casework import Field as DataField
from casework.compiled import Compiled
from casework.desk import Engine
from casework.ids import Ids, system_entropy
from casework.manifest import manifest_of
from casework.plugins import Plugins
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.store import Store

ON = field("on") == True  # noqa: E712


def spinning(closed: bool = True) -> CaseType:
    """Once it is switched on, a and b follow each other for ever."""
    back = [Transition("back", "b", "a", automatic=True, condition=ON)] if closed else []
    return CaseType(
        "wheel",
        chain=[
            Workflow(
                "wheel",
                initial="a",
                states=[State("a"), State("b"), State("end", final=True)],
                transitions=[
                    Transition("forth", "a", "b", automatic=True, condition=ON),
                    *back,
                    Transition("turn", "a", roles="clerk", effects=Set("on", True)),
                    Transition("stop", ("a", "b"), "end", roles="clerk"),
                ],
            )
        ],
        data=[DataField("on", "boolean"), DataField("name", field_class="identity")],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk", "edit": "clerk"},
    )


def test_a_circle_of_automatic_steps_is_refused_before_it_can_run() -> None:
    with pytest.raises(UnsoundDefinition, match="CW205"):
        Casework(quick(), case_types=[spinning()])


def test_without_the_way_back_there_is_nothing_to_find() -> None:
    app = Casework(quick(), case_types=[spinning(closed=False)])
    app.create_tables()
    desk = app.desk(CLERK)

    assert "b" == desk.fire(desk.open("wheel"), "turn").state


def unchecked(case_type: CaseType) -> Engine:
    """The engine as an app puts it together, of a manifest that nobody has checked."""
    compiled = Compiled(manifest_of(case_type, len(case_type.chain), ()), {})
    store = Store(open_engine(quick(), StoreOptions()), system_entropy)
    store.tables.create([store.cases(compiled).projection])
    return Engine(
        store=store,
        clock=FrozenClock(START),
        ids=Ids(system_entropy),
        plugins=Plugins(()),
        parts={},
        current={case_type.name: compiled},
    )


@pytest.mark.parametrize("verb", ["fire", "amend", "open"])
def test_a_circle_that_runs_all_the_same_is_refused_and_leaves_nothing(verb: str) -> None:
    engine = unchecked(spinning())
    desk = Desk(engine, CLERK)
    case = desk.open("wheel")
    calls = {
        "fire": lambda: desk.fire(case, "turn"),
        "amend": lambda: desk.amend(case, on=True),
        "open": lambda: desk.open("wheel", on=True),
    }

    no = refused(_Reading(engine), calls[verb])  # type: ignore[arg-type]

    assert "too-many-steps" == no.code
    assert case.revision == desk.get(case.id).revision and "a" == desk.get(case.id).state


class _Reading:
    """As much of an app as the oracle reads."""

    def __init__(self, engine: Engine) -> None:
        self.reading = engine.store.transactions.read

"""Two versions of one case type, the migration between them, and a store in which cases run under both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from oracle import assert_inv
from stores import fresh

from casework import (
    Actor,
    CaseType,
    Casework,
    Choice,
    Deadline,
    Field,
    FrozenClock,
    State,
    StoreOptions,
    Transition,
    Workflow,
    field,
    hours,
    seeded_entropy,
)
from casework.migrating import DeadlineMap, FieldMap, Migration, StateMap

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANA = Actor("ana", roles={"clerk"}, unit="anlu")
QUICK = StoreOptions(synchronous="NORMAL")
GRANTS = dict.fromkeys(("view", "edit", "adopt", "note", "correct"), "clerk")
STAY = Deadline("stay", "assessed", hours(5))

# A state that is not listed cannot be stood in; fields of each class, and choices.
OLD_DATA = (
    Field("urgent", "boolean"),
    Field("street"),
    Field("fax"),
    Field("diagnosis", field_class="health"),
    Field("level", "choice", choices=(Choice("lo"), Choice("hi"))),
    Field("count", "integer"),
)
NEW_DATA = (
    Field("urgent", "boolean"),
    Field("address"),
    Field("condition_found", field_class="health"),
    Field("grade", "choice", choices=(Choice("low"), Choice("high"))),
    Field("amount", "decimal"),
    Field("ward"),
)
STEPS_OLD = (
    Transition("assess", "new", "assessed", roles="clerk"),
    Transition("finish", "assessed", "done", roles="clerk"),
)
STEPS_NEW = (
    Transition("assess", "new", "judged", roles="clerk"),
    Transition("park", "judged", "waiting", roles="clerk"),
    Transition("call", "waiting", "judged", roles="clerk"),
    Transition("finish", "judged", "done", roles="clerk"),
)


def visit(
    version: int,
    states: Iterable[str],
    steps: Iterable[Transition],
    *,
    data: Iterable[Field] = (),
    deadlines: Iterable[Deadline] = (),
    beside: Iterable[Workflow] = (),
    **more: Any,
) -> CaseType:
    """A case type called visit, whose main workflow has *states*, the last of them final."""
    *running, last = states
    main = Workflow(
        "visit",
        version=version,
        initial=running[0],
        states=[*map(State, running), State(last, final=True)],
        transitions=steps,
        deadlines=deadlines,
    )
    told = {"roles": ["clerk"], "opens": "clerk", "grants": GRANTS, "readers": {"health": "clerk"}, **more}
    return CaseType("visit", version=version, chain=[main, *beside], data=tuple(data), **told)


OLD = visit(1, ["new", "assessed", "done"], STEPS_OLD, data=OLD_DATA, deadlines=[STAY])
NEW = visit(
    2,
    ["new", "judged", "waiting", "done"],
    STEPS_NEW,
    data=NEW_DATA,
    deadlines=[Deadline("visit_stay", ("judged", "waiting"), hours(9))],
)
URGENT_FIRST = Migration(
    name="urgent_first",
    case_type="visit",
    from_version=1,
    states=[
        StateMap(workflow="visit", source="assessed", target="judged", when=field("urgent").in_(True)),
        StateMap(workflow="visit", source="assessed", target="waiting"),
    ],
    fields=[
        FieldMap(source="street", target="address"),
        FieldMap(source="fax"),
        FieldMap(source="diagnosis", target="condition_found"),
        FieldMap(source="level", target="grade", values={"lo": "low", "hi": "high"}),
        FieldMap(source="count", target="amount"),
        FieldMap(target="ward", default="A"),
    ],
    deadlines=[DeadlineMap(source="stay", target="visit_stay")],
)


class Town:
    """One store, and the applications that use it, one after the other or beside each other."""

    def __init__(self, url: str | None = None) -> None:
        self.url, self.clock, self._apps = url or fresh(), FrozenClock(NOW), list[Casework]()

    def app(self, *case_types: CaseType, **more: Any) -> Casework:
        """An application with its tables made."""
        entropy = seeded_entropy(f"town {len(self._apps)}")
        app = Casework(
            self.url, case_types=case_types, **{"clock": self.clock, "entropy": entropy, "options": QUICK, **more}
        )
        app.create_tables()
        self._apps.append(app)
        return app

    def close(self) -> None:
        """Let go of the store."""
        for app in self._apps:
            app.dispose()


@contextmanager
def town() -> Iterator[Town]:
    """A store that is whole in the end, told from its tables alone and by verifying."""
    made = Town()
    try:
        yield made
        assert_inv(made._apps[-1])
        assert () == made._apps[-1].verify().faults
    finally:
        made.close()

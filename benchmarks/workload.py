"""The workload: a flat rescue workflow of nine states and fourteen transitions, one guard and one role check each.

Five firings lead once round: admit, discharge, trace, arrange, reassess. Three of them have a form, one
of those with a field whose value is held apart under a commitment.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs

from casework import (
    Account,
    Actor,
    CaseType,
    Casework,
    Field,
    Post,
    State,
    StoreOptions,
    Transition,
    Workflow,
    Worklist,
    fact,
    field,
    given,
    keep,
)
from casework.compiled import Compiled
from casework.model.case import Snapshot

ROLE = "caseworker"
ACTOR = Actor("li", roles={ROLE})
STATES = (
    "found",
    "assessed",
    "sheltered",
    "hospitalized",
    "traced",
    "arranged",
    "reunited",
    "transferred",
    "left",
)
FINAL = frozenset({"reunited", "transferred", "left"})

TRIGGERS = ("admit", "discharge", "trace", "arrange", "reassess")


def form_of(trigger: str, number: int) -> dict[str, object]:
    """What the form of *trigger* is filled in with the *number*-th time round; every value differs from the last."""
    match trigger:
        case "admit":
            return {"ward": f"B {number % 90}", "temperature": 36 + number % 5}
        case "trace":
            return {"name": f"Zhang San {number % 90}", "native_place": f"Anhui {number % 90}"}
        case "arrange":
            return {"travel_on": date(2026, 12, 1 + number % 28), "escorted": number % 2 == 0}
    return {}


MOVES: tuple[tuple[str, str, str], ...] = (
    ("assess", "found", "assessed"),
    ("admit", "assessed", "hospitalized"),
    ("shelter", "assessed", "sheltered"),
    ("discharge", "hospitalized", "sheltered"),
    ("readmit", "sheltered", "hospitalized"),
    ("trace", "sheltered", "traced"),
    ("doubt", "traced", "sheltered"),
    ("arrange", "traced", "arranged"),
    ("reassess", "arranged", "assessed"),
    ("reunite", "arranged", "reunited"),
    ("transfer", "arranged", "transferred"),
    ("leave", "sheltered", "left"),
    ("refuse", "found", "left"),
    ("reopen", "reunited", "assessed"),
)


@attrs.frozen(kw_only=True)
class Data:
    """What a case knows."""

    place: str
    age: int
    ward: str | None = None
    temperature: int | None = None
    name: str | None = fact(default=None, field_class="personal")
    native_place: str | None = None
    travel_on: date | None = None
    escorted: bool | None = None


@attrs.frozen(kw_only=True)
class Admit:
    """Where the person lies, and how warm."""

    ward: str
    temperature: int


@attrs.frozen(kw_only=True)
class Trace:
    """Who the person is."""

    name: str = fact(field_class="personal")
    native_place: str


@attrs.frozen(kw_only=True)
class Arrange:
    """How the person travels."""

    travel_on: date
    escorted: bool


_FORMS: dict[str, Any] = {"admit": Admit, "trace": Trace, "arrange": Arrange}
_GUARDS = {"admit": given("temperature") > 30, "reunite": field("name").known, "arrange": field("name").known}


def _transition(trigger: str, source: str, target: str) -> Transition:
    form = _FORMS.get(trigger)
    names = [] if form is None else [attribute.name for attribute in attrs.fields(form)]
    return Transition(
        trigger,
        source,
        target,
        roles=ROLE,
        condition=_GUARDS.get(trigger, field("age") < 130),
        form=form,
        effects=[keep(*names)] if names else (),
    )


rescue = CaseType(
    "bench",
    chain=(
        Workflow(
            "main",
            initial="found",
            states=tuple(State(name, final=name in FINAL) for name in STATES),
            transitions=tuple(_transition(*move) for move in MOVES),
        ),
    ),
    data=Data,
    opens=ROLE,
    grants={"view": ROLE, "edit": ROLE},
    readers={"personal": ROLE},
    worklists=(
        Worklist("waiting", roles=ROLE),
        Worklist("minors", roles=ROLE, condition=field("age") < 18),
        Worklist("centenarians", roles=ROLE, condition=field("age") >= 100),
    ),
)
"""The flat case type that most figures are about."""


def _beds() -> CaseType:
    free, taken = Account("beds", minimum=0), Account("beds_taken")
    return CaseType(
        "beds",
        chain=(
            Workflow(
                "main",
                initial="waiting",
                states=(State("waiting"), State("in_bed"), State("gone", final=True)),
                transitions=(
                    Transition("take_in", "waiting", "in_bed", roles=ROLE, effects=[Post("beds", "beds_taken", 1)]),
                    Transition("send_home", "in_bed", "waiting", roles=ROLE, effects=[Post("beds_taken", "beds", 1)]),
                    Transition("furnish", "waiting", roles=ROLE, effects=[Post("beds_taken", "beds", 1)]),
                    Transition("end", "waiting", "gone", roles=ROLE),
                ),
            ),
        ),
        data=(Field("name"),),
        opens=ROLE,
        grants={"view": ROLE},
        accounts=(free, taken),
    )


beds = _beds()
"""A case type whose firings all want the same few beds."""


def empty_case(compiled: Compiled, case_id: str, person: str, *, unit: str, now: datetime) -> Snapshot:
    """The empty case that opening starts from."""
    return Snapshot(
        tenant="main",
        id=case_id,
        case_type=compiled.case_type.name,
        manifest=compiled.manifest.hash,
        revision=0,
        unit=unit,
        opened_at=now,
        closed_at=None,
        parent=None,
        head=bytes(32),
        states={},
        data={},
        marks={},
        dues={},
        acts={},
        subjects={"person": person},
    )


def ready_cases(app: Casework, number: int) -> list[str]:
    """Open that many cases and bring each to the state in which the round begins."""

    def both(inner: Any, place: int) -> str:
        case = inner.open("bench", place=f"road {place}", age=place % 90)
        return str(inner.fire(case, "assess").id)

    return app.atomically(ACTOR, lambda inner: [both(inner, place) for place in range(number)])


def app_on(path: Path, case_type: CaseType = rescue, *, synchronous: str = "FULL", wal: bool = False) -> Casework:
    """An app with tables on a file."""
    options = StoreOptions(synchronous=synchronous, sole_process=wal)
    app = Casework(f"sqlite:///{path}", case_types=[case_type], options=options)
    app.create_tables()
    return app

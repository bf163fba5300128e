"""F88: of two cases that differ only in what somebody may not see, they are told the same, word for word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import combinations, count
from typing import Any

import attrs
from exploring.exhaustion import after, unopened
from exploring.small import DOMAINS, FIELDS, ROLES, compiled, small_case_types
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from stores import quick

from casework import (
    Account,
    Actor,
    Case,
    CaseType,
    Casework,
    Desk,
    Field,
    FrozenClock,
    Held,
    Invariant,
    Post,
    Role,
    State,
    Transition,
    View,
    Workflow,
    balance,
    field,
    guard,
    keep,
    state,
)
from casework.advising import Advice
from casework.advising.advise import Wanted, advise
from casework.advising.sight import sight_of
from casework.deciding import decide
from casework.exploring import Proving
from casework.model.case import Move
from casework.model.decision import Decision
from casework.text import LANGUAGES

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
PORTER = Actor("pu", {"porter"}, unit="anlu")
DOCTOR = Actor("dai", {"doctor"}, unit="anlu")
FEW = settings(
    max_examples=max(settings().max_examples // 2, 5),
    deadline=None,
    # Each example opens cases and asks a dozen questions, so that a failure is told as it was found.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@guard("ward.calm", reads=("fever",))
def calm(view: View) -> bool:
    """Whether somebody may be moved."""
    return view.data.get("fever", 0) < 40


ward = CaseType(
    "ward",
    data=[
        Field("bed", "integer"),
        Field("fever", "integer", field_class="personal", minimum=30, maximum=45),
        Field("infected", "boolean", field_class="personal"),
        Field("doses", "integer", field_class="personal", minimum=1, maximum=9),
        Field("illness", field_class="health"),
    ],
    roles=[Role("porter"), Role("doctor")],
    opens=["porter", "doctor"],
    grants={"view": ["porter", "doctor"], "edit": "doctor"},
    readers={"personal": "doctor", "health": "doctor"},
    accounts=[
        Account("drug", owner="unit", commodity="dose", minimum=0, readers="doctor"),
        Account("given", owner="unit", commodity="dose"),
    ],
    invariants=[Invariant("named", (state("ward") != "treated") | field("illness").known)],
    chain=[
        Workflow(
            "ward",
            initial="in",
            states=[State("in"), State("treated"), State("moved"), State("out", final=True)],
            transitions=[
                Transition("stock", "in", roles="doctor", effects=Post("given", "drug", 5)),
                Transition("diagnose", "in", roles="doctor", form=[Field("illness")], effects=keep("illness")),
                Transition("treat", "in", "treated", roles="doctor", effects=Post("drug", "given", Held("doses"))),
                Transition("move", "in", "moved", roles="porter", guards="ward.calm"),
                Transition("leave", "moved", "out", roles="porter", condition=field("infected") == False),  # noqa: E712
                Transition("leave", "treated", "out", roles="porter", condition=field("fever") < 38),
                Transition("isolate", ("in", "moved"), "treated", roles="porter", condition=field("illness").known),
                Transition("refill", "in", roles="porter", condition=balance("drug") < 2),
            ],
        )
    ],
)
GOALS = [{"trigger": t} for t in ("stock", "diagnose", "treat", "move", "leave", "isolate", "refill")]
GOALS += [{"reach": s} for s in ("treated", "moved", "out")]
HIDDEN: dict[str, tuple[Any, ...]] = {
    "fever": (None, 37, 38, 41),
    "infected": (None, True, False),
    "doses": (None, 1, 7),
    "illness": (None, "measles", "scabies"),
}


def asked(desk: Desk, case: str, goal: Mapping[str, str]) -> Advice:
    """What is told, without which case it was."""
    advice = desk.what_helps(case, goal.get("trigger", ""), reach=goal.get("reach", ""))
    return attrs.evolve(advice, case_id="")


def hospital() -> Casework:
    app = Casework(quick(), case_types=[ward], parts=[calm], clock=FrozenClock(NOW), proving=Proving(limit=0))
    app.create_tables()
    return app


def opened(app: Casework, bed: int, secrets: Mapping[str, Any], doses: int, unit: str) -> Case:
    """A case in a unit of its own, with what a porter may not know of it and of its cupboard."""
    doctor = app.desk(attrs.evolve(DOCTOR, unit=unit))
    case = doctor.open("ward", bed=bed, **{name: value for name, value in secrets.items() if value is not None})
    for _ in range(doses):
        case = doctor.fire(case, "stock")
    return case


def test_f88_whatever_is_kept_from_a_porter_changes_no_word() -> None:
    app, units = hospital(), count()

    @FEW
    @given(st.data())
    def same(data: st.DataObject) -> None:
        told, goals = [], data.draw(st.lists(st.sampled_from(GOALS), min_size=2, max_size=2))
        for unit in (f"unit {next(units)}", f"unit {next(units)}"):
            known = {name: st.sampled_from(values) for name, values in HIDDEN.items()}
            secrets, filled = data.draw(st.fixed_dictionaries(known)), data.draw(st.integers(0, 1))
            case = opened(app, 3, secrets, filled, unit)
            if not filled:
                # Both have as many entries; what they hold is what differs.
                case = app.desk(attrs.evolve(DOCTOR, unit=unit)).amend(case, bed=3)
            desk = app.desk(attrs.evolve(PORTER, unit=unit))
            told.append([attrs.evolve(asked(desk, case.id, goal), units=()) for goal in goals])

        assert told[0] == told[1]
        for one, other in zip(*told, strict=True):
            assert [one.lines(lang) for lang in LANGUAGES] == [other.lines(lang) for lang in LANGUAGES]

    same()


def test_f88_whoever_may_read_it_is_told() -> None:
    app = hospital()
    ill = opened(app, 3, {"illness": "measles", "fever": 41, "doses": 2}, 0, "anlu")
    doctor, porter = app.desk(DOCTOR), app.desk(PORTER)

    assert "now" == asked(doctor, ill.id, {"trigger": "isolate"}).answer
    told = asked(doctor, ill.id, {"trigger": "treat"})
    assert ["drug: nothing is left"] == [lack.text.en for lack in told.lacks]
    assert ["stock"] == [step.name for step in told.steps]
    assert "drug" not in asked(porter, ill.id, {"trigger": "treat"}).sentence("en")


def test_f88_what_depends_on_it_is_said_to_be_as_far_as_one_sees() -> None:
    app = hospital()
    case = opened(app, 3, {"fever": 37, "illness": "measles"}, 0, "anlu")
    advice = asked(app.desk(PORTER), case.id, {"trigger": "move"})

    assert not advice.sure
    assert "as far as you may see" in advice.sentence("en")
    assert "以上仅以您可查看的信息为限" in advice.sentence("zh")
    assert asked(app.desk(DOCTOR), case.id, {"trigger": "move"}).sure


@FEW
@given(small_case_types(clocks=False), st.data())
def test_f88_nor_does_it_of_any_definition(case_type: CaseType, data: st.DataObject) -> None:
    level = attrs.evolve(FIELDS[-1], required=False)
    others = [f for f in case_type.data if f.name != level.name]
    ready = compiled(attrs.evolve(case_type, data=(*others, level), readers={"personal": "chief"}))
    clerk, told = Actor("clerk", {"clerk"}), []
    roles = frozenset(ROLES)
    required = {f.name: DOMAINS[f.name][0] for f in others if f.required}
    for value in (None, 0, 1):
        form = {**required, "level": value}
        opening = Move(kind="open", actor=Actor("both", roles), now=NOW, roles=roles, form=form)
        answer = decide(ready, unopened(ready), opening)
        if isinstance(answer, Decision):
            case = after(unopened(ready), answer)
            sight = sight_of(ready, case, now=NOW, actor=clerk, roles=clerk.roles, units=())
            told.append((case.states, case.acts, sight))
    trigger = data.draw(st.sampled_from(sorted(ready.triggers)))
    answers = [(states, acts, advise(sight, Wanted(trigger=trigger), limit=200)) for states, acts, sight in told]

    for one, other in combinations(answers, 2):
        # What is hidden may have led elsewhere by itself, which shows.
        assert one == other or one[:2] != other[:2]

"""What the explorer proves of small case types brute force does not refute; what it refutes, brute force meets."""

from __future__ import annotations

from collections import Counter

import pytest
from exploring.comparing import compared
from exploring.small import small_case_types
from hypothesis import HealthCheck, Phase, given, settings

from casework.condition.build import actor, elapsed_since, field, hours, state
from casework.condition.build import given as told
from casework.condition.tree import Condition
from casework.model.casetype import CaseType
from casework.model.command import Set
from casework.model.fields import Field
from casework.model.outfit import Invariant, Role
from casework.model.workflow import State, Transition, Workflow

SHORT, LONG = 25, 2_000


def _agreeing(examples: int, *, clocks: bool) -> Counter[str]:
    seen = Counter[str]()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(small_case_types(clocks=clocks))
    def agree(case_type: CaseType) -> None:
        seen.update(compared(case_type, exact=not clocks))

    agree()
    return seen


def test_the_explorer_says_what_brute_force_finds() -> None:
    seen = _agreeing(SHORT, clocks=False)

    assert min(seen["answer proven"], seen["answer refuted"]) >= SHORT // 10, seen


@pytest.mark.long
@pytest.mark.parametrize("clocks", [False, True])
def test_it_says_so_of_thousands(clocks: bool) -> None:
    seen = _agreeing(LONG, clocks=clocks)

    print(sorted(seen.items()))
    assert min(seen["answer proven"], seen["answer refuted"]) >= LONG // 20, seen
    assert seen["cut short"] < LONG // 5, "too few are looked at whole"


def _small(*steps: Transition, side: tuple[Transition, ...] = (), **more: object) -> CaseType:
    """A main workflow of the states that *steps* name, the last of them final, and one beside it."""
    names = dict.fromkeys(n for step in steps for n in (*step.source, step.target) if n is not None)
    states = [State(name, final=name in ("end", "other"), grants=_GRANTS.get(name, {})) for name in names]
    beside = side or (Transition("side_step", "side_a", "side_z", roles="clerk"),)
    chain = [
        Workflow("main", initial=next(iter(names)), states=states, transitions=steps),
        Workflow(
            "side",
            initial="side_a",
            states=[State("side_a"), State("side_z", final=True)],
            transitions=beside,
        ),
    ]
    given_ = {
        "grants": {"view": ("clerk", "chief")},
        "readers": {"personal": "chief"},
        **more,
    }
    return CaseType(
        "small",
        chain=chain,
        roles=(Role("clerk"), Role("chief")),
        opens="clerk",
        **given_,
    )  # type: ignore[arg-type]


_GRANTS = {"editing": {"edit": "clerk"}}
READY = Field("ready", "boolean")
OVER = Transition(
    "side_over",
    "side_a",
    "side_z",
    automatic=True,
    condition=state("main").in_("end", "other"),
)
ASKED = Field("ready", "boolean", required=True)


def _step(source: str, target: str, condition: Condition | None = None, **more: object) -> Transition:
    asked = {
        "roles": ("clerk",),
        **({} if condition is None else {"condition": condition}),
        **more,
    }
    return Transition("step", source, target, **asked)  # type: ignore[arg-type]


ONCE_UNEQUAL = {
    "whoever may fire it has the role that it forbids": _small(
        _step("a", "end", ~actor.has_role("clerk")), side=(OVER,)
    ),
    "an invariant is broken before a workflow is left behind": _small(
        _step("a", "end"), invariants=[Invariant("whole", state("main") != "end")]
    ),
    "the second asks the form for what the first takes": _small(
        _step("a", "end", told("ready") == True, form=[ASKED]),  # noqa: E712
        _step("a", "other", told("ready") == True, form=[ASKED]),  # noqa: E712
        side=(OVER,),
        data=[READY],
    ),
    "what is changed makes an act void in any case": _small(
        _step("a", "b", four_eyes="side_step", effects=[Set("ready", None)]),
        _step("b", "end", four_eyes="side_step"),
        side=(
            Transition(
                "side_step",
                "side_a",
                "side_z",
                roles="clerk",
                effects=[Set("ready", True)],
            ),
        ),
        data=[Field("ready", "boolean", managed=True)],
    ),
    "what may be amended is waited for": _small(
        _step("editing", "end", field("ready") == True),  # noqa: E712
        side=(OVER,),
        data=[READY],
    ),
    "a path waits until the time is over": _small(_step("a", "end", ~(elapsed_since("a") > hours(1))), side=(OVER,)),
    "whoever views has the role that is forbidden later": _small(
        _step("a", "b", actor.has_role("chief")),
        _step("b", "end", ~actor.has_role("clerk")),
        side=(OVER,),
        grants={"view": ("clerk",)},
    ),
    "what a step would set is set already": _small(
        _step("a", "b", four_eyes="side_step", effects=[Set("ready", True)]),
        _step("b", "end", four_eyes="side_step"),
        side=(
            Transition(
                "side_step",
                "side_a",
                "side_z",
                roles="clerk",
                effects=[Set("ready", True)],
            ),
        ),
        data=[Field("ready", "boolean", managed=True)],
    ),
    "automatic steps go in a circle": _small(
        Transition("there", "a", "b", automatic=True, condition=field("ready") == True),  # noqa: E712
        Transition("back", "b", "a", automatic=True, condition=field("ready") == True),  # noqa: E712
        _step("a", "end"),
        side=(OVER,),
        data=[READY],
    ),
    "another way to the same is stopped": _small(
        _step("a", "b", told("ready") == False, form=[ASKED]),  # noqa: E712
        _step("a", "end", form=[ASKED]),
        Transition("on", "b", "end", automatic=True, condition=state("side") == "side_a"),
        data=[READY],
    ),
    "one role edits, another one reads": _small(
        _step("editing", "end"),
        side=(OVER,),
        data=[Field("level", "integer", field_class="personal", minimum=0, maximum=1)],
        invariants=[Invariant("whole", field("level").known)],
    ),
}


@pytest.mark.parametrize("name", ONCE_UNEQUAL)
def test_they_agree_where_they_once_did_not(name: str) -> None:
    compared(ONCE_UNEQUAL[name], exact="time" not in name)

"""An errand that may be adopted, a plugin that attaches to it, and what keeps a case from being adopted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
from errands import ANA, EVERYTHING, Bench, errand, offering
from oracle import assert_inv, refused

from casework import (
    Actor,
    Case,
    CaseType,
    Casework,
    Deadline,
    Field,
    State,
    Transition,
    Workflow,
    attach,
    hours,
    keep,
    state,
)

GRANTS = dict.fromkeys((*EVERYTHING, "adopt"), "clerk")
WORDS = (Field("word"), Field("secret"))
SIDE = Workflow(
    "side",
    initial="on",
    states=[State("on"), State("busy"), State("off", final=True)],
    transitions=[
        Transition("over", ["on", "busy"], "off", automatic=True, condition=state("errand") == "done"),
        Transition("work", "on", "busy", roles="clerk"),
        Transition("rest", "busy", "off", roles="clerk"),
        Transition(
            "write",
            ["on", "busy"],
            roles="clerk",
            effects=keep("word", "secret"),
            form=WORDS,
        ),
        Transition("run_out", "on", "off"),
    ],
    deadlines=[Deadline("patience", "on", hours(5), trigger="run_out")],
    fields=[Field("word"), Field("secret", field_class="health")],
)
PLUGIN = offering("sideshow", attachments=[attach(SIDE, "errand")])


def kind(*transitions: Transition, **more: Any) -> CaseType:
    """The errand, with the grant to adopt it."""
    return errand(*transitions, **{"grants": GRANTS, **more})


def changed(
    *transitions: Transition, deadlines: tuple[Deadline, ...] = (), states: Any = None, **more: Any
) -> CaseType:
    """The errand with other deadlines or states in its main workflow."""
    made = kind(*transitions, **more)
    main = attrs.evolve(made.chain[0], deadlines=deadlines)
    if states is not None:
        main = attrs.evolve(main, states=states)
    return attrs.evolve(made, chain=(main, *made.chain[1:]))


@contextmanager
def whole() -> Iterator[Bench]:
    """A store of its own; in the end it is whole, told from its tables alone."""
    bench = Bench()
    yield bench
    if bench._apps:
        assert_inv(bench._apps[-1])
    bench.close()


def problems(app: Casework, case: Case | str, who: Actor = ANA) -> dict[str, str]:
    """What keeps a case from being adopted; trying has to leave nothing behind."""
    refusal = refused(app, lambda: app.desk(who).adopt(case))
    assert "not-adoptable" == refusal.code
    assert all(problem.text.zh and problem.text.en for problem in refusal.problems)
    return {problem.field: problem.text.en for problem in refusal.problems}

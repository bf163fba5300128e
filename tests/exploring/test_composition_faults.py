"""Every composition fault is refuted, by a path that a desk on a store goes step by step; each plugin fits alone."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest
from errands import QUICK, offering
from exploring.compositions import COMPOSITIONS, Composition, Plugin
from exploring.retracing import retraced, role_sets
from stores import quick

from casework import Actor, Case, Casework, FrozenClock, Refused, seeded_entropy
from casework.collecting import collected
from casework.compiled import Compiled
from casework.exploring.proof import Proof, Verdict
from casework.exploring.prove import Proving, prove
from casework.exploring.replay import BEGIN, Step

UNPROVEN = Proving(limit=0)


def _modules(plugins: Iterable[Plugin]) -> list[Any]:
    return [
        offering(plugin.name, attachments=plugin.attachments, requirements=plugin.requirements) for plugin in plugins
    ]


def _compiled(composition: Composition, plugins: Iterable[Plugin]) -> Compiled:
    """The host with *plugins*; the static check finds no fault with them."""
    made_of = collected([composition.host], (), (), (), _modules(plugins))
    return Compiled(made_of.manifests["permit"], made_of.parts)


def _expected(composition: Composition, proof: Proof) -> Verdict | None:
    found = proof.refuted if composition.level == "error" else proof.warnings
    named = (v for v in found if v.code == composition.code and composition.about in ("", v.about))
    return next(named, None)


@pytest.mark.parametrize("composition", COMPOSITIONS, ids=lambda composition: composition.name)
def test_fewer_of_them_are_proven(composition: Composition) -> None:
    for count in range(len(composition.plugins)):
        for fewer in combinations(composition.plugins, count):
            proof = prove(_compiled(composition, fewer))

            assert () == tuple(v.finding for v in (*proof.refuted, *proof.unproven)), [p.name for p in fewer]
            assert _expected(composition, proof) is None


@pytest.mark.usefixtures("on_each_database")
@pytest.mark.parametrize("composition", COMPOSITIONS, ids=lambda composition: composition.name)
def test_together_they_are_refuted_by_a_path_that_is_really_gone(composition: Composition) -> None:
    compiled = _compiled(composition, composition.plugins)
    proof = prove(compiled)
    verdict = _expected(composition, proof)

    assert verdict is not None, [v.finding for v in proof.verdicts]
    assert "refuted" == proof.answer or "warning" == composition.level
    assert () == proof.unproven
    steps = [told.step for told in verdict.path]
    assert retraced(compiled, steps)
    assert composition.timed <= any(step.kind in ("wait", "timer") for step in steps)
    _gone(composition, compiled, steps)


def _gone(composition: Composition, compiled: Compiled, steps: Iterable[Step]) -> None:
    """Go the path with a desk, on a store."""
    clock = FrozenClock(BEGIN)
    app = Casework(
        quick(),
        case_types=[composition.host],
        plugins=_modules(composition.plugins),
        clock=clock,
        entropy=seeded_entropy("a path"),
        options=QUICK,
        proving=UNPROVEN,
    )
    app.create_tables()
    case: Case | None = None
    for step in steps:
        clock.set(step.at)
        case = _taken(app, compiled, case, step)
        assert dict(step.states) == dict(case.states), step
    app.dispose()


def _taken(app: Casework, compiled: Compiled, case: Case | None, step: Step) -> Case:
    """The case after *step*, taken by whoever may; a step that is told as refused is refused to everybody."""
    if step.kind in ("wait", "timer", "look"):
        assert case is not None
        if step.kind != "wait":
            app.run_due()
        return app.desk(Actor("reader", roles=("clerk", "chief"), unit="north")).get(case.id)
    refusals = []
    for roles in role_sets(compiled, step.roles):
        desk = app.desk(Actor(step.person, roles=roles, unit="north"))
        values = {name: value for name, value in step.values.items() if value is not None}
        try:
            if case is None:
                return desk.open("permit", values)
            return desk.fire(case.id, step.name, values) if step.kind == "fire" else desk.amend(case.id, step.values)
        except Refused as no:
            refusals.append(no.refusal.code)
    assert step.refused in refusals, f"{step} is refused as {refusals}"
    assert step.refused
    assert case is not None
    return case

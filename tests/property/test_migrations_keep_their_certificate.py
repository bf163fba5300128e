"""Any two versions of a case type with any rules between them: what the certificate says becomes of each case."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from migrating.versions import ANA, GRANTS, Town
from oracle import assert_inv

from casework import (
    CaseType,
    Casework,
    Condition,
    Field,
    Invariant,
    State,
    Transition,
    UnsoundDefinition,
    Workflow,
    field,
    state,
)
from casework.condition.tree import ALWAYS
from casework.migrating import Begin, Migration, StateMap

MAIN, SIDE = ("a", "b", "c", "d"), ("x", "y", "z")
SPLITS: tuple[Condition, ...] = (
    field("flag").in_(True),
    field("flag").known & field("flag").in_(True),
    ~field("flag").known,
)


@attrs.frozen
class Version:
    """The running states of both workflows (no side at all where it has none), and a pair that must never be."""

    main: tuple[str, ...]
    side: tuple[str, ...]
    never: tuple[str, str] | None

    def case_type(self, version: int) -> CaseType:
        """A case type that is sound whatever was drawn: each state leads to the next, and every one to the end."""
        chain = [self._workflow("visit", self.main, "side", ALWAYS, 0)]
        if self.side:
            ends = Transition("over", self.side, "off", automatic=True, condition=state("visit") == "off")
            side = self._workflow("side", self.side, "visit", ALWAYS, 1)
            chain.append(attrs.evolve(side, transitions=(ends, *side.transitions)))
        return CaseType(
            "visit",
            version=version,
            chain=chain,
            data=[Field("flag", "boolean"), Field("word")],
            roles=["clerk"],
            opens="clerk",
            grants=GRANTS,
            invariants=self._invariants(),
        )

    def _workflow(self, name: str, states: tuple[str, ...], other: str, always: Condition, end: int) -> Workflow:
        steps = []
        for source, target in zip(states, (*states[1:], states[0]), strict=True):
            allowed = always
            if self.never is not None and self.never[end] == target:
                allowed = state(other) != self.never[1 - end]
            if source != target:
                steps.append(Transition(f"{name}_{source}", source, target, roles="clerk", condition=allowed))
        if name == "visit":
            steps.append(Transition("finish", states, "off", roles="clerk"))
        return Workflow(
            name, initial=states[0], states=[*map(State, states), State("off", final=True)], transitions=steps
        )

    def _invariants(self) -> list[Invariant]:
        if self.never is None:
            return []
        return [Invariant("never", ~((state("visit") == self.never[0]) & (state("side") == self.never[1])))]


@st.composite
def versions(draw: st.DrawFn) -> Version:
    """A version whose pair that must never be is not the one that it begins in."""
    main = tuple(draw(st.permutations(MAIN))[: draw(st.integers(2, 4))])
    side = tuple(draw(st.permutations(SIDE))[: draw(st.integers(2, 3))]) if draw(st.booleans()) else ()
    pairs = [(one, other) for one in main for other in side if (one, other) != (main[0], side[0])]
    return Version(main, side, draw(st.none() | st.sampled_from(pairs)) if pairs else None)


@st.composite
def migrations(draw: st.DrawFn, old: Version, new: Version) -> Migration:
    """Rules for some of the old states, some of them by what the case knows; now and then one that cannot be meant."""
    rules = []
    for workflow, states, there in (("visit", old.main, new.main), ("side", old.side, new.side)):
        for source in states:
            splits = draw(st.lists(st.sampled_from(SPLITS), max_size=1))
            for when in (*splits, ALWAYS)[: draw(st.sampled_from([0, 2, 2, 2, 1]))]:
                target = draw(st.sampled_from(there)) if there else None
                rules.append(StateMap(workflow=workflow, source=source, target=target, when=when))
    begins = []
    if new.side and not old.side:
        begins = [Begin(workflow="side", state=draw(st.sampled_from(new.side)), when=draw(st.sampled_from(SPLITS)))]
    return Migration(name="drawn", case_type="visit", from_version=1, states=rules, begins=begins)


def walked(app: Casework, data: st.DataObject) -> list[str]:
    """Some cases of the old version, each somewhere on its way."""
    desk, ids = app.desk(ANA), []
    for number in range(data.draw(st.integers(1, 3))):
        known = data.draw(st.sampled_from([{}, {"flag": True}, {"flag": False}]))
        case = desk.open("visit", word=f"case {number}", **known)
        for _ in range(data.draw(st.integers(0, 4))):
            triggers = [trigger for trigger in desk.available(case) if trigger != "finish"]
            if triggers:
                case = desk.fire(case, data.draw(st.sampled_from(triggers)))
        ids.append(case.id)
    return ids


@given(data=st.data(), old=versions(), new=versions())
def test_f102_safe_and_mapped_cases_all_move_impossible_ones_never_and_none_is_lost(
    data: st.DataObject, old: Version, new: Version
) -> None:
    place = Town()
    migration = data.draw(migrations(old, new))
    ids = walked(place.app(old.case_type(1)), data)
    app = place.app(new.case_type(2))
    desk = app.desk(ANA)
    before = {case_id: desk.get(case_id) for case_id in ids}
    (plan,) = app.plan_cases(migration)
    if plan.findings:
        with pytest.raises(UnsoundDefinition):
            desk.migrate_all(migration)
        assert before == {case_id: desk.get(case_id) for case_id in ids}
    else:
        told = desk.migrate_all(migration, chunk=2)
        stayed = dict(told.refused)
        assert len(ids) == told.moved + len(stayed)
        for case_id in ids:
            _as_certified(plan, before[case_id], desk.get(case_id), moved=case_id not in stayed)
    assert_inv(app)
    assert () == app.verify().faults
    place.close()


def _as_certified(plan: Any, before: Any, now: Any, *, moved: bool) -> None:
    fates = {fate.states: fate for fate in plan.certificate.fates}
    fate = fates[tuple(sorted(before.states.items()))]  # every configuration that is stood in was found

    assert moved is {"safe": True, "mapped": True, "impossible": False}.get(fate.kind, moved)
    assert dict(before.data) == dict(now.data)
    if moved:
        assert (before.revision + 1, tuple(sorted(now.states.items())) in fate.becomes) == (now.revision, True)
    else:
        assert before == now

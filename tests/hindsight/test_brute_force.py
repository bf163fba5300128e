"""The same calls, made once more in an application that runs the proposal, say what the replay has said."""

from __future__ import annotations

from typing import Any

import attrs
import leave
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import quick

from casework import CaseType, Casework, Deadline, FrozenClock, Refused, days, field

CALLS = st.one_of(
    st.tuples(st.sampled_from(("grant", "end")), st.sampled_from((leave.EI, leave.HO)), st.just(0)),
    st.tuples(st.just("tell"), st.just(leave.EI), st.just(0)),
    st.tuples(st.just("wait"), st.just(leave.EI), st.integers(1, 7)),
)
ROLES = st.sampled_from((("clerk",), ("head",), ("clerk", "head")))


@st.composite
def proposals(draw: st.DrawFn) -> CaseType:
    """Another condition, other roles, other durations."""
    steps = list(leave.FLOW.transitions)
    least, needed = draw(st.integers(0, 12)), draw(st.booleans())
    condition = (field("days") >= least) & (field("illness").known if needed else field("days") < 30)
    steps[0] = attrs.evolve(steps[0], condition=condition, roles=draw(ROLES))
    steps[-1] = attrs.evolve(steps[-1], roles=draw(ROLES))
    answer, stay = (draw(st.integers(1, 9)) for _ in range(2))
    deadlines = (Deadline("answer", "asked", days(answer), trigger="delay"), Deadline("stay", "granted", days(stay)))
    return attrs.evolve(leave.LEAVE, chain=[attrs.evolve(leave.FLOW, transitions=steps, deadlines=deadlines)])


def played(case_type: CaseType, calls: Any, wanted: int, *, stop: bool) -> tuple[Casework, str, list[Any], str]:
    """Make the calls; with *stop* up to the first that is refused, which was told last."""
    clock = FrozenClock(leave.START)
    app = Casework(quick(), case_types=[case_type], parts=[leave.stamped, leave.marked], clock=clock)
    app.create_tables()
    case = app.desk(leave.EI).open("leave", days=wanted)
    done: list[Any] = []
    for trigger, actor, pause in calls:
        if trigger == "wait":
            for _ in range(pause):  # a worker that looks every day, and finds each timer on its day
                clock.advance(days(1))
                app.run_due()
            done.append((trigger, actor, pause))
            continue
        try:
            app.desk(actor).fire(case.id, trigger, {"illness": "flu"} if trigger == "tell" else None)
        except Refused as no:
            if stop:
                return app, case.id, done, no.refusal.code
        else:
            done.append((trigger, actor, pause))
    return app, case.id, done, ""


@settings(max_examples=max(3, settings().max_examples // 4))
@given(st.lists(CALLS, max_size=7), st.integers(0, 12), proposals())
def test_a_replay_is_what_would_have_happened(calls: Any, wanted: int, proposal: CaseType) -> None:
    then, case_id, done, _ = played(leave.LEAVE, calls, wanted, stop=False)
    would, other_id, _, refused = played(proposal, done, wanted, stop=True)

    (found,) = then.hindsight.replay(leave.EI, [case_id], proposal=proposal, staff=[leave.EI, leave.HO]).cases

    assert () == found.untold
    assert refused == ("" if found.stopped is None else found.stopped.refusal.code)
    assert dict(would.desk(leave.EI).get(other_id).states) == dict(found.states_proposed)
    then.dispose()
    would.dispose()

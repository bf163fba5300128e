"""A batch does what the same firings do one by one: same answers, same rows, same log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from faults.town import CLERK, POST, START, TYPES
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_inv, records
from stores import quick

from casework import Actor, Case, Casework, FrozenClock, Refused, seeded_entropy

GUESTS, PARENTS = 4, 2
FIRINGS = {
    "tick": {},
    "admit": {},
    "step_out": {},
    "leave": {},
    "go": {},
    "bear": {"name": "first"},
    "retire": {},
}
STRANGER = Actor("stranger", roles=(), unit="anlu")

places = st.integers(0, GUESTS + PARENTS - 1)
batches = st.lists(
    st.tuples(
        st.sampled_from(sorted(FIRINGS)),
        st.lists(st.tuples(places, st.booleans()), max_size=8),
        st.integers(1, 5),
        st.sampled_from((CLERK, CLERK, CLERK, STRANGER)),
        st.sampled_from(("monday", "monday", "friday", "x\n")),
    ),
    min_size=1,
    max_size=4,
)
"""The trigger, which cases and whether as they were read at the beginning, the chunk, who, and the batch's name."""


def peopled(beds: int) -> tuple[Casework, list[Case]]:
    """An app with some cases; two of them are alike to the last byte."""
    clock = FrozenClock(START)
    app = Casework(quick(), case_types=TYPES, parts=[POST], clock=clock, entropy=seeded_entropy("bulk"))
    app.create_tables()
    desk = app.desk(CLERK)
    desk.fire(desk.open("house"), "set_up", count=beds)
    cases = [desk.open("guest", name=f"guest {i}") for i in range(GUESTS)]
    return app, cases + [desk.open("parent") for _ in range(PARENTS)]


def one_by_one(app: Casework, actor: Actor, cases: Sequence[Any], trigger: str, batch: str) -> tuple[Any, Any]:
    """What bulk is to do, in plain words."""
    done, refused = [], []
    for case in cases:
        case_id = case if isinstance(case, str) else case.id
        try:
            app.desk(actor).fire(case, trigger, FIRINGS[trigger], request_id=f"{batch}/{case_id}")
        except Refused as no:
            refused.append((case_id, no.refusal))
        else:
            done.append(case_id)
    return tuple(done), tuple(refused)


@given(beds=st.integers(1, 3), batches=batches)
def test_a_batch_does_what_the_same_firings_do_one_by_one(beds: int, batches: list[Any]) -> None:
    (one, cases), (many, same) = peopled(beds), peopled(beds)
    assert [case.id for case in cases] == [case.id for case in same]

    for trigger, chosen, chunk, actor, batch in batches:
        taken = [cases[place] if read else cases[place].id for place, read in chosen]
        told = many.desk(actor).bulk(taken, trigger, FIRINGS[trigger], batch=batch, chunk=chunk)

        assert one_by_one(one, actor, taken, trigger, batch) == (told.done, told.refused)
        assert records(one) == records(many), "but for what was read: a batch shows no case"
    assert_inv(many)
    one.dispose()
    many.dispose()

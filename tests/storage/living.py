"""Cases of random case types, somewhere in their lives: opened, fired, waited with."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from hypothesis import strategies as st
from sound import forms

from casework import Actor, Case, CaseType, Casework, Desk, FrozenClock, Refused, hours


def lived(
    data: st.DataObject, app: Casework, case_type: CaseType, clock: FrozenClock, cases: Sequence[str] = ()
) -> list[Case]:
    """Cases of *case_type* after some steps of somebody who has every role: new ones, or those of the ids *cases*."""
    desk = app.desk(Actor("all", roles=[role.name for role in case_type.roles], unit="u"))
    found = list(cases)
    fields = tuple(item for item in case_type.data if not item.managed)
    for _ in range(0 if cases else data.draw(st.integers(1, 3))):
        values = data.draw(forms(fields))
        with suppress(Refused):
            found.append(desk.open(case_type.name, **values).id)
    for case_id in found:
        for _ in range(data.draw(st.integers(0, 5))):
            clock.advance(hours(data.draw(st.sampled_from([0, 1, 30]))))
            app.run_due()
            _step(data, desk, app, case_id)
    app.run_due()
    return [desk.get(case_id) for case_id in found]


def _step(data: st.DataObject, desk: Desk, app: Casework, case_id: str) -> None:
    triggers = desk.available(case_id)
    if not triggers:
        return
    trigger = data.draw(st.sampled_from(triggers))
    chain = app.manifest(desk.get(case_id)).case_type.chain
    form = next(step.form for workflow in chain for step in workflow.transitions if step.trigger == trigger)
    values = data.draw(forms(form))
    with suppress(Refused):
        desk.fire(case_id, trigger, values)

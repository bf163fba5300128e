"""Why not, and what would help: the case is read as its asker may see it, and nothing else of it is thought about."""

from __future__ import annotations

from casework.advising import Advice
from casework.advising.advise import Wanted, advise
from casework.advising.sight import sight_of
from casework.compiled import Compiled
from casework.desk.engine import Engine
from casework.desk.firing import Loaded
from casework.desk.opening import shown
from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.refusal import Problem, Refusal
from casework.storage.sql.transaction import Transaction
from casework.text import Text

MOST = 20_000
"""More configurations than this are not looked at for one answer."""


def advised(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    loaded: Loaded,
    *,
    trigger: str,
    reach: str,
    limit: int,
) -> Advice:
    """What stands between a case and a *trigger*, or the state *reach*, and what would help."""
    compiled, snapshot = loaded.compiled, loaded.snapshot
    _check_limit(limit)
    wanted = _wanted(compiled, snapshot.id, trigger, reach)
    engine.store.weigh(transaction, compiled, snapshot, compiled.all_accounts, compiled.any_holds)
    sight = sight_of(
        compiled,
        snapshot,
        now=engine.clock.now(),
        actor=actor,
        roles=loaded.roles,
        units=engine.units.way_up(snapshot.unit),
    )
    with engine.deciding():
        return advise(sight, wanted, limit=limit)


def _wanted(compiled: Compiled, case_id: str, trigger: str, reach: str) -> Wanted:
    if bool(trigger) is bool(reach):
        text = Text("name a trigger, or a state by reach=, and not both", "请给出操作，或以 reach= 给出状态，二者择一")
        raise Refused(Refusal("invalid-form", case_id=case_id, problems=(Problem("reach", text),)))
    if isinstance(trigger, str) and trigger in compiled.triggers:
        return Wanted(trigger=trigger)
    workflow, _, state = (reach if isinstance(reach, str) else "").rpartition(".")
    found = compiled.workflows.get(workflow or compiled.main)
    if found is not None and state in {known.name for known in found.workflow.states}:
        return Wanted(workflow=found.workflow.name, state=state)
    raise Refused(Refusal("not-found", trigger=trigger, case_id=case_id, text=_known(compiled, trigger, reach)))


def _known(compiled: Compiled, trigger: str, reach: str) -> Text:
    if trigger:
        known = ", ".join(compiled.triggers)
        return Text(
            f"there is no trigger {shown(trigger)!r}; this case type has {known}",
            f"没有名为“{shown(trigger)}”的操作；现有：{known}",
        )
    known = ", ".join(f"{n}.{s.name}" for n, each in compiled.workflows.items() for s in each.workflow.states)
    return Text(f"there is no state {shown(reach)!r}; there are {known}", f"没有状态“{shown(reach)}”；现有：{known}")


def _check_limit(limit: int) -> None:
    if type(limit) is not int or not 1 <= limit <= MOST:
        text = Text(f"limit: 1 to {MOST} configurations are looked at", f"查看的情况数为1至{MOST}")
        raise Refused(Refusal("invalid-form", problems=(Problem("limit", text),)))

"""After each step: every case as everybody sees it, every balance, the worklists, every claim, and INV."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from casework.condition.tree import Condition
from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.case import Case
from casework.model.casetype import CaseType
from casework.model.outfit import Worklist
from casework.testing.claims import Never, Whenever
from casework.testing.machine.call import Call
from casework.testing.oracle import assert_inv
from casework.testing.reference import Ask, reads
from casework.testing.reference import Case as Told
from casework.testing.reference.forms import all_fields

if TYPE_CHECKING:
    from casework.testing.machine.bench import Bench


def compare(bench: Bench) -> None:
    """All that there is; of the people, who sees everything and one other in turn, or everybody."""
    cast, turn = bench.setup.cast, bench.turn
    others = cast if bench.thorough else (cast[turn % len(cast)],)
    for case_id, case in bench.world.cases.items():
        _check_seen(bench, bench.seer, case_id, case)
        for other in others:
            _check_seen(bench, other, case_id, case)
            _check_available(bench, other, case_id)
    lists = [(case_type, item) for case_type in bench.world.types.values() for item in case_type.worklists]
    for case_type, worklist in lists if bench.thorough else lists[turn % max(len(lists), 1) :][:1]:
        for other in cast if bench.thorough else (cast[turn // 2 % len(cast)],):
            _check_worklist(bench, other, case_type, worklist)
    _check_amounts(bench)
    _check_messages(bench)
    assert_inv(bench.app, bench.acknowledged, rows=bench.rows, verify=False)
    _check_claims(bench)


def _check_seen(bench: Bench, actor: Actor, case_id: str, case: Told) -> None:
    """Somebody sees a case as it is, with exactly the fields that they may read; or is told that there is none."""
    roles = bench.world.roles(actor, case)
    try:
        real: Case | None = bench.app.desk(actor).get(case_id)
    except Refused:
        real = None
    assert (real is not None) == bench.world.may("view", case, roles), (
        f"{actor.id} {'sees' if real else 'does not see'} case {case_id}; the definition says otherwise"
    )
    if real is None:
        return
    case_type = bench.world.types[case["type"]]
    fields = {field.name: field for field in all_fields(case_type)}
    shown = {name: value for name, value in case["data"].items() if reads(case_type, fields[name], roles)}
    said = {"revision": real.revision, "states": dict(real.states), "data": dict(real.data), "dues": dict(real.dues)}
    said |= {"closed": real.closed, "hidden": set(real.hidden)}
    meant = {part: case[part] for part in ("revision", "states", "dues", "closed")}
    meant |= {"data": shown, "hidden": set(case["data"]) - set(shown)}
    apart = {part: (said[part], meant[part]) for part in said if said[part] != meant[part]}
    assert not apart, "\n".join(
        f"{actor.id} sees {part} of case {case_id} as {one!r}; the definition says {other!r}"
        for part, (one, other) in apart.items()
    )


def _check_available(bench: Bench, actor: Actor, case_id: str) -> None:
    if bench.sees(actor, case_id):
        said = bench.app.desk(actor).available(case_id)
        meant = bench.world.available(case_id, actor, bench.clock.now())
        assert said == meant, f"available to {actor.id}: {said}; the definition says {meant}"


def _check_worklist(bench: Bench, actor: Actor, case_type: CaseType, worklist: Worklist) -> None:
    """A worklist, found by SQL, holds the cases whose conditions hold, told one by one."""
    try:
        page = bench.app.desk(actor).worklist(case_type.name, worklist.name)
    except Refused:
        return
    workflow = next(w for w in case_type.chain if w.name == (worklist.workflow or case_type.main.name))
    states = worklist.states or [state.name for state in workflow.states if not state.final]
    waiting = {
        case_id
        for case_id, case in bench.world.cases.items()
        if case["type"] == case_type.name
        and not case["closed"]
        and case["states"][workflow.name] in states
        and bench.sees(actor, case_id)
        and bench.world.truth(worklist.condition, case, _asking(bench, actor, case)) is True
    }
    found = {case.id for case in page.cases}
    assert found == waiting, f"worklist {worklist.name!r} of {actor.id}: {found}; the definition says {waiting}"


def _asking(bench: Bench, actor: Actor, case: Told) -> Ask:
    return Ask(person=actor.person, roles=bench.world.roles(actor, case), now=bench.clock.now())


def _check_amounts(bench: Bench) -> None:
    held = {"|".join(key): amount for key, amount in bench.world.balances.items()}
    real = {row["account"]: row["amount"] for row in bench.rows["casework_balance"]}
    limited = {
        account.name for case_type in bench.world.types.values() for account in case_type.accounts if account.limited
    }
    meant = {key: amount for key, amount in held.items() if key.partition("|")[0] in limited}
    wrong = {key: (real.get(key, 0), held.get(key, 0)) for key in real | meant if real.get(key, 0) != held.get(key, 0)}
    assert not wrong, f"accounts hold otherwise than the definition says (held, said): {wrong}"


def _check_messages(bench: Bench) -> None:
    real = Counter((row["case_id"], row["channel"]) for row in bench.rows["casework_message"])
    meant = Counter((case_id, channel) for case_id, case in bench.world.cases.items() for channel in case["sent"])
    assert real == meant, f"messages wait otherwise than the definition says: {real} and not {meant}"


def _check_claims(bench: Bench) -> None:
    for claim in bench.setup.claims:
        if isinstance(claim, Never):
            for case_id, case in bench.world.cases.items():
                if case["type"] == bench.setup.name:
                    assert not _is_so(bench, claim, case_id, case), f"claimed never to be: {claim.because}"


def _is_so(bench: Bench, claim: Never, case_id: str, case: Told) -> bool:
    if isinstance(claim.what, Condition):
        return bench.world.truth(claim.what, case, Ask(now=bench.clock.now())) is True
    whole = attrs.evolve(bench.app.desk(bench.seer).get(case_id), data=case["data"], hidden=())
    return bool(claim.what(whole))


def check_claims_of_step(bench: Bench, call: Call, before: Told, held: dict[tuple[str, str, str], int]) -> None:
    """What is claimed of a trigger holds of the case as it was, when accounts *held* that much, and as it became."""
    if call.verb != "fire" or before["type"] != bench.setup.name:
        return
    after = bench.world.cases[before["id"]]
    given = {name: value for name, value in call.values.items() if value is not None}
    for claim in bench.setup.claims:
        if isinstance(claim, Whenever) and claim.trigger == call.name:
            then, now = (claim.before, before, held, "before"), (claim.after, after, None, "after")
            for condition, case, amounts, when in (then, now):
                ask = attrs.evolve(_asking(bench, call.who, before), form=given)
                told = bench.world.truth(condition, case, ask, amounts)
                assert told is True, f"claimed {when} {call.name!r}, and not so: {claim.because}"


def case_type_of(bench: Bench, case_id: str) -> CaseType:
    """The composed case type of a case."""
    return bench.world.types[bench.world.cases[case_id]["type"]]

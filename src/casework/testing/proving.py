"""Claims that the explorer proves or refutes, as assertions: a failure tells the way there, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casework.app import Casework
from casework.exploring import Accepted, Authority, Proof, Told, Verdict
from casework.exploring.reach import CONFIGURATION_LIMIT
from casework.model.fields import FieldClass


def assert_proven(
    app: Casework,
    /,
    *case_types: str,
    accepted: Iterable[Accepted] = (),
    warnings: bool = False,
    waits: bool = False,
    limit: int = CONFIGURATION_LIMIT,
) -> tuple[Proof, ...]:
    """Every case type of *app*, or those that are named, is proven to fit with everything attached to it.

    AssertionError tells what is refuted, with the way there, and what is not proven, with what would settle it. With
    *warnings* these fail as well. With *waits* it is also asked whether somebody can move on, and a clock runs,
    wherever a case waits. *accepted* are findings that somebody takes upon themselves. *limit* is how many
    configurations of each are looked at. Gives the proofs. Raises InvalidValue where there is no such case type.
    """
    named = case_types or tuple(item.name for item in app.case_types)
    proofs = tuple(app.proofs.prove(name, limit=limit, waits=waits) for name in named)
    taken = tuple(accepted)
    problems = [line for proof in proofs for line in _problems(proof, taken, warnings=warnings)]
    if problems:
        raise AssertionError("\n".join(problems))
    return proofs


def assert_can(app: Casework, case_type: str, /, *, roles: Iterable[str], reach: str) -> Authority:
    """People with *roles* and no others can bring a case to the state *reach*; so that ``assert_cannot`` is not idle.

    AssertionError where it is not proven that they can. Raises InvalidValue for what the case type does not have.
    """
    found = app.proofs.can(case_type, roles=roles, reach=reach)
    if not found.holds or found.answer != "proven":
        raise AssertionError(_told(case_type, found))
    return found


def assert_cannot(app: Casework, case_type: str, /, *, roles: Iterable[str], reach: str) -> None:
    """People with *roles* and no others can never bring a case to the state *reach*, whoever opened it.

    AssertionError tells the way in which they can. Raises InvalidValue for what the case type does not have.
    """
    _hold(case_type, app.proofs.can(case_type, roles=roles, reach=reach), holds=False)


def assert_needs_two_persons(app: Casework, case_type: str, what: str, /) -> None:
    """*what*, a trigger or a state, always takes two persons, whatever roles one person has.

    AssertionError tells how one person does it alone. Raises InvalidValue for what the case type does not have.
    """
    _hold(case_type, app.proofs.needs_two_persons(case_type, what), holds=True)


def assert_never_sees(app: Casework, case_type: str, /, *, role: str, field_class: FieldClass) -> None:
    """Somebody with *role* alone never reads what is of *field_class*, wherever a case may come to.

    AssertionError tells what they read, and where. Raises InvalidValue for what the case type does not have.
    """
    _hold(case_type, app.proofs.may_ever_see(case_type, role, field_class), holds=False)


def _hold(case_type: str, found: Authority, *, holds: bool) -> None:
    if found.holds is not holds or found.answer != "proven":
        raise AssertionError(_told(case_type, found))


def _told(case_type: str, found: Authority) -> str:
    return "\n".join([f"{case_type!r}: {found.text.en} ({found.answer})", *_steps(found.path)])


def _problems(proof: Proof, accepted: tuple[Accepted, ...], *, warnings: bool) -> Iterator[str]:
    verdicts = (*proof.refuted, *proof.unproven, *(proof.warnings if warnings else ()))
    open_ = [v for v in verdicts if not any(each.covers(proof.case_type, v) for each in accepted)]
    if open_:
        yield f"{proof.case_type!r} is {proof.answer} ({proof.configurations:,} configurations were looked at)"
    elif not proof.complete:
        yield f"{proof.case_type!r} has more than {proof.configurations:,} configurations; raise the limit"
    for verdict in open_:
        yield from _verdict(verdict)


def _verdict(verdict: Verdict) -> Iterator[str]:
    lead = "warning" if verdict.level == "warning" else verdict.answer
    yield f"  {lead} {verdict.code} {verdict.about}: {verdict.text.en}  [{verdict.finding.page}]"
    yield from _steps(verdict.path)
    if verdict.settle:
        yield f"    what would settle it: {verdict.settle.en}"


def _steps(path: tuple[Told, ...]) -> list[str]:
    return [f"    {number}. {told.text.en}" for number, told in enumerate(path, start=1)]

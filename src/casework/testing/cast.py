"""Who acts in tests: somebody for each role, somebody with all of them, strangers, and one person with two accounts."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from casework.model.actor import Actor
from casework.model.casetype import CaseType

HERE, ELSEWHERE = "here", "elsewhere"


def cast_of(case_types: Iterable[CaseType]) -> tuple[Actor, ...]:
    """Everybody who is needed to try a right and the lack of it."""
    roles = sorted({role.name for case_type in case_types for role in case_type.roles if not role.local})
    roles = roles or sorted({name for case_type in case_types for name in case_type.opens})
    return (
        Actor("all_roles", roles=roles),
        Actor("somebody_else", roles=roles),
        *(Actor(role, roles={role}, unit=HERE) for role in roles),
        Actor("second_account", roles=roles, unit=HERE, person="all_roles"),
        Actor("another_unit", roles=roles, unit=ELSEWHERE),
        Actor("nobody", unit=HERE),
    )


def actors(case_type: CaseType, /, *more: CaseType) -> SearchStrategy[Actor]:
    """Somebody with every role of the case types, with one of them, with none, elsewhere, or under another name."""
    return st.sampled_from(cast_of((case_type, *more)))

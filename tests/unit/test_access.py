"""Who may do what: nothing by default, what the state grants, what the case type grants everywhere, and no more."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest

from casework.access import Access, general_roles
from casework.condition.build import actor, field, overdue, state
from casework.condition.tree import Condition
from casework.model.actor import Actor
from casework.model.casetype import CaseType
from casework.model.fields import FIELD_CLASSES, Field
from casework.model.outfit import Role
from casework.model.workflow import PERMISSIONS, State, Workflow

ROLES = ("clerk", "nurse", "owner")
GRANTS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("main", "a"): {"view": ("clerk",), "edit": ("clerk", "owner")},
    ("main", "b"): {"view": ("nurse",)},
    ("side", "x"): {"view": ("owner",), "note": ("nurse",)},
    ("side", "y"): {},
}
EVERYWHERE = {"assign": ("nurse",)}
READERS = {"personal": ("clerk", "owner"), "health": ("nurse",)}
FIELDS = tuple(Field(name, field_class=name) for name in FIELD_CLASSES)


def _workflow(name: str, *states: str) -> Workflow:
    return Workflow(name, initial=states[0], states=[State(s, grants=GRANTS[name, s]) for s in states], transitions=())


CASE_TYPE = CaseType(
    "case",
    chain=(_workflow("main", "a", "b"), _workflow("side", "x", "y")),
    data=FIELDS,
    roles=(Role("clerk"), Role("nurse"), Role("owner", local=True)),
    grants=EVERYWHERE,
    readers=READERS,
)
ACCESS = Access(CASE_TYPE, {field.name: field for field in FIELDS})
SETS = [frozenset(items) for items in chain.from_iterable(combinations((*ROLES, "stranger"), n) for n in range(5))]
STATES = [{"main": main, "side": side} for main in "ab" for side in "xy"]


@pytest.mark.parametrize("roles", SETS, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
@pytest.mark.parametrize("states", STATES, ids=lambda states: "".join(states.values()))
def test_permissions_of_all_workflows_add_up(roles: frozenset[str], states: dict[str, str]) -> None:
    for permission in PERMISSIONS:
        granted = set(EVERYWHERE.get(permission, ()))
        for workflow, name in states.items():
            granted |= set(GRANTS[workflow, name].get(permission, ()))

        assert bool(granted & roles) == ACCESS.may(permission, states, roles)
        assert tuple(sorted(granted)) == ACCESS.allowed(permission, states)


@pytest.mark.parametrize("roles", SETS, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_filter_by_states_says_the_same(roles: frozenset[str], permission: str) -> None:
    granting = ACCESS.states_granting(permission, roles)
    for states in STATES:
        by_state = any(name in granting.get(workflow, ()) for workflow, name in states.items())

        assert ACCESS.may(permission, states, roles) == (
            by_state or not roles.isdisjoint(ACCESS.everywhere(permission))
        )


@pytest.mark.parametrize("permission", [*PERMISSIONS, "fly", ""])
@pytest.mark.parametrize("states", [{}, {"main": ""}, {"main": "z"}, {"nothing": "a"}], ids=str)
def test_where_nothing_is_granted_nothing_is_allowed(permission: str, states: dict[str, str]) -> None:
    expected = permission in EVERYWHERE

    assert expected == ACCESS.may(permission, states, frozenset(ROLES))
    assert not ACCESS.may(permission, states, frozenset())


@pytest.mark.parametrize("roles", SETS, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
def test_a_class_is_read_by_those_who_are_named_for_it(roles: frozenset[str]) -> None:
    for item in FIELDS:
        expected = item.field_class == "open" or not roles.isdisjoint(READERS.get(item.field_class, ()))

        assert expected == ACCESS.reads(item, roles) == ACCESS.reads_name(item.name, roles)
        assert expected == (item.name in ACCESS.visible([item.name], roles))
    assert not ACCESS.reads_name("nothing", frozenset(ROLES))


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (overdue("x"), True),
        (state("main") == "a", True),
        (actor.has_role("nurse"), True),
        (field("open") == "x", True),
        (field("personal") == "x", True),
        (field("health").known, False),
        (~field("health").known, False),
        (overdue("x") | (state("main") == "a") & ~field("health").known, False),
        (field("nothing") == 1, False),
    ],
    ids=str,
)
def test_a_clause_is_told_to_those_who_read_its_fields(condition: Condition, told: bool) -> None:
    assert told == ACCESS.tells(condition, frozenset({"clerk"}))


@pytest.mark.parametrize(
    ("unit", "expected"), [(None, {"clerk"}), ("anlu", {"clerk"}), ("other", set()), ("anl", set())]
)
def test_general_roles_end_at_the_unit(unit: Any, expected: set[str]) -> None:
    assert expected == general_roles(Actor("li", {"clerk"}, unit=unit), "anlu")


def test_local_roles_are_those_declared_so() -> None:
    assert frozenset({"owner"}) == ACCESS.local_roles

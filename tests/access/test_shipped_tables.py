"""Who may do what with every case type that is shipped, by role, state and permission: written down, decided twice."""

from __future__ import annotations

import pytest
from access.shipped import TABLES, shipped
from access.ward import TREE

from casework import CaseType
from casework.compiled import Compiled
from casework.manifest import manifest_of
from casework.model.workflow import PERMISSIONS
from casework.testing import access_table
from casework.testing.reference.sight import Row, Sight


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_table_beside_this_test_says_who_may_do_what(name: str) -> None:
    access_table(shipped()[name], (TABLES / f"{name}.txt").read_text(encoding="utf-8"))


def test_every_shipped_case_type_has_its_table_and_no_table_outlives_it() -> None:
    assert sorted(shipped()) == sorted(path.stem for path in TABLES.glob("*.txt"))


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_role_in_every_state_may_what_the_reference_says(name: str) -> None:
    case_type = shipped()[name]
    access, sight = Compiled(manifest_of(case_type, len(case_type.chain), ()), {}).access, Sight(case_type, TREE)
    roles = {role.name for role in case_type.roles} | {"nobody"}
    initial = {workflow.name: workflow.initial for workflow in case_type.chain}
    for states in [initial | {w.name: state.name} for w in case_type.chain for state in w.states]:
        row = Row(id="1", unit="", states=states, data={})
        for role in roles:
            allowed = {permission for permission in PERMISSIONS if access.may(permission, states, frozenset({role}))}

            assert {permission for permission in PERMISSIONS if sight.may(permission, row, {role})} == allowed
    for role in roles:
        read = set(access.visible(_names(case_type), frozenset({role})))

        assert {field.name for field in sight.fields() if sight.reads(field, {role})} == read


def _names(case_type: CaseType) -> list[str]:
    return [field.name for field in Sight(case_type, {}).fields()]

"""Which grants are written, and where none are."""

from __future__ import annotations

import pytest
from stores import fresh

from casework import SetupError, StoreOptions
from casework.storage import roles, schema
from casework.storage.roles import Roles, grants
from casework.storage.sql.engine import open_engine


def test_every_fixed_table_is_told_of_to_the_app() -> None:
    fixed = {table.name for table in schema.metadata.sorted_tables}

    assert {*fixed, "casework_version"} == set(roles._APP)
    assert set(roles._HIDDEN) <= fixed


@pytest.mark.parametrize("name", ['a"b', "a b", "a%s", "", "1a", "x" * 64, "a;b"])
def test_a_name_that_could_be_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(SetupError, match="no name of an account"):
        Roles(app=name)


def test_two_roles_are_two_accounts() -> None:
    with pytest.raises(SetupError, match="account of its own"):
        Roles(app="town", auditor="town")


@pytest.mark.sqlite("a file has permissions, not roles")
def test_a_file_has_no_roles() -> None:
    engine = open_engine(fresh(), StoreOptions())

    with pytest.raises(SetupError, match="only PostgreSQL has roles"):
        grants(engine, Roles(app="town"))
    engine.dispose()


@pytest.mark.postgres
def test_without_tables_there_is_nothing_to_grant() -> None:
    engine = open_engine(fresh(), StoreOptions())

    with pytest.raises(SetupError, match="casework migrate"):
        grants(engine, Roles(app="town"))
    engine.dispose()


@pytest.mark.postgres
def test_an_account_that_is_not_there_is_named_before_anything_is_granted() -> None:
    engine = open_engine(fresh(), StoreOptions())

    with pytest.raises(SetupError, match="there is no account nobody_at_all"):
        roles.grant(engine, Roles(app="nobody_at_all"))
    engine.dispose()

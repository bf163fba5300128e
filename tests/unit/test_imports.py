"""What importing casework brings along, and what it does not; each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

import casework

EXTRAS = ("psycopg", "procrastinate", "cryptography", "aiosqlite", "click", "rich", "altair", "hypothesis", "pytest")
HEAVY = ("sqlalchemy.dialects.postgresql", "alembic", "ruamel", "zipfile", "xml", "urllib.request")


def imported(code: str) -> frozenset[str]:
    """The names of all modules that are there once *code* was run."""
    told = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    return frozenset(done.stdout.split())


def test_definitions_are_written_without_a_database_at_hand() -> None:
    there = imported("from casework import CaseType, State, Transition, Workflow, field, guard, attach, hookimpl")

    assert "casework.model.casetype" in there
    assert set() == there & {"sqlalchemy", "transitions", "cattrs", "casework.app", *EXTRAS, *HEAVY}


def test_an_app_brings_no_database_along_but_its_own() -> None:
    there = imported("from casework import Casework")

    assert "sqlalchemy" in there
    # SQLAlchemy itself may have use for some of it.
    assert set() == (there - imported("import sqlalchemy, transitions")) & {*EXTRAS, *HEAVY, "cattrs"}


@pytest.mark.parametrize("name", casework.__all__)
def test_every_public_name_is_there_when_it_is_asked_for(name: str) -> None:
    assert getattr(casework, name) is not None


def test_a_name_that_is_not_public_is_told() -> None:
    with pytest.raises(AttributeError, match="module 'casework' has no attribute 'Caseworks'"):
        casework.Caseworks  # noqa: B018


def test_what_is_imported_on_demand_is_listed_when_looked_for() -> None:
    told = "import casework; assert set(casework.__all__) <= set(dir(casework))"

    assert "sqlalchemy" not in imported(told)

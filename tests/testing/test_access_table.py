"""The access table is complete in both directions, and what fails shows the right one."""

from __future__ import annotations

import pytest
from testing.loan import ACCESS, loan

from casework import InvalidValue
from casework.testing import access_table


def failure(table: str) -> str:
    with pytest.raises(AssertionError) as caught:
        access_table(loan, table)
    return str(caught.value)


def test_what_a_failure_shows_is_the_right_table() -> None:
    shown = failure("").partition("It is:")[2]

    access_table(loan, shown)


@pytest.mark.parametrize("row", [row for row in ACCESS.splitlines() if row])
def test_a_row_that_is_missing_is_told(row: str) -> None:
    assert "not written: " in failure(ACCESS.replace(row, ""))


@pytest.mark.parametrize("row", ["note in asked | clerk", "fire check in lent | clerk", "list mine | clerk"])
def test_a_row_too_many_is_told(row: str) -> None:
    assert f"there is no such right: {row}" in failure(f"{ACCESS}{row}\n")


@pytest.mark.parametrize(
    ("row", "instead"),
    [("open | clerk chief", "open | clerk"), ("read health | chief", "read health | chief clerk")],
)
def test_a_role_too_many_or_too_few_is_told(row: str, instead: str) -> None:
    assert f"{row.partition(' |')[0]}: " in failure(ACCESS.replace(row, instead))


def test_the_order_of_rows_roles_and_states_does_not_matter() -> None:
    access_table(loan, "\n".join(reversed(ACCESS.splitlines())).replace("clerk chief", "chief clerk"))


@pytest.mark.parametrize("row", ["open clerk", "fly in asked | clerk", "open | clerk\nopen | clerk"])
def test_a_row_that_cannot_be_read_is_refused_by_its_number(row: str) -> None:
    with pytest.raises(InvalidValue, match=r"^row \d: "):
        access_table(loan, row)

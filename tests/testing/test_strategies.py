"""What the kit fills in is right where it says so, and wrong in one place where it says that."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from testing.loan import loan

from casework import Choice, Field, Transition, fact
from casework.testing import actors, broken_forms, data, forms, values
from casework.testing.reference.forms import No, filled

FIELDS = (
    Field("name", required=True, max_length=3),
    Field("age", "integer", required=True, minimum=18, maximum=20),
    Field("size", "choice", choices=(Choice("small"), Choice("large"))),
    Field("weight", "decimal", minimum=Decimal(1)),
    Field("score", "float"),
    Field("ready", "boolean"),
    Field("born", "date", maximum=date(2010, 1, 1)),
    Field("seen", "instant"),
)


@attrs.frozen
class Visit:
    room: str
    size: int | None = fact(minimum=3, maximum=4)
    note: str | None = fact(default=None, managed=True)


@given(st.data())
def test_a_value_is_one_that_its_field_takes(drawn: st.DataObject) -> None:
    for field in FIELDS:
        field.accept(drawn.draw(values(field)))


@given(forms(FIELDS))
def test_a_form_is_accepted(form: dict[str, Any]) -> None:
    assert form == filled(FIELDS, form)


@given(broken_forms(FIELDS))
def test_a_broken_form_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(No):
        filled(FIELDS, form)


@given(forms(Visit), data(Visit), data(loan), forms(Transition("go", "a", form=FIELDS)))
def test_classes_case_types_and_transitions_say_what_is_filled_in(
    visit: dict[str, Any], opened: dict[str, Any], lent: dict[str, Any], form: dict[str, Any]
) -> None:
    assert {"room"} <= set(visit) <= {"room", "size", "note"}
    assert "note" not in opened
    assert set(lent) <= {"borrower", "illness"}
    assert {"name", "age"} <= set(form)


@given(st.data())
def test_somebody_has_every_role_and_somebody_none(drawn: st.DataObject) -> None:
    actor = drawn.draw(actors(loan))

    assert actor.roles <= {"clerk", "chief"}

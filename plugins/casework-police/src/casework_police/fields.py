"""Fields of forms as the case keeps them: managed, so that only the step that asks for them writes them."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework import Field, Set, Text


def kept(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields of a form as fields of the case that the form is kept in."""
    return tuple(attrs.evolve(field, required=False, managed=True) for field in fields)


def cleared(*names: str) -> tuple[Set, ...]:
    """Make each field unknown."""
    return tuple(Set(name, None) for name in names)


def reason(readers: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """Why something is done."""
    return (
        Field(
            "reason",
            required=True,
            field_class="personal",
            readers=readers,
            title=Text("reason", "原因"),
            max_length=500,
        ),
    )

"""How a value of one field becomes a value of another: by closed means only, so that a check can foresee it."""

from __future__ import annotations

from decimal import Decimal

from casework.condition.literal import Value
from casework.model.fields import Field
from casework.model.migration import FieldMap

_LISTED = ("choice", "text", "boolean")
_WIDER = (("integer", "decimal"), ("integer", "text"), ("choice", "text"))


def convertible(old: Field, new: Field, item: FieldMap) -> bool:
    """Whether values of *old* can become values of *new* by what *item* says."""
    if item.values:
        return old.type in _LISTED and new.type in _LISTED
    return old.type == new.type or (old.type, new.type) in _WIDER


def moves_plainly(old: Field, new: Field, item: FieldMap) -> bool:
    """Whether the very same value goes on under another name, so that the log need not say it again."""
    return not item.values and (old.type == new.type or (old.type, new.type) == ("choice", "text"))


def converted(old: Field, new: Field, item: FieldMap, value: Value) -> Value:
    """*value* as the new field holds it; one that is not listed keeps its name.

    Raises InvalidValue where the new field does not take it.
    """
    if item.values:
        spelled = str(value).lower() if isinstance(value, bool) else str(value)
        told = dict(item.values).get(spelled, spelled)
        return new.accept({"true": True, "false": False}.get(told, told) if new.type == "boolean" else told)
    if old.type != new.type and isinstance(value, int):
        return new.accept(Decimal(value) if new.type == "decimal" else str(value))
    return new.accept(value)

"""Fields, accounts and deadlines by themselves: bounds that can be kept, choices that can be made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from casework.model.fields import Field
from casework.model.finding import Finding
from casework.model.outfit import Account
from casework.soundness.codes import finding
from casework.soundness.scope import Scope
from casework.soundness.types import ORDERED, fits

SEPARATOR = "|"
"""What keys of accounts are joined with; a choice that tells accounts apart may not hold it."""


def check_fields(scope: Scope) -> Iterator[Finding]:
    """Every field of the case data, of the workflows and of the forms; accounts; durations."""
    for i, field in enumerate(() if scope.case_type is None else scope.case_type.data):
        yield from _field(f"data[{i}]", field)
    for i, account in enumerate(scope.outfit.accounts):
        yield from _account(scope, f"{scope.outfit_path}accounts[{i}]", account)
    for prefix, workflow in scope.chain:
        for i, field in enumerate(workflow.fields):
            yield from _field(f"{prefix}fields[{i}]", field)
        for i, deadline in enumerate(workflow.deadlines):
            if not deadline.rule and (deadline.after <= timedelta(0) or deadline.after.microseconds):
                message = f"{deadline.after} is not a duration of whole seconds, more than none"
                yield finding("CW313", f"{prefix}deadlines[{i}].after", message)
    yield from _retention(scope)
    for path, _, transition in scope.transitions():
        for i, field in enumerate(transition.form):
            yield from _field(f"{path}.form[{i}]", field)


def _retention(scope: Scope) -> Iterator[Finding]:
    case_type = scope.case_type
    after = None if case_type is None or case_type.retention is None else case_type.retention.after
    if after is None:
        return
    if after <= timedelta(0) or after.microseconds:
        yield finding("CW313", "retention.after", f"{after} is not a duration of whole seconds, more than none")
    assert case_type is not None
    granted = [case_type.grants, *(state.grants for workflow in case_type.chain for state in workflow.states)]
    if not any(permission == "erase" and roles for grants in granted for permission, roles in grants):
        message = "it asks to erase what is personal, and no role may do that; grant 'erase' to two persons' roles"
        yield finding("CW407", "retention.after", message)


def _field(path: str, field: Field) -> Iterator[Finding]:
    bounds = {name: value for name in ("minimum", "maximum") if (value := getattr(field, name)) is not None}
    usable = True
    for name, value in bounds.items():
        if field.type not in ORDERED:
            usable = False
            yield finding("CW307", f"{path}.{name}", f"{field.type} has no order, so it has no {name}")
        elif not fits(field.type, value):
            usable = False
            yield finding("CW307", f"{path}.{name}", f"the {name} of a field of type {field.type} cannot be {value!r}")
    if usable and len(bounds) == 2 and bounds["minimum"] > bounds["maximum"]:
        yield finding("CW307", f"{path}.minimum", f"no value lies between {field.minimum} and {field.maximum}")
    if field.type == "choice" and not field.choices:
        yield finding("CW308", f"{path}.choices", f"field {field.name!r} is a choice and has nothing to choose from")
    if field.type != "choice" and field.choices:
        yield finding("CW308", f"{path}.choices", f"field {field.name!r} has choices, but its type is {field.type}")


def _account(scope: Scope, path: str, account: Account) -> Iterator[Finding]:
    if account.minimum is not None and account.maximum is not None and account.minimum > account.maximum:
        message = f"no balance lies between {account.minimum} and {account.maximum}"
        yield finding("CW307", f"{path}.minimum", message)
    field = None if account.by is None else scope.fields.get(account.by)
    if field is None:
        return
    if field.type != "choice":
        message = f"{account.by!r} is {field.type}; accounts are told apart by a choice"
        yield finding("CW312", f"{path}.by", message)
    elif field.field_class != "open":
        message = f"field {account.by!r} is {field.field_class}; what tells accounts apart is plain in the ledger"
        yield finding("CW304", f"{path}.by", message)
    elif not field.managed:
        message = f"{account.by!r} may be opened with and amended while amounts are out; make it managed"
        yield finding("CW317", f"{path}.by", message)
    for choice in field.choices:
        if SEPARATOR in choice.name:
            yield finding("CW312", f"{path}.by", f"the choice {choice.name!r} holds {SEPARATOR!r}")

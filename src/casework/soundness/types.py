"""Types in conditions: a literal is of its field's type, order only where there is one, sealed values unread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from casework.condition import tree
from casework.condition.literal import Value, kind_of
from casework.condition.tree import DEPTH_LIMIT, SIZE_LIMIT, Among, Compare
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.soundness.codes import finding
from casework.soundness.scope import Place, Scope, raw_places

ORDERED = frozenset({"integer", "decimal", "float", "date", "instant"})


def check_size(scope: Scope) -> Iterator[Finding]:
    """Conditions beyond the limits; the other checks follow a condition inward and count on these."""
    for place in raw_places(scope):
        yield from size_findings(place)


def size_findings(place: Place) -> Iterator[Finding]:
    """Whether one condition keeps the limits."""
    deep = tree.depth(place.condition)
    if deep > DEPTH_LIMIT:
        yield finding("CW306", place.path, f"the condition is {deep} deep, and {DEPTH_LIMIT} is the limit")
    # A value that is one of several counts like a condition: each is bound, and databases bind so many at a time.
    size = sum(len(node.values) + 1 if isinstance(node, Among) else 1 for node in tree.walk(place.condition))
    if size > SIZE_LIMIT:
        yield finding("CW306", place.path, f"the condition has {size} parts, and {SIZE_LIMIT} is the limit")


def check_types(scope: Scope) -> Iterator[Finding]:
    """Every comparison of the definition."""
    for place in scope.places():
        yield from type_findings(scope, place)


def type_findings(scope: Scope, place: Place) -> Iterator[Finding]:
    """The comparisons in one condition."""
    for node in tree.walk(place.condition):
        if isinstance(node, Compare | Among):
            yield from _compared(scope, place, node)


def fits(kind: str, value: Value) -> bool:
    """Whether a literal is of the type of a field; choices are text."""
    return kind_of(value) == ("text" if kind == "choice" else kind)


def _compared(scope: Scope, place: Place, node: Compare | Among) -> Iterator[Finding]:
    values = node.values if isinstance(node, Among) else (node.right,)
    ordering = isinstance(node, Compare) and node.operator not in ("eq", "ne")
    match node.left:
        case tree.ElapsedRef(mark):
            yield from _durations(place.path, mark, node)
        case tree.StateRef(workflow):
            yield from _literals(place.path, f"state({workflow!r})", "text", values, ordering)
        case tree.BalanceRef(account):
            yield from _literals(place.path, f"balance({account!r})", "integer", values, ordering)
        case tree.FieldRef(name) if name in scope.fields:
            field = scope.fields[name]
            if field.sealed:
                message = f"field {name!r} is sealed ({field.field_class}); conditions may only ask whether it is known"
                yield finding("CW304", place.path, message)
            yield from _of_field(place.path, f"field {name!r}", field, values, ordering)
        case tree.GivenRef(name) if name in place.form:
            yield from _of_field(place.path, f"given({name!r})", place.form[name], values, ordering)


def _of_field(
    path: str, what: str, field: Field, values: tuple[Value | timedelta, ...], ordering: bool
) -> Iterator[Finding]:
    yield from _literals(path, what, field.type, values, ordering)
    for value in values:
        yield from choice_findings(path, what, field, value)


def choice_findings(path: str, what: str, field: Field, value: object) -> Iterator[Finding]:
    """Whether a text is one of the choices of a field that has choices."""
    known = [choice.name for choice in field.choices]
    if field.type == "choice" and known and isinstance(value, str) and value not in known:
        yield finding("CW303", path, f"{what} is never {value!r}; its choices are {', '.join(known)}")


def _literals(
    path: str, what: str, kind: str, values: tuple[Value | timedelta, ...], ordering: bool
) -> Iterator[Finding]:
    if ordering and kind not in ORDERED:
        yield finding("CW302", path, f"{what} is {kind}, which has no order; compare it with == or in_()")
    for value in values:
        if isinstance(value, timedelta):
            yield finding("CW301", path, f"{what} is {kind} and cannot be compared with a duration")
        elif not fits(kind, value):
            yield finding("CW301", path, f"{what} is {kind} and cannot be compared with {value!r}, {kind_of(value)}")


def _durations(path: str, mark: str, node: Compare | Among) -> Iterator[Finding]:
    if not isinstance(node, Compare) or not isinstance(node.right, timedelta):
        yield finding("CW301", path, f"elapsed_since({mark!r}) can only be compared with a duration")
    elif node.right < timedelta(0) or node.right.microseconds:
        yield finding("CW313", path, f"{node.right} is not a duration of whole seconds, zero or more")

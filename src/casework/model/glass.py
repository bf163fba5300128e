"""Breaking the glass: reading more of one case in an emergency, for a short time, and answering for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs

from casework.errors import InvalidValue
from casework.model.fields import FIELD_CLASSES, FieldClass
from casework.model.names import names_only, one_or_many, told

LONGEST = timedelta(hours=4)
"""For no longer may a glass stay broken."""


def _classes(value: Any) -> tuple[FieldClass, ...]:
    found: Any = one_or_many(value)
    return tuple(found)


def known_classes(_: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """Refuse what is no class of fields, and the class open, which needs no permission."""
    for name in value:
        if name not in FIELD_CLASSES[1:]:
            raise InvalidValue(attribute.name, f"takes classes out of {', '.join(FIELD_CLASSES[1:])}, not {told(name)}")


def _time(_: object, __: object, value: Any) -> None:
    if not isinstance(value, timedelta) or not timedelta(0) < value <= LONGEST or value.microseconds:
        raise InvalidValue(
            "BreakGlass.time", f"takes whole seconds of at most 4 hours, such as hours(1), not {value!a}"
        )


@attrs.frozen(kw_only=True)
class BreakGlass:
    """What whoever has the permission ``break_glass`` reads of a case in an emergency, and who is told of it.

    It opens the fields of *classes* on that one case for *time*, at most four hours, and nothing else: no transition,
    no remark, no other case. In the same transaction a message goes to *to* by *channel*. The case does not close
    before another person with the permission ``review`` has reviewed it. With *anywhere* the permission counts
    beyond the units in which somebody's roles hold.
    """

    classes: tuple[FieldClass, ...] = attrs.field(converter=_classes, validator=[names_only, known_classes])
    channel: str
    to: str = ""
    time: timedelta = attrs.field(default=timedelta(hours=1), validator=_time)
    anywhere: bool = False


@attrs.frozen(kw_only=True)
class Glass:
    """A glass that was broken: by the entry of that *number*, by whom, until when; *review* is the entry of its review.

    *number* is 0 while it is being broken.
    """

    number: int
    person: str
    until: datetime
    review: int | None = None

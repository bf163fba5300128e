"""Rules as values: how long something may take, when that counts, and on whose authority."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, get_args

import attrs

from casework.condition.tree import ALWAYS, NEVER, Condition
from casework.errors import InvalidValue
from casework.model.names import told
from casework.text import Text, as_text

Unit = Literal["hours", "days", "working days", "months"]
UNITS: tuple[Unit, ...] = get_args(Unit)

Confidence = Literal["F", "Fp", "M"]
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)

LastDay = Literal["stands", "rolls"]
LAST_DAYS: tuple[LastDay, ...] = get_args(LastDay)


def condition_only(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """What the attribute holds is a condition; an attrs validator."""
    if not isinstance(value, Condition):
        where = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValue(where, f"takes a condition, such as state('care') == 'admitted', not {told(value)}")


def _option(instance: Rule, attribute: attrs.Attribute[Any], value: object) -> None:
    options = {"unit": (None, *UNITS), "confidence": CONFIDENCES, "last_day": LAST_DAYS}[attribute.name]
    if value not in options:
        known = ", ".join(str(option) for option in options if option is not None)
        raise InvalidValue(f"rule {instance.id!r}: {attribute.name}", f"takes one of {known}, not {told(value)}")


def _whole(instance: Rule, _: object, value: object) -> None:
    if type(value) is not int or value < 0:
        raise InvalidValue(f"rule {instance.id!r}: value", f"takes a whole number, not {told(value)}")


@attrs.frozen(kw_only=True)
class Rule:
    """One version of a rule of a rulebook.

    *value* and *unit* are the length of its term; a rule without *unit* is a duty without one. *pauses* says when the
    term stands still, *applies* to whom it applies. *last_day* rolls where a term that would end on a day off ends on
    the next working day. A term ends when its last day *closes*. *confidence* is F (its wording was read in a full
    text), Fp (found in a page) or M (from memory). It is in force from the day *effective_from* to *effective_to*,
    both inclusive. *tenant* is empty for everybody's rule.
    """

    id: str
    title: Text = attrs.field(default=Text(), converter=as_text)
    value: int = attrs.field(default=0, validator=_whole)
    unit: Unit | None = attrs.field(default=None, validator=_option)
    starts: Text = attrs.field(default=Text(), converter=as_text)
    pauses: Condition = attrs.field(default=NEVER, validator=condition_only)
    applies: Condition = attrs.field(default=ALWAYS, validator=condition_only)
    calendar: str = ""
    zone: str = "UTC"
    last_day: LastDay = attrs.field(default="stands", validator=_option)
    closes: str = "24:00"
    authority: Text = attrs.field(default=Text(), converter=as_text)
    article: str = ""
    confidence: Confidence = attrs.field(default="M", validator=_option)
    source: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    note: Text = attrs.field(default=Text(), converter=as_text)
    tenant: str = ""

    @property
    def version(self) -> str:
        """What tells this version from others of its rule: the day from which it is in force, and whose it is."""
        since = "" if self.effective_from is None else f"@{self.effective_from.isoformat()}"
        return f"{self.id}{since}" + (f"/{self.tenant}" if self.tenant else "")

    def in_force(self, day: date) -> bool:
        """Whether it was in force on *day*."""
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day <= self.effective_to)


def overlapping(one: Rule, other: Rule) -> bool:
    """Whether two versions of one rule are both in force on some day, for the same tenant."""
    if one.tenant != other.tenant:
        return False
    first, last = one.effective_from or date.min, one.effective_to or date.max
    return first <= (other.effective_to or date.max) and (other.effective_from or date.min) <= last

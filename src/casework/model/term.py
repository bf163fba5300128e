"""Terms: how far the clock of a rule has come on one case, with all that its due date was derived from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import attrs

from casework.clock import from_micros, to_micros
from casework.text import Text

Pause = tuple[datetime, datetime | None]
"""From when to when a term stood still; None while it does."""


@attrs.frozen
class Day:
    """A day that is not as its weekday says: whether it is worked on, and what it is called."""

    day: date
    works: bool
    title: Text = Text()


@attrs.frozen
class Extension:
    """So much longer, in the unit of the rule; *entry* is the number of the entry that says why."""

    value: int
    entry: int


@attrs.frozen(kw_only=True)
class Term:
    """A deadline of a case that a rule sets.

    *rule* is the version of the rule, empty where none was in force. *due* is None while the term stands still, where
    the rule does not apply, and where a calendar that it needs is not published; then it is not before *earliest*.
    *days* are those that the calendar told of, so that the due date can be derived again without it. *told* says that
    the due date came with the case from elsewhere.
    """

    started: datetime
    rule: str = ""
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    applies: bool = True
    due: datetime | None = None
    earliest: datetime | None = None
    days: tuple[Day, ...] = ()
    told: bool = False

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return bool(self.pauses) and self.pauses[-1][1] is None


def term_instants(term: Term) -> tuple[datetime, ...]:
    """The instants at which the term began, stood still and ran on."""
    return (term.started, *(at for pause in term.pauses for at in pause if at is not None))


def term_to_plain(term: Term) -> dict[str, Any]:
    """The plain form of a term, as entries and current rows hold it: instants in microseconds, days as ISO dates."""
    plain: dict[str, Any] = {"started": to_micros(term.started)}
    if term.rule:
        plain["rule"] = term.rule
    if term.pauses:
        plain["pauses"] = [[to_micros(since), _micros(until)] for since, until in term.pauses]
    if term.extensions:
        plain["longer"] = [[item.value, item.entry] for item in term.extensions]
    if not term.applies:
        plain["applies"] = False
    if term.due is not None:
        plain["due"] = to_micros(term.due)
    if term.earliest is not None:
        plain["earliest"] = to_micros(term.earliest)
    if term.days:
        plain["days"] = [[item.day.isoformat(), item.works, item.title.en, item.title.zh] for item in term.days]
    if term.told:
        plain["told"] = True
    return plain


def term_from_plain(plain: Mapping[str, Any]) -> Term:
    """The term of a plain form; ``term_from_plain(term_to_plain(t)) == t``."""
    more: dict[str, Any] = {}
    for name, value in plain.items():
        match name:
            case "started" | "due" | "earliest":
                more[name] = from_micros(value)
            case "pauses":
                more[name] = tuple((from_micros(since), _instant(until)) for since, until in value)
            case "longer":
                more["extensions"] = tuple(Extension(*item) for item in value)
            case "days":
                more[name] = tuple(Day(date.fromisoformat(day), works, Text(en, zh)) for day, works, en, zh in value)
            case _:
                more[name] = value
    return Term(**more)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else to_micros(instant)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)

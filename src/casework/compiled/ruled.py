"""The rules of deadlines, ready to be followed: their conditions compiled, their calendars at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import attrs

from casework.calendars import Calendar, known_calendar
from casework.condition.evaluate import Reader
from casework.condition.tree import All, Any, Condition
from casework.errors import SetupError
from casework.model.rule import Rule
from casework.model.workflow import Deadline
from casework.text import Text


@attrs.frozen(eq=False)
class Version:
    """One version of a rule: when its term stands still, to whom it applies, by which calendar it is counted."""

    rule: Rule
    pauses: Reader
    applies: Reader
    calendar: Calendar


@attrs.frozen(eq=False, slots=False)
class Ruled:
    """A deadline that a rule sets, with the versions of the rule, the tenants' own first."""

    deadline: Deadline
    workflow: str
    versions: tuple[Version, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Version]:
        """The versions by what tells them apart."""
        return {version.rule.version: version for version in self.versions}

    def of_tenant(self, tenant: str) -> Iterable[Version]:
        """The versions that hold for a tenant, its own first; where it has any of its own, these alone."""
        own = [version for version in self.versions if version.rule.tenant == tenant]
        return own or [version for version in self.versions if not version.rule.tenant]


def ruled(
    deadline: Deadline,
    workflow: str,
    reads: Callable[[Condition], Reader],
    calendars: Mapping[str, Calendar],
) -> Ruled:
    """Make a deadline ready; a calendar is one of the application's *calendars*, or one that is known everywhere."""
    versions = tuple(
        Version(
            rule=rule,
            pauses=reads(Any((rule.pauses, deadline.pauses))),
            applies=reads(All((rule.applies, deadline.applies))),
            calendar=calendar_of(rule.calendar, calendars),
        )
        for rule in deadline.versions
    )
    return Ruled(deadline, workflow, versions)


def calendar_of(name: str, calendars: Mapping[str, Calendar]) -> Calendar:
    """The calendar of that name; where there is none, one that knows no year and says so."""
    own = calendars.get(name)
    if own is not None:
        return own
    try:
        found, advice = known_calendar(name), Text(f"there is no calendar {name!r}", f"没有日历“{name}”")
    except SetupError as error:
        found, advice = None, Text(str(error))
    return found or Calendar(name=name, exceptions=lambda _: None, advice=advice)

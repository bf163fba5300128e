"""The rules of deadlines, ready to be followed: their conditions compiled, their calendars at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import attrs

from casework.calendars import Calendar, calendar_of
from casework.condition.evaluate import Reader
from casework.condition.tree import ALWAYS, NEVER, All, Any, Condition
from casework.model.rule import Rule
from casework.model.workflow import Deadline


@attrs.frozen(eq=False)
class Version:
    """One version of a rule: when its term stands still, to whom it applies, by which calendar it is counted."""

    rule: Rule
    pauses: Reader
    applies: Reader
    calendar: Calendar


@attrs.frozen(eq=False, slots=False)
class Ruled:
    """A deadline that a rule sets, with the versions of the rule; *steady* where nothing makes it stand still."""

    deadline: Deadline
    workflow: str
    versions: tuple[Version, ...]
    steady: bool

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
            pauses=reads(_both(Any, NEVER, rule.pauses, deadline.pauses)),
            applies=reads(_both(All, ALWAYS, rule.applies, deadline.applies)),
            calendar=calendar_of(rule.calendar, calendars),
        )
        for rule in deadline.versions
    )
    asked = {deadline.pauses, *(rule.pauses for rule in deadline.versions)}
    applying = {deadline.applies, *(rule.applies for rule in deadline.versions)}
    return Ruled(deadline, workflow, versions, steady=asked == {NEVER} and applying == {ALWAYS})


def _both(kind: type[All] | type[Any], nothing: Condition, one: Condition, other: Condition) -> Condition:
    """Two conditions as one; the one that says *nothing* is left out, for every firing asks the other."""
    asked = tuple(item for item in (one, other) if item != nothing)
    return asked[0] if len(asked) == 1 else kind(asked)

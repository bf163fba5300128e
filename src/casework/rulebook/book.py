"""A rulebook as a value: the versions of its rules, and what tenants have instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import attrs

from casework.errors import InvalidValue
from casework.model.casetype import CaseType
from casework.model.rule import Rule, overlapping
from casework.model.workflow import Workflow
from casework.rulebook.applying import applied_to
from casework.text import Text, as_text

Definition = TypeVar("Definition", bound=CaseType | Workflow)


@attrs.frozen(kw_only=True)
class Rulebook:
    """Rules by their ids, each in one or several dated versions. *left_out* are the rules from memory, not asked for.

    Raises InvalidValue where two versions of a rule are in force on the same day for the same tenant.
    """

    name: str
    title: Text = attrs.field(default=Text(), converter=as_text)
    rules: tuple[Rule, ...] = ()
    left_out: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse what would leave it open which version holds."""
        for one, other in at_once(self.rules):
            raise InvalidValue(f"rulebook {self.name!r}", f"{one.version} and {other.version} are in force at once")

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its rules, in their order."""
        return tuple(dict.fromkeys(rule.id for rule in self.rules))

    def versions(self, rule: str) -> tuple[Rule, ...]:
        """Every version of a rule, the oldest first. Raises KeyError where there is none."""
        found = sorted((item for item in self.rules if item.id == rule), key=_order)
        if not found:
            more = "; it is from memory: load the rulebook with from_memory=True" if rule in self.left_out else ""
            raise KeyError(f"the rulebook {self.name!r} has no rule {rule!r}{more}")
        return tuple(found)

    def overlaid(self, other: Rulebook, *, tenant: str) -> Rulebook:
        """This rulebook, with the rules of *other* for the cases of one *tenant*, where both have a rule."""
        theirs = tuple(attrs.evolve(rule, tenant=tenant) for rule in other.rules)
        kept = tuple(rule for rule in self.rules if rule.tenant != tenant or rule.id not in other.ids)
        return attrs.evolve(self, rules=(*kept, *theirs))

    def applied_to(self, definition: Definition) -> Definition:
        """The case type or workflow, with the versions of every rule of this book that its deadlines name."""
        return applied_to(definition, {rule: self.versions(rule) for rule in self.ids})


def at_once(rules: Iterable[Rule]) -> Iterable[tuple[Rule, Rule]]:
    """Pairs of versions of one rule that are both in force on some day, for the same tenant."""
    seen: dict[str, list[Rule]] = {}
    for rule in rules:
        for other in seen.setdefault(rule.id, []):
            if overlapping(rule, other):
                yield other, rule
        seen[rule.id].append(rule)


def _order(rule: Rule) -> tuple[str, str]:
    return rule.tenant, "" if rule.effective_from is None else rule.effective_from.isoformat()

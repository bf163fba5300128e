"""Who may do what by a definition of DCWorkflow: permission maps, the site behind them, groups, and everybody.

The rules are those of Zope: a permission that a state leaves to the site is granted as there, one that Anonymous has
everybody has, and a role that a guard names is held only by whoever was given it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from casework.interchange.dcworkflow import Source, SourceGuard, SourceState
from casework.interchange.naming import names_of

ANONYMOUS, AUTHENTICATED, MANAGER = "Anonymous", "Authenticated", "Manager"


class Rights:
    """The roles of one definition and its *site*, by the names that they had, and what each may do."""

    def __init__(self, source: Source, site: Mapping[str, frozenset[str]]) -> None:
        self._source, self._site = source, site
        groups = [*source.groups, *(name for guard in _guards(source) for name in guard.groups)]
        self.roles = names_of([*_roles(source, site), *(f"group {name}" for name in groups)])
        self.everybody = frozenset(self.roles)

    def having(self, permission: str, state: SourceState) -> frozenset[str]:
        """The roles with a permission in a state, and the groups that have one of them there."""
        left_to_site = self._site.get(permission, frozenset({MANAGER}))
        if permission not in self._source.managed:
            return self.with_groups(left_to_site, state)
        for grant in state.grants:
            if grant.permission == permission:
                roles = frozenset(grant.roles) | (left_to_site if grant.acquired else frozenset())
                return self.with_groups(roles, state)
        return self.with_groups(left_to_site, state)

    def with_groups(self, roles: frozenset[str], state: SourceState) -> frozenset[str]:
        """*roles*, and the groups to which the state gives one of them."""
        given = (name for name, told in state.groups if name in self._source.groups and not roles.isdisjoint(told))
        return roles | {f"group {name}" for name in given}

    def everybody_of(self, roles: frozenset[str]) -> frozenset[str]:
        """A permission that Anonymous has everybody has; one of Authenticated, everybody who is known."""
        if ANONYMOUS in roles:
            return self.everybody
        return self.everybody - {ANONYMOUS} if AUTHENTICATED in roles else roles

    def known(self, roles: frozenset[str]) -> frozenset[str]:
        """Roles that a guard names one by one: whoever is known has Authenticated, and nobody known is Anonymous."""
        return roles | (self.everybody - {ANONYMOUS}) if AUTHENTICATED in roles else roles

    def asked(self, guard: SourceGuard, state: SourceState) -> list[frozenset[str]]:
        """What a guard comes to in a state: of each of these sets one role is needed; without any, everybody may."""
        asked = []
        if guard.permissions:
            having = (self.everybody_of(self.having(name, state)) for name in guard.permissions)
            asked.append(frozenset[str]().union(*having))
        if guard.roles:
            asked.append(self.known(self.with_groups(frozenset(guard.roles), state)))
        if guard.groups:
            asked.append(frozenset(f"group {name}" for name in guard.groups))
        return asked

    def asked_at_site(self, guard: SourceGuard) -> list[frozenset[str]]:
        """What a guard comes to where there is no state, but the site alone."""
        left = (self._site.get(name, frozenset({MANAGER})) for name in guard.permissions)
        asked = [frozenset[str]().union(*map(self.everybody_of, left))] if guard.permissions else []
        nowhere = SourceState(name="", title="", exits=(), grants=(), groups=(), sets=(), line=0)
        return asked + self.asked(attrs.evolve(guard, permissions=()), nowhere)

    def by_themselves(self, asked: list[frozenset[str]]) -> frozenset[str]:
        """One set of roles for what takes no condition: those that fulfil everything by themselves."""
        return frozenset.intersection(*asked) if asked else self.everybody

    def named(self, roles: Iterable[str]) -> tuple[str, ...]:
        """Roles as casework calls them."""
        return tuple(sorted(self.roles[name] for name in roles if name in self.roles))


def _guards(source: Source) -> list[SourceGuard]:
    return [
        source.creation,
        *(item.guard for item in source.transitions),
        *(item.guard for item in source.worklists),
    ]


def _roles(source: Source, site: Mapping[str, frozenset[str]]) -> list[str]:
    """Every role that the definition or the site names, with those that Zope always has."""
    named = {role for guard in _guards(source) for role in guard.roles}
    named |= {role for state in source.states for grant in state.grants for role in grant.roles}
    named |= {role for state in source.states for _, roles in state.groups for role in roles}
    named |= {role for roles in site.values() for role in roles}
    return sorted(named | {ANONYMOUS, AUTHENTICATED, MANAGER})

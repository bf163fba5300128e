"""Who may do what with a case. Pure: roles, states and the definition decide, and nothing is allowed by default.

Permissions of several workflows add up, and so do those that the case type grants everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.condition import tree
from casework.condition.tree import Condition, operands
from casework.model.actor import Actor
from casework.model.casetype import CaseType
from casework.model.fields import Field

Roles = frozenset[str]


class Access:
    """The permissions of one composed case type, ready to be asked."""

    def __init__(self, case_type: CaseType, fields: Mapping[str, Field]) -> None:
        self._everywhere = {permission: frozenset(roles) for permission, roles in case_type.grants}
        self._granted = {
            (workflow.name, state.name, permission): frozenset(roles)
            for workflow in case_type.chain
            for state in workflow.states
            for permission, roles in state.grants
        }
        self._readers = {name: frozenset(roles) for name, roles in case_type.readers}
        self._fields = fields
        self._told_to = {name: self._who(field) for name, field in fields.items()}
        self._circles = frozenset(self._told_to.values())
        self.local_roles = frozenset(role.name for role in case_type.roles if role.local)

    def may(self, permission: str, states: Mapping[str, str], roles: Roles) -> bool:
        """Whether somebody with *roles* has *permission* on a case in *states*."""
        if not roles.isdisjoint(self._everywhere.get(permission, frozenset())):
            return True
        granted = self._granted
        return any(
            not roles.isdisjoint(granted.get((workflow, state, permission), frozenset()))
            for workflow, state in states.items()
        )

    def allowed(self, permission: str, states: Mapping[str, str]) -> tuple[str, ...]:
        """The roles that have *permission* on a case in *states*, in order."""
        roles = set(self._everywhere.get(permission, frozenset()))
        for workflow, state in states.items():
            roles |= self._granted.get((workflow, state, permission), frozenset())
        return tuple(sorted(roles))

    def everywhere(self, permission: str) -> Roles:
        """The roles that have *permission* in every state."""
        return self._everywhere.get(permission, frozenset())

    def states_granting(self, permission: str, roles: Roles) -> dict[str, tuple[str, ...]]:
        """For each workflow the states that grant *permission* to any of *roles*; for filters in SQL."""
        found: dict[str, list[str]] = {}
        for (workflow, state, name), granted in self._granted.items():
            if name == permission and not roles.isdisjoint(granted):
                found.setdefault(workflow, []).append(state)
        return {workflow: tuple(states) for workflow, states in found.items()}

    def reads(self, field: Field, roles: Roles) -> bool:
        """Whether *roles* read that field; open ones are read by whoever may view the case."""
        who = self._who(field)
        return who is None or not roles.isdisjoint(who)

    def _who(self, field: Field) -> Roles | None:
        """The roles that read a field: its own readers, else those of its class; None where it is open."""
        if field.field_class == "open":
            return None
        return frozenset(field.readers) or self._readers.get(field.field_class, frozenset())

    def reads_name(self, name: str, roles: Roles) -> bool:
        """The same for a field by name; a field that does not exist is read by nobody."""
        field = self._fields.get(name)
        return field is not None and self.reads(field, roles)

    def visible(self, names: Iterable[str], roles: Roles) -> frozenset[str]:
        """Those of the field *names* that *roles* may read."""
        told_to = self._told_to
        reading = {who for who in self._circles if who is None or not roles.isdisjoint(who)}
        return frozenset([name for name in names if name in told_to and told_to[name] in reading])

    def tells(self, condition: Condition, roles: Roles) -> bool:
        """Whether a clause may be shown to *roles*: it is about no field that they may not read."""
        return all(
            self.reads_name(operand.name, roles)
            for operand in operands(condition)
            if isinstance(operand, tree.FieldRef)
        )

    def claimed(self, roles: Roles) -> Roles:
        """Those of *roles* that an actor may bring along; a local role is only what was assigned on the very case."""
        return roles - self.local_roles


def general_roles(actor: Actor, unit: str) -> Roles:
    """The roles that hold for *actor* on every case of *unit*: none outside the actor's own unit."""
    return actor.roles if actor.unit is None or actor.unit == unit else frozenset()

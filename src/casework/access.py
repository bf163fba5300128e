"""Who may do what with a case. Pure: roles, states and the definition decide, and nothing is allowed by default.

Permissions of several workflows add up, and so do those that the case type grants everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from casework.condition import tree
from casework.condition.tree import Condition, Operand, operands
from casework.model.actor import Actor
from casework.model.casetype import CaseType
from casework.model.fields import Field
from casework.model.outfit import ACCOUNT_OWNERS, Account
from casework.model.units import ALONE, Units
from casework.model.workflow import Workflow

Roles = frozenset[str]
GLASS = "break glass"
"""What somebody holds on a case whose glass they broke; no definition can name a role so."""


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
        rule = case_type.break_glass
        self._opened = frozenset[str]() if rule is None else frozenset(rule.classes)
        self.breakable, self.broken_anywhere = rule is not None, rule is not None and rule.anywhere
        self._fields = fields
        self.watched = frozenset(name for name, field in fields.items() if field.field_class in case_type.watched)
        self.watched_classes = frozenset[str](case_type.watched)
        self._told_to = {name: self._who(field) for name, field in fields.items()}
        self._circles = frozenset(self._told_to.values())
        self._balances_to = {account.name: self._told_of(account) for account in case_type.accounts}
        self._at_home = self.everywhere("view").union(*(_whatever_state(workflow) for workflow in case_type.chain))
        self.local_roles = frozenset(role.name for role in case_type.roles if role.local)
        self._of_the_case = self.local_roles | {GLASS}

    def may(self, permission: str, states: Mapping[str, str], roles: Roles) -> bool:
        """Whether *roles* have *permission* on a case in *states*; a broken glass lets view it, no more."""
        if permission == "view" and GLASS in roles:
            return True
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

    def grantees(self, permission: str) -> Roles:
        """The roles that have *permission* in some state or in all of them."""
        lent = (roles for (_, _, name), roles in self._granted.items() if name == permission)
        return self.everywhere(permission).union(*lent)

    def at_home(self, roles: Roles) -> bool:
        """Whether *roles* view a case whatever state it is in; to all others the view is lent by states."""
        return not roles.isdisjoint(self._at_home)

    def reads_notes(self, states: Mapping[str, str], roles: Roles) -> bool:
        """Whether *roles* read the remarks of others: one of them is at home on the case, and may write remarks."""
        return not (roles & self._at_home).isdisjoint(self.allowed("note", states))

    def knows_persons(self, roles: Roles) -> bool:
        """Whether *roles* may know the persons of a case by their numbers: they read class personal."""
        return not roles.isdisjoint(self._readers.get("personal", frozenset()))

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
        named = frozenset(field.readers) or self._readers.get(field.field_class, frozenset())
        return named | {GLASS} if field.field_class in self._opened else named

    def class_of(self, name: str) -> str:
        """The class of the field *name*; open where there is none."""
        field = self._fields.get(name)
        return "open" if field is None else field.field_class

    def by_which(self, classes: Iterable[str], names: Iterable[str], roles: Roles) -> tuple[str, ...]:
        """Those of *roles* by which fields of those *names*, or whatever is of *classes*, are read."""
        found = {role for name in names for role in (self._told_to.get(name) or frozenset()) & roles}
        for name in classes:
            found |= (self._who(Field("any", field_class=name)) or frozenset()) & roles  # type: ignore[arg-type]
        return tuple(sorted(found))

    def readers(self, name: str) -> frozenset[tuple[str, bool]] | None:
        """Who reads the field *name*, each role with whether it is one of single cases; None where it is open."""
        who = self._told_to[name]
        return None if who is None else frozenset((role, role in self.local_roles) for role in who)

    def reads_name(self, name: str, roles: Roles) -> bool:
        """The same for a field by name; a field that does not exist is read by nobody."""
        field = self._fields.get(name)
        return field is not None and self.reads(field, roles)

    def visible(self, names: Iterable[str], roles: Roles) -> frozenset[str]:
        """Those of the field *names* that *roles* may read."""
        told_to = self._told_to
        reading = {who for who in self._circles if who is None or not roles.isdisjoint(who)}
        return frozenset([name for name in names if name in told_to and told_to[name] in reading])

    def _told_of(self, account: Account) -> Roles | None:
        """The roles that read what an account holds; None where whoever views the case does.

        What belongs to somebody is the same in every case about them, so it is as personal as they are.
        """
        if account.readers:
            return frozenset(account.readers)
        return None if account.owner in ACCOUNT_OWNERS else self._readers.get("personal", frozenset())

    def reads_account(self, name: str, roles: Roles) -> bool:
        """Whether *roles* read what an account holds; one that does not exist is read by nobody."""
        who = self._balances_to.get(name, frozenset())
        return who is None or not roles.isdisjoint(who)

    def circles(self, asked: Iterable[Operand]) -> tuple[Roles, ...]:
        """Of each closed field and account among what is *asked*, the roles that read it."""
        found: dict[Roles, None] = {}
        for operand in asked:
            who: Roles | None = None
            if isinstance(operand, tree.FieldRef):
                who = self._told_to.get(operand.name, frozenset())
            elif isinstance(operand, tree.BalanceRef):
                who = self._balances_to.get(operand.account, frozenset())
            if who is not None:
                found[who] = None
        return tuple(found)

    def has(self, operand: Operand) -> bool:
        """Whether there is such a field or account; of what is not there nothing is told."""
        return (isinstance(operand, tree.FieldRef) and operand.name in self._told_to) or (
            isinstance(operand, tree.BalanceRef) and operand.account in self._balances_to
        )

    def audience(self, asked: Iterable[Operand]) -> object:
        """Who views cases and reads what is *asked*, to be compared with what another definition says."""
        viewing = frozenset((*place, roles) for place, roles in self._granted.items() if place[2] == "view")
        return self.everywhere("view"), viewing, self.local_roles, tuple((one, self.circles([one])) for one in asked)

    def tells(self, condition: Condition, roles: Roles) -> bool:
        """Whether a clause may be shown to *roles*: it is about no field or account that they may not read."""
        return all(not roles.isdisjoint(circle) for circle in self.circles(operands(condition)))

    def claimed(self, roles: Roles) -> Roles:
        """Those of *roles* that an actor may bring along; a local role is only what was assigned on the very case.

        Nor does anybody bring along that they broke a glass.
        """
        return roles - self._of_the_case


def _whatever_state(workflow: Workflow) -> Roles:
    """The roles that every state of a workflow lets view the case."""
    granted = [frozenset(dict(state.grants).get("view", ())) for state in workflow.states]
    return frozenset.intersection(*granted) if granted else frozenset()


@attrs.frozen
class Reach:
    """Roles, and the units in which somebody has them; None is every unit."""

    units: tuple[str, ...] | None
    roles: Roles

    def covers(self, unit: str) -> bool:
        """Whether the roles hold in *unit*."""
        return self.units is None or unit in self.units


def reaches(actor: Actor, units: Units = ALONE) -> tuple[Reach, ...]:
    """Where the general roles of *actor* hold: in a unit, and in all below it."""
    everywhere = None if actor.unit is None else units.within(actor.unit)
    return (Reach(everywhere, actor.roles), *(Reach(units.within(unit), roles) for unit, roles in actor.roles_in))


def general_roles(actor: Actor, unit: str, units: Units = ALONE) -> Roles:
    """The roles that hold for *actor* on every case of *unit*: those held there, and in a unit above it."""
    held = actor.roles if actor.unit is None or actor.unit in units.way_up(unit) else frozenset()
    if not actor.roles_in:
        return held
    way = units.way_up(unit)
    return held.union(*(roles for place, roles in actor.roles_in if place in way))

"""Who may see and do what with a case, decided a second time from the definition and plain rows alone.

It shares nothing with the engine but the values that definitions are made of, so that whatever lets somebody see too
much, or too little, has to be in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs

from casework.model.actor import Actor
from casework.model.casetype import CaseType
from casework.model.fields import Field

BROKEN = "break glass"


@attrs.frozen(kw_only=True)
class Row:
    """A case as its rows say: where it belongs, how it stands, what is known, who is what to it.

    *glasses* are the persons who broke its glass, each with the instant at which that ends.
    """

    id: str
    unit: str
    states: Mapping[str, str]
    data: Mapping[str, object]
    local: Mapping[str, str] = attrs.field(factory=dict)
    glasses: tuple[tuple[str, datetime], ...] = ()
    closed: bool = False


@attrs.frozen
class Sight:
    """The answers for cases of one type in a tree of units, each with the one above it."""

    case_type: CaseType
    above: Mapping[str, str | None]

    def general(self, actor: Actor, unit: str) -> set[str]:
        """The roles that hold in *unit*: those held there, in a unit above, or everywhere. Never local ones."""
        way: list[str] = []
        place: str | None = unit
        while place is not None:
            way.append(place)
            place = self.above.get(place)
        held = set(actor.roles) if actor.unit is None or actor.unit in way else set()
        for where, roles in actor.roles_in:
            held |= roles if where in way else set()
        return held - {role.name for role in self.case_type.roles if role.local} - {BROKEN}

    def roles(self, actor: Actor, row: Row, now: datetime | None = None) -> set[str]:
        """Everything that somebody is to a case; at an instant *now* a glass that they broke counts too."""
        found = self.general(actor, row.unit) | {role for role, person in row.local.items() if person == actor.person}
        if now is not None and any(person == actor.person and now < until for person, until in row.glasses):
            found.add(BROKEN)
        return found

    def may(self, permission: str, row: Row, roles: set[str]) -> bool:
        """Whether the case type or a state that the case is in grants it."""
        if permission == "view" and BROKEN in roles:
            return True
        grants = [self.case_type.grants]
        for workflow in self.case_type.chain:
            grants += [state.grants for state in workflow.states if state.name == row.states[workflow.name]]
        return any(name == permission and roles & set(given) for grant in grants for name, given in grant)

    def reads(self, field: Field, roles: set[str]) -> bool:
        """Whether one of *roles* reads a field of a case that may be viewed."""
        if field.field_class == "open":
            return True
        rule = self.case_type.break_glass
        if BROKEN in roles and rule is not None and field.field_class in rule.classes:
            return True
        readers = field.readers or dict(self.case_type.readers).get(field.field_class, ())
        return bool(roles & set(readers))

    def sees(self, actor: Actor, row: Row, now: datetime) -> dict[str, object] | None:
        """What somebody is shown of a case; None where it must look as if it were not there."""
        roles = self.roles(actor, row, now)
        if not self.may("view", row, roles):
            return None
        return {f.name: row.data[f.name] for f in self.fields() if f.name in row.data and self.reads(f, roles)}

    def fields(self) -> list[Field]:
        """The fields of the case data and of every workflow."""
        return [*self.case_type.data, *(field for workflow in self.case_type.chain for field in workflow.fields)]

    def logged(self, actor: Actor, row: Row, now: datetime) -> tuple[str, ...]:
        """The classes that the access log has to name where that is shown."""
        shown, watched = self.sees(actor, row, now) or {}, self.case_type.watched
        return tuple(sorted({f.field_class for f in self.fields() if f.name in shown and f.field_class in watched}))

    def fires(self, row: Row, roles: set[str]) -> set[str]:
        """The triggers that state and role allow."""
        return {
            step.trigger
            for workflow in self.case_type.chain
            for step in workflow.transitions
            if not step.automatic and row.states[workflow.name] in workflow.sources(step) and roles & set(step.roles)
        }

    def anywhere(self, actor: Actor) -> set[str]:
        """The roles that somebody holds in some unit or in all of them; never local ones."""
        held = set(actor.roles).union(*(roles for _, roles in actor.roles_in))
        return held - {role.name for role in self.case_type.roles if role.local} - {BROKEN}

    def asks(self, actor: Actor, field: Field) -> bool:
        """Whether somebody may search by that field at all."""
        return self.reads(field, self.anywhere(actor))

    def finds(self, actor: Actor, rows: Iterable[Row], field: Field | None = None) -> set[str]:
        """The cases that a search tells of, one for what is known in *field* among them. No glass opens a list."""
        found = set()
        for row in rows:
            roles = self.roles(actor, row)
            if self.may("view", row, roles) and (
                field is None or (field.name in row.data and self.reads(field, roles))
            ):
                found.add(row.id)
        return found

    def lists(self, actor: Actor, rows: Iterable[Row], name: str) -> set[str] | None:
        """The cases that wait in a worklist by their states; None where it is not for them."""
        (worklist,) = (item for item in self.case_type.worklists if item.name == name)
        workflow = worklist.workflow or self.case_type.main.name
        if not self.anywhere(actor) & set(worklist.roles):
            return None
        return {
            row.id
            for row in rows
            if not row.closed
            and row.states[workflow] in worklist.states
            and self.general(actor, row.unit) & set(worklist.roles)
            and self.may("view", row, self.roles(actor, row))
        }

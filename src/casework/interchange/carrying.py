"""A workflow of DCWorkflow as a case type: what a guard asks is settled from each state's permission map at import.

What casework says otherwise, or not at all, is told by a note for each: never left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from casework.condition.tree import ALWAYS, All, Compare, Condition, FieldRef, HasRole
from casework.condition.tree import Any as AnyOf
from casework.errors import InvalidValue
from casework.interchange.dcworkflow import Source, SourceState, SourceTransition, SourceWorklist, read
from casework.interchange.naming import name_of, names_of
from casework.interchange.rights import MANAGER, Rights
from casework.model.casetype import CaseType
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.model.outfit import Role, Worklist
from casework.model.workflow import State, Transition, Workflow
from casework.text import Text

PERMISSIONS: Mapping[str, str] = {"View": "view", "Modify portal content": "edit"}
"""The permissions that casework has under another name."""


@attrs.frozen
class PermissionMap:
    """Every permission that the definition governs, by state the roles that have it, as casework calls them."""

    entries: tuple[tuple[str, str, tuple[str, ...]], ...]

    def roles(self, permission: str, state: str) -> tuple[str, ...]:
        """The roles that have *permission* in *state*; KeyError where the definition governs no such thing."""
        for name, where, roles in self.entries:
            if (name, where) == (permission, state):
                return roles
        raise KeyError((permission, state))


@attrs.frozen(kw_only=True)
class Carried:
    """What became of a definition: a case type, its other permissions, and what was not carried over as it was.

    *guards* are the names of guards to be supplied as parts, with the expression that each stands for; *facts* the
    fields that somebody has to fill in for automatic steps, which can read nothing but the case.
    *roles* says how each role and group of the document is called now.
    """

    case_type: CaseType
    permissions: PermissionMap
    notes: tuple[Finding, ...]
    guards: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str], ...]


def load_dcworkflow(
    path: str | Path,
    /,
    *,
    acquired: Mapping[str, Iterable[str]] | None = None,
    finals: Iterable[str] | None = None,
) -> Carried:
    """The case type that a ``definition.xml`` amounts to; see ``carry``. Raises DocumentError."""
    return carry(read(Path(path).read_bytes(), str(path)), acquired=acquired, finals=finals)


def carry(
    source: Source, /, *, acquired: Mapping[str, Iterable[str]] | None = None, finals: Iterable[str] | None = None
) -> Carried:
    """Carry a definition over.

    *acquired* says which roles of the site have a permission that a state leaves to the site; a permission that it
    does not name is the Manager's, as in Zope. *finals* are the states in which a case counts as closed, for
    DCWorkflow knows no endings; without them, those that nothing leaves. Raises InvalidValue for one that is not there.
    """
    site = {name: frozenset(roles) for name, roles in (acquired or {}).items()}
    return _Carrying(source, site, finals).carried()


class _Carrying:
    """One definition on its way."""

    def __init__(self, source: Source, site: Mapping[str, frozenset[str]], finals: Iterable[str] | None) -> None:
        self._source = source
        self._notes: list[Finding] = []
        self._guards: dict[str, str] = {}
        self._facts: dict[str, str] = {}
        self._states = names_of(state.name for state in source.states)
        self._triggers = names_of(item.name for item in source.transitions)
        self._rights = Rights(source, site)
        self._finals = self._ends(finals)

    def carried(self) -> Carried:
        """The whole."""
        source = self._source
        workflow = Workflow(
            name_of(source.name),
            initial=self._states[source.initial],
            states=[self._state(state) for state in source.states],
            transitions=[step for item in source.transitions for step in self._steps(item)],
            title=Text(source.title),
        )
        case_type = CaseType(
            workflow.name,
            chain=[workflow],
            title=Text(source.title),
            data=[Field(name, "boolean", title=Text(told)) for name, told in self._facts.items()],
            subjects=(),
            roles=[Role(name, title=Text(told)) for told, name in self._rights.roles.items()],
            opens=self._rights.named(self._rights.by_themselves(self._rights.asked_at_site(source.creation))),
            worklists=[found for item in source.worklists for found in self._worklist(item)],
        )
        self._left_out()
        return Carried(
            case_type=case_type,
            permissions=PermissionMap(tuple(self._permissions())),
            notes=tuple(self._notes),
            guards=tuple(self._guards.items()),
            facts=tuple(self._facts.items()),
            roles=tuple(self._rights.roles.items()),
        )

    def _note(self, path: str, message: str, line: int | None = None) -> None:
        self._notes.append(Finding("CW805", path, message, line, "warning"))

    def _ends(self, finals: Iterable[str] | None) -> frozenset[str]:
        if finals is None:
            found = frozenset(state.name for state in self._source.states if not state.exits)
            if not found:
                self._note("states", "no state ends a case; say which do by finals=, or nothing is ever closed")
            return found
        told = frozenset(finals)
        for name in sorted(told - self._states.keys()):
            raise InvalidValue("finals", f"there is no state {name!r}; there is {', '.join(self._states)}")
        return told

    def _state(self, state: SourceState) -> State:
        grants = {
            ours: self._rights.named(self._rights.everybody_of(self._rights.having(theirs, state)))
            for theirs, ours in PERMISSIONS.items()
        }
        if state.sets:
            self._note(f"state {state.name}", f"sets variables on entering: {', '.join(state.sets)}", state.line)
        for grant in state.grants:
            if grant.permission not in self._source.managed:
                problem = f"maps {grant.permission!r}, which the definition does not govern; it has no effect there"
                self._note(f"state {state.name}", problem, state.line)
        return State(
            self._states[state.name],
            title=Text(state.title),
            final=state.name in self._finals,
            grants={name: roles for name, roles in grants.items() if roles},
        )

    def _steps(self, item: SourceTransition) -> Iterator[Transition]:
        """The transition once for each way in which the states that offer it let it through."""
        path = f"transition {item.name}"
        if item.trigger not in ("USER", "AUTOMATIC"):
            self._note(path, f"is triggered by {item.trigger}, which nothing does here; left out", item.line)
            return
        if item.scripts:
            self._note(path, f"runs scripts: {', '.join(item.scripts)}", item.line)
        if item.sets:
            self._note(path, f"sets variables: {', '.join(item.sets)}", item.line)
        offering = [state for state in self._source.states if item.name in state.exits]
        if not offering:
            self._note(path, "is offered by no state; left out", item.line)
            return
        if item.trigger == "AUTOMATIC":
            yield self._automatic(item, offering)
            return
        yield from self._by_people(item, offering)

    def _automatic(self, item: SourceTransition, offering: list[SourceState]) -> Transition:
        path = f"transition {item.name}"
        condition: Condition = ALWAYS
        if item.guard.asks:
            fact = name_of(f"{self._triggers[item.name]} may go")
            self._facts[fact] = item.guard.expression or "somebody who may looks on"
            condition = Compare(FieldRef(fact), "eq", True)
            told = f"asks {self._facts[fact]!r}: fill in the field {fact!r} when it is so"
            self._note(path, told, item.line)
        return Transition(
            self._triggers[item.name],
            tuple(self._states[state.name] for state in offering),
            self._states.get(item.target),
            condition=condition,
            automatic=True,
            title=Text(item.title),
        )

    def _by_people(self, item: SourceTransition, offering: list[SourceState]) -> Iterator[Transition]:
        guards = (self._guard(item, item.guard.expression),) if item.guard.expression else ()
        ways: dict[tuple[tuple[str, ...], Condition], list[str]] = {}
        for state in offering:
            asked = self._rights.asked(item.guard, state) or [self._rights.everybody]
            first, *others = sorted(asked, key=len)
            roles = self._rights.named(first)
            if self._source.manager_bypass and not others and not guards:
                roles = tuple(sorted({*roles, *self._rights.named([MANAGER])}))
            condition = _every([self._holding(group) for group in others if not first <= group])
            ways.setdefault((roles, condition), []).append(self._states[state.name])
        if self._source.manager_bypass and (guards or any(condition != ALWAYS for _, condition in ways)):
            everywhere = tuple(self._states[state.name] for state in offering)
            yield self._step(item, everywhere, self._rights.named([MANAGER]))
        for (roles, condition), states in ways.items():
            if not roles:
                where = ", ".join(states)
                self._note(f"transition {item.name}", f"is open to nobody in {where}; left out there", item.line)
                continue
            yield self._step(item, tuple(states), roles, condition, guards)

    def _step(
        self,
        item: SourceTransition,
        states: tuple[str, ...],
        roles: tuple[str, ...],
        condition: Condition = ALWAYS,
        guards: tuple[str, ...] = (),
    ) -> Transition:
        return Transition(
            self._triggers[item.name],
            states,
            self._states.get(item.target),
            roles=roles,
            condition=condition,
            guards=guards,
            title=Text(item.title),
        )

    def _holding(self, roles: frozenset[str]) -> Condition:
        named = [HasRole(name) for name in self._rights.named(roles)]
        return named[0] if len(named) == 1 else AnyOf(tuple(named))

    def _guard(self, item: SourceTransition, expression: str) -> str:
        """The name of the opaque guard that stands for an expression; nobody evaluates it."""
        name = name_of(f"{self._source.name[:20]} {self._triggers[item.name][:20]} guard")
        self._guards[name] = expression
        self._note(f"transition {item.name}", f"asks {expression!r}: supply the guard {name!r}", item.line)
        return name

    def _worklist(self, item: SourceWorklist) -> Iterator[Worklist]:
        path, states = f"worklist {item.name}", []
        for variable, values in item.matches:
            if variable != self._source.state_variable:
                self._note(path, f"matches the variable {variable!r}, which is not carried over", item.line)
                return
            states += [self._states[value] for value in values if value in self._states]
        if item.guard.expression:
            self._note(path, f"asks {item.guard.expression!r}, which is not carried over", item.line)
            return
        asked = self._rights.asked_at_site(item.guard)
        if len(asked) > 1:
            self._note(path, "is narrowed to roles that fulfil everything it asks by themselves", item.line)
        roles = self._rights.named(self._rights.by_themselves(asked))
        if not states or not roles:
            self._note(path, "matches no state or is for nobody; left out", item.line)
            return
        yield Worklist(name_of(item.name), tuple(states), roles=roles, title=Text(item.title))

    def _permissions(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        for permission in self._source.managed:
            for state in self._source.states:
                having = self._rights.everybody_of(self._rights.having(permission, state))
                yield permission, self._states[state.name], self._rights.named(having)

    def _left_out(self) -> None:
        source = self._source
        known = {item.name for item in source.transitions}
        for state in source.states:
            for name in state.exits:
                if name not in known:
                    self._note(f"state {state.name}", f"offers {name!r}, which is not there", state.line)
        if source.creation.expression:
            self._note("instance-creation-conditions", f"asks {source.creation.expression!r}, which nobody does here")
        for kind, names in (("variables", source.variables), ("scripts", source.scripts)):
            if names:
                self._note(kind, f"not carried over: {', '.join(names)}")
        self._unseen()

    def _unseen(self) -> None:
        """Whoever may fire in a state but not view it there is not offered anything: casework shows no such case."""
        for state in self._source.states:
            viewing = set(self._rights.named(self._rights.everybody_of(self._rights.having("View", state))))
            for item in self._source.transitions:
                if item.name in state.exits and item.trigger == "USER":
                    asked = self._rights.asked(item.guard, state) or [self._rights.everybody]
                    blind = sorted(set(self._rights.named(self._rights.by_themselves(asked))) - viewing)
                    if blind:
                        told = f"{', '.join(blind)} may do it in {state.name} without viewing; casework asks for both"
                        self._note(f"transition {item.name}", told, item.line)


def _every(terms: list[Condition]) -> Condition:
    return ALWAYS if not terms else terms[0] if len(terms) == 1 else All(tuple(terms))

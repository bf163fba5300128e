"""What a ``definition.xml`` of DCWorkflow says, as values; nothing is decided here, and no expression is evaluated.

The format is that of GenericSetup's export of Products.DCWorkflow, as Plone ships it.
"""

from __future__ import annotations

import attrs

from casework.errors import DocumentError
from casework.interchange.markup import Element, tree
from casework.model.finding import Finding

_TRUE = ("true", "yes", "1")


@attrs.frozen(kw_only=True)
class SourceGuard:
    """Who may: any of the permissions, and any of the roles, and any of the groups, and the expression says yes."""

    permissions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    expression: str = ""

    @property
    def asks(self) -> bool:
        """Whether it asks for anything at all; one that does not lets everybody through."""
        return bool(self.permissions or self.roles or self.groups or self.expression)


@attrs.frozen(kw_only=True)
class Grant:
    """The roles that have a permission in a state; *acquired* adds those of the site."""

    permission: str
    roles: tuple[str, ...]
    acquired: bool


@attrs.frozen(kw_only=True)
class SourceState:
    """A state with the transitions that it offers, its permission map, and the roles that it gives to groups."""

    name: str
    title: str
    exits: tuple[str, ...]
    grants: tuple[Grant, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    sets: tuple[str, ...]
    line: int


@attrs.frozen(kw_only=True)
class SourceTransition:
    """A transition; *target* is empty where it stays, *scripts* and *sets* name what it runs and which variables."""

    name: str
    title: str
    target: str
    trigger: str
    guard: SourceGuard
    scripts: tuple[str, ...]
    sets: tuple[str, ...]
    line: int


@attrs.frozen(kw_only=True)
class SourceWorklist:
    """A worklist: by variable the values that it matches, and who may see it."""

    name: str
    title: str
    matches: tuple[tuple[str, tuple[str, ...]], ...]
    guard: SourceGuard
    line: int


@attrs.frozen(kw_only=True)
class Source:
    """A definition as it stands in the document. *managed* are the permissions that it governs."""

    name: str
    title: str
    state_variable: str
    initial: str
    manager_bypass: bool
    managed: tuple[str, ...]
    groups: tuple[str, ...]
    states: tuple[SourceState, ...]
    transitions: tuple[SourceTransition, ...]
    worklists: tuple[SourceWorklist, ...]
    creation: SourceGuard
    variables: tuple[str, ...]
    scripts: tuple[str, ...]


def read(content: bytes, source: str = "definition.xml") -> Source:
    """The definition in a document. Raises DocumentError where it is none, with every mistake at once."""
    root = tree(content, source)
    if root.name != "dc-workflow" or not root.get("workflow_id"):
        problem = "is no <dc-workflow> with a workflow_id"
        raise DocumentError(source, [Finding("CW803", "document", problem, root.line)])
    found = _source(root)
    findings = [*_unnamed(root), *_twice(found), *_dangling(found, root.line)]
    if findings:
        raise DocumentError(source, findings)
    return found


def _source(root: Element) -> Source:
    creation = root.each("instance-creation-conditions")
    return Source(
        name=root.get("workflow_id"),
        title=root.get("title"),
        state_variable=root.get("state_variable"),
        initial=root.get("initial_state"),
        manager_bypass=_true(root.get("manager_bypass")),
        managed=root.texts("permission"),
        groups=root.texts("group"),
        states=tuple(_state(item) for item in root.each("state")),
        transitions=tuple(_transition(item) for item in root.each("transition")),
        worklists=tuple(_worklist(item) for item in root.each("worklist")),
        creation=_guard(creation[0]) if creation else SourceGuard(),
        variables=tuple(item.get("variable_id") for item in root.each("variable")),
        scripts=tuple(item.get("script_id") for item in root.each("script")),
    )


def _true(text: str) -> bool:
    return text.strip().lower() in _TRUE


def _guard(element: Element) -> SourceGuard:
    for guard in element.each("guard")[:1]:
        expressions = [text for text in guard.texts("guard-expression") if text]
        return SourceGuard(
            permissions=_filled(guard, "guard-permission"),
            roles=_filled(guard, "guard-role"),
            groups=_filled(guard, "guard-group"),
            expression=expressions[0] if expressions else "",
        )
    return SourceGuard()


def _filled(guard: Element, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in guard.texts(name) if text))


def _state(element: Element) -> SourceState:
    return SourceState(
        name=element.get("state_id"),
        title=element.get("title"),
        exits=tuple(dict.fromkeys(item.get("transition_id") for item in element.each("exit-transition"))),
        grants=tuple(
            Grant(
                permission=item.get("name"),
                roles=item.texts("permission-role"),
                acquired=_true(item.get("acquired")),
            )
            for item in element.each("permission-map")
        ),
        groups=tuple((item.get("name"), item.texts("group-role")) for item in element.each("group-map")),
        sets=tuple(item.get("name") for item in element.each("assignment")),
        line=element.line,
    )


def _transition(element: Element) -> SourceTransition:
    scripts = (element.get("before_script"), element.get("after_script"))
    return SourceTransition(
        name=element.get("transition_id"),
        title=element.get("title"),
        target=element.get("new_state"),
        trigger=element.get("trigger") or "USER",
        guard=_guard(element),
        scripts=tuple(name for name in scripts if name),
        sets=tuple(item.get("name") for item in element.each("assignment")),
        line=element.line,
    )


def _worklist(element: Element) -> SourceWorklist:
    return SourceWorklist(
        name=element.get("worklist_id"),
        title=element.get("title"),
        matches=tuple(
            (item.get("name"), tuple(value.strip() for value in item.get("values").split(";") if value.strip()))
            for item in element.each("match")
        ),
        guard=_guard(element),
        line=element.line,
    )


_NAMED = (("state", "state_id"), ("transition", "transition_id"), ("worklist", "worklist_id"))


def _unnamed(root: Element) -> list[Finding]:
    return [
        Finding("CW803", name, f"has no {attribute}", item.line)
        for name, attribute in _NAMED
        for item in root.each(name)
        if not item.get(attribute)
    ]


def _twice(source: Source) -> list[Finding]:
    findings = []
    for kind, items in (("state", source.states), ("transition", source.transitions), ("worklist", source.worklists)):
        seen: set[str] = set()
        for item in items:
            if item.name in seen:
                findings.append(Finding("CW803", f"{kind} {item.name}", "stands there twice", item.line))
            seen.add(item.name)
    return findings


def _dangling(source: Source, line: int) -> list[Finding]:
    states = {state.name for state in source.states}
    findings = []
    if source.initial not in states:
        problem = f"there is no state {source.initial!r} to begin in"
        findings.append(Finding("CW804", "dc-workflow.initial_state", problem, line))
    findings += [
        Finding("CW804", f"transition {item.name}", f"there is no state {item.target!r} to go to", item.line)
        for item in source.transitions
        if item.target and item.target not in states
    ]
    return findings

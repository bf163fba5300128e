"""What Products.DCWorkflow itself offers: for each definition, state and single role the transitions.

Runs in an environment of its own that has that package, never in ours: ``python dcworkflow_offers.py SITE FILE...``.
SITE is a JSON object of permissions with the roles that have them at the site. Answers with one JSON object.
Expressions are taken to say yes, for whoever compares supplies them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from AccessControl import getSecurityManager
from AccessControl.Permission import pname
from AccessControl.SecurityManagement import newSecurityManager, noSecurityManager
from AccessControl.users import SimpleUser
from OFS.Folder import Folder
from OFS.SimpleItem import SimpleItem
from Products.DCWorkflow.DCWorkflow import DCWorkflowDefinition
from Products.DCWorkflow.exportimport import WorkflowDefinitionConfigurator, _initDCWorkflow
from Products.DCWorkflow.Transitions import TRIGGER_AUTOMATIC

ALWAYS_THERE = ("Anonymous", "Authenticated", "Manager")


class _Somebody(SimpleUser):
    """Somebody who has one role, or is in one group."""

    groups: tuple[str, ...] = ()

    def getGroups(self) -> tuple[str, ...]:
        return self.groups

    def getRolesInContext(self, item: Any) -> list[str]:
        roles = list(super().getRolesInContext(item))
        local = getattr(item, "__ac_local_roles__", None) or {}
        return roles + [role for group in self.groups for role in local.get(group, ())]

    def allowed(self, item: Any, object_roles: Any = None) -> int:
        if super().allowed(item, object_roles):
            return 1
        local = getattr(item, "__ac_local_roles__", None) or {}
        held = {role for group in self.groups for role in local.get(group, ())}
        return int(not held.isdisjoint(object_roles or ()))


def definition(path: Path) -> Any:
    """The package's own workflow, made from the file by its own importer."""
    name = path.stem
    workflow = DCWorkflowDefinition(name)
    told = WorkflowDefinitionConfigurator(workflow).parseWorkflowXML(path.read_bytes())
    _, title, variable, initial, states, transitions, variables, worklists, permissions, groups, _, *rest = told
    description, bypass, creation = rest
    _initDCWorkflow(
        workflow,
        title,
        description,
        bypass,
        creation,
        variable,
        initial,
        states,
        transitions,
        variables,
        worklists,
        permissions,
        groups,
        [],
        None,
    )
    for transition in workflow.transitions.objectValues():
        if transition.guard is not None:
            transition.guard.expr = None
    return workflow


def offers(path: Path, site_map: dict[str, list[str]]) -> dict[str, dict[str, list[str]]]:
    """By state and single role (or ``group NAME``) what a user may fire, and what goes by itself."""
    workflow = definition(path)
    site = Folder("site")
    for permission, roles in site_map.items():
        setattr(site, pname(permission), tuple(roles))
    item = SimpleItem()
    item.id = "item"
    site._setOb("item", item)
    item = site._getOb("item")
    found: dict[str, dict[str, list[str]]] = {}
    for state in workflow.states.objectValues():
        workflow._getWorkflowStateOf = lambda ob, id_only=0, state=state: state.getId() if id_only else state
        for name in [*workflow.permissions, *site_map]:
            item.__dict__.pop(pname(name), None)
        item.__ac_local_roles__ = {}
        item.__ac_permissions__ = tuple((name, ()) for name in {*workflow.permissions, *site_map})
        workflow.updateRoleMappingsFor(item)
        found[state.getId()] = {
            who: _offered(workflow, item, state, who) for who in _everybody(path, workflow, site_map)
        }
    return found


def _offered(workflow: Any, item: Any, state: Any, who: str) -> list[str]:
    _log_in(who)
    try:
        names = [name for name in state.transitions if workflow.isActionSupported(item, name)]
        own = [
            f"{name} by itself"
            for name in state.transitions
            if (step := workflow.transitions.get(name, None)) is not None
            and step.trigger_type == TRIGGER_AUTOMATIC
            and workflow._checkTransitionGuard(step, item)
        ]
    finally:
        noSecurityManager()
    return sorted([*names, *own])


def _log_in(who: str) -> None:
    if who == "Anonymous":
        noSecurityManager()
        assert getSecurityManager().getUser().getRoles() == ("Anonymous",)
        return
    group = who.removeprefix("group ") if who.startswith("group ") else ""
    roles = [] if group or who == "Authenticated" else [who]
    user = _Somebody("somebody", "", roles, [])
    user.groups = (group,) if group else ()
    newSecurityManager(None, user)


def _everybody(path: Path, workflow: Any, site_map: dict[str, list[str]]) -> list[str]:
    named = set(ALWAYS_THERE) | {role for roles in site_map.values() for role in roles}
    for state in workflow.states.objectValues():
        named |= {role for roles in (state.permission_roles or {}).values() for role in roles}
        named |= {role for roles in (state.group_roles or {}).values() for role in roles}
    guards = [transition.guard for transition in workflow.transitions.objectValues() if transition.guard is not None]
    named |= {role for guard in guards for role in guard.roles}
    groups = set(workflow.groups) | {group for guard in guards for group in guard.groups}
    return sorted(named) + sorted(f"group {group}" for group in groups)


def main() -> None:
    """Print the offers of every file."""
    site_map = json.loads(sys.argv[1])
    files = [Path(name) for name in sys.argv[2:]]
    print(json.dumps({path.stem: offers(path, site_map) for path in files}, indent=1, sort_keys=True))


main()

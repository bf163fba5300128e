"""The rules that a migration lacks, as text to be filled in: YAML for a file, Python for a module.

What a state becomes is left empty: no guess stands there that somebody might take for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from casework.loader.migration import dump_migration
from casework.migrating.certificate import Certificate
from casework.migrating.rules import Rules
from casework.model.migration import FieldMap, Migration, StateMap


def skeleton(rules: Rules, certificate: Certificate) -> Migration | None:
    """The migration with an empty rule for everything that it lacks; None where it lacks nothing."""
    migration = rules.migration
    states = [
        StateMap(workflow=workflow, source=state, target="" if workflow in rules.right.workflows else None)
        for workflow, state in _unruled(rules, certificate)
    ]
    gone = [name for name in rules.left.fields if name not in rules.right.fields and name not in rules.from_field]
    fields = [FieldMap(source=name, target="") for name in gone]
    if not states and not fields:
        return None
    return attrs.evolve(migration, states=(*migration.states, *states), fields=(*migration.fields, *fields))


def _unruled(rules: Rules, certificate: Certificate) -> Iterator[tuple[str, str]]:
    stuck = (fate for fate in certificate.fates if fate.kind == "impossible")
    places = dict.fromkeys(place for fate in stuck for place in fate.states)
    return (place for place in places if not rules.of_state(*place))


def skeleton_yaml(rules: Rules, made: Migration) -> str:
    """The skeleton as a document; comments say what may stand in each empty place."""
    return "".join(f"# {line}\n" for line in _choices(rules, made)) + dump_migration(made)


def skeleton_python(rules: Rules, made: Migration) -> str:
    """The rules that are missing, as they are written in Python."""
    lines = [f"# {line}" for line in _choices(rules, made)]
    lines += [
        f"Migration(name={made.name!r}, case_type={made.case_type!r}, from_version={made.from_version!r}, states=["
    ]
    lines += [f"    {_call(item)}," for item in made.states if item.target in ("", None)]
    lines += ["], fields=["]
    lines += [
        f"    FieldMap(source={item.source!r}, target={item.target!r})," for item in made.fields if item.target == ""
    ]
    return "\n".join([*lines, "])", ""])


def _call(item: StateMap) -> str:
    return f"StateMap(workflow={item.workflow!r}, source={item.source!r}, target={item.target!r})"


def _choices(rules: Rules, made: Migration) -> Iterable[str]:
    for workflow in dict.fromkeys(item.workflow for item in made.states if item.target == ""):
        known = ", ".join(state.name for state in rules.right.workflows[workflow].workflow.states if not state.final)
        yield f"states of {workflow}: {known}"
    if any(item.target == "" for item in made.fields):
        yield f"fields: {', '.join(rules.right.fields)}; without a target the value is dropped"

"""The check of a migration between two manifests: every rule that names what is not there, or says too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import attrs

from casework.compiled import Compiled
from casework.condition.tree import ALWAYS, Condition
from casework.errors import InvalidValue
from casework.migrating.certificate import Certificate
from casework.migrating.codes import finding
from casework.migrating.conversion import convertible
from casework.migrating.rules import Rules
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.model.migration import FieldMap
from casework.model.outfit import Account
from casework.soundness import check_condition


def check_rules(rules: Rules) -> list[Finding]:
    """Every mistake of a migration between two manifests, in the order in which it is written."""
    found = [*_versions(rules), *_states(rules), *_begins(rules), *_fields(rules), *_clocks(rules)]
    return list(dict.fromkeys(found))


def _versions(rules: Rules) -> Iterator[Finding]:
    left, right = rules.left, rules.right
    if rules.migration.case_type != left.case_type.name or left.case_type.name != right.case_type.name:
        yield finding("CW910", "case_type", f"it is for {rules.migration.case_type!r}, not {left.case_type.name!r}")
    if left.main != right.main:
        yield finding("CW910", "case_type", f"the main workflow was {left.main!r} and is {right.main!r}; no map helps")


def _states(rules: Rules) -> Iterator[Finding]:
    left = rules.left
    closed: set[tuple[str, str]] = set()
    for i, item in enumerate(rules.migration.states):
        path, place = f"states[{i}]", (item.workflow, item.source)
        if item.workflow not in left.workflows:
            yield finding("CW902", f"{path}.workflow", f"the old definition has no workflow {item.workflow!r}")
            continue
        yield from _state(left, f"{path}.from", item.workflow, item.source, "old")
        yield from _target(rules, path, item.workflow, item.source, item.target)
        yield from _when(left, f"{path}.when", item.when)
        if place in closed:
            yield finding(
                "CW904", path, f"{item.source!r} has a rule before that always holds; this one is never asked"
            )
        if item.when == ALWAYS:
            closed.add(place)


def _target(rules: Rules, path: str, workflow: str, source: str, target: str | None) -> Iterator[Finding]:
    right = rules.right
    if workflow not in right.workflows:
        if target is not None:
            problem = f"the new definition has no workflow {workflow!r}; leave the target out to give it up"
            yield finding("CW902", f"{path}.workflow", problem)
    elif target is None:
        yield finding("CW901", f"{path}.to", f"{workflow!r} goes on, so that {source!r} needs a state to become")
    else:
        yield from _state(right, f"{path}.to", workflow, target, "new")
        if workflow == right.main and target in right.workflows[workflow].finals:
            yield finding("CW909", f"{path}.to", f"{target!r} ends {workflow!r}; only a person closes a case")


def _state(compiled: Compiled, path: str, workflow: str, state: str, which: str) -> Iterator[Finding]:
    known = [item.name for item in compiled.workflows[workflow].workflow.states]
    if state not in known:
        yield finding("CW901", path, f"{workflow!r} has no state {state!r} in the {which} definition; it has {known}")


def _when(left: Compiled, path: str, condition: Condition) -> Iterator[Finding]:
    for item in check_condition(left.case_type, condition):
        yield attrs.evolve(item, path=path)


def _begins(rules: Rules) -> Iterator[Finding]:
    for i, item in enumerate(rules.migration.begins):
        path = f"begins[{i}]"
        if item.workflow not in rules.right.workflows:
            yield finding("CW902", f"{path}.workflow", f"the new definition has no workflow {item.workflow!r}")
            continue
        if item.workflow in rules.left.workflows:
            yield finding("CW902", f"{path}.workflow", f"{item.workflow!r} runs already; map its states instead")
        yield from _state(rules.right, f"{path}.state", item.workflow, item.state, "new")
        yield from _when(rules.left, f"{path}.when", item.when)


def _fields(rules: Rules) -> Iterator[Finding]:
    items = rules.migration.fields
    yield from _twice("fields", "from", [item.source for item in items])
    yield from _twice("fields", "to", [item.target for item in items])
    for i, item in enumerate(items):
        path = f"fields[{i}]"
        old = rules.left.fields.get(item.source or "")
        new = rules.right.fields.get(item.target or "")
        if item.source is None and item.target is None:
            yield finding("CW905", path, "it names no field at all")
        if item.source is not None and old is None:
            yield finding("CW905", f"{path}.from", f"the old definition has no field {item.source!r}")
        if item.target is not None and new is None:
            yield finding("CW905", f"{path}.to", f"the new definition has no field {item.target!r}")
        taken = item.source is not None and item.source != item.target and item.target in rules.left.fields
        if taken and item.target not in rules.from_field:
            problem = f"{item.target!r} is known under that name already; say what becomes of that"
            yield finding("CW904", f"{path}.to", problem)
        if old is not None and new is not None:
            yield from _carried(rules, path, old, new, item)
        if new is not None and item.default is not None:
            yield from _default(path, new, item)


def _carried(rules: Rules, path: str, old: Field, new: Field, item: FieldMap) -> Iterator[Finding]:
    if not convertible(old, new, item):
        problem = f"{old.type} becomes {new.type} by no closed means; list the values, or drop the field"
        yield finding("CW906", path, problem)
    if item.values and new.type == "choice":
        choices = {choice.name for choice in new.choices}
        for value in (told for _, told in item.values if told not in choices):
            yield finding("CW906", f"{path}.values", f"{new.name!r} has no choice {value!r}")
    if old.field_class != new.field_class:
        yield finding("CW907", path, f"its class would change from {old.field_class} to {new.field_class}")
    else:
        wider = wider_readers(rules, old.name, new.name)
        if wider:
            yield finding("CW907", path, f"{', '.join(wider)} would read it as well")


def wider_readers(rules: Rules, old: str, new: str) -> tuple[str, ...]:
    """The roles that would read what they could not read before."""
    before, now = rules.left.access.readers(old), rules.right.access.readers(new)
    return () if before is None or now is None else tuple(sorted(role for role, _ in now - before))


def _default(path: str, new: Field, item: FieldMap) -> Iterator[Finding]:
    try:
        new.accept(item.default)
    except InvalidValue as error:
        yield finding("CW906", f"{path}.default", error.problem)


def _clocks(rules: Rules) -> Iterator[Finding]:
    items, marks = rules.migration.deadlines, rules.migration.marks
    old, new = _deadlines(rules.left), _deadlines(rules.right)
    yield from _twice("deadlines", "from", [item.source for item in items])
    yield from _twice("deadlines", "to", [item.target for item in items])
    for i, item in enumerate(items):
        if item.source is not None and item.source not in old:
            yield finding("CW908", f"deadlines[{i}].from", f"the old definition has no deadline {item.source!r}")
        if item.target is not None and item.target not in new:
            yield finding("CW908", f"deadlines[{i}].to", f"the new definition has no deadline {item.target!r}")
        if item.target is not None and item.source is None and item.clock == "keep":
            yield finding("CW908", f"deadlines[{i}]", "there is no clock to keep; name one in from, or restart it")
    yield from _twice("marks", "from", [mark.source for mark in marks])
    for i, mark in enumerate(marks):
        for end, name, compiled in (("from", mark.source, rules.left), ("to", mark.target, rules.right)):
            workflow, _, state = name.partition(".")
            found = compiled.workflows.get(workflow)
            if found is None or all(item.name != state for item in found.workflow.states):
                yield finding("CW908", f"marks[{i}].{end}", f"there is no state {name!r}, written workflow.state")


def _twice(where: str, end: str, names: Iterable[str | None]) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name is not None and name in seen:
            yield finding("CW904", f"{where}[{i}].{end}", f"{name!r} has a rule already")
        seen.add(name or "")


def _deadlines(compiled: Compiled) -> set[str]:
    return {item.name for workflow in compiled.workflows.values() for item in workflow.deadlines}


def obstacles(rules: Rules) -> Iterator[Finding]:
    """What cases may hold, in whatever state, that the new definition has no place for."""
    left, right = rules.left, rules.right
    for name, old in left.fields.items():
        if name not in rules.from_field:
            yield from _field_obstacle(rules, name, old)
    for name, item in rules.from_field.items():
        before, now = left.fields.get(name), right.fields.get(item.target or "")
        if before is not None and now is not None and _narrower(before, now, dict(item.values)):
            yield finding("CW912", f"fields.{name}", f"{now.name!r} does not take every value; some cases may stay")
    for role in sorted(left.access.local_roles - right.access.local_roles):
        yield finding(
            "CW912", f"roles.{role}", "it is no longer a role of single cases; where somebody has it, the case stays"
        )
    for subject in sorted(set(left.subjects) ^ set(right.subjects)):
        yield finding(
            "CW912", f"subjects.{subject}", "only one of the definitions is about such a person; no case moves"
        )
    for name, account in left.accounts.items():
        if _terms(account) != _terms(right.accounts.get(name)):
            yield finding("CW912", f"accounts.{name}", "it is gone or somebody else's; cases that moved amounts stay")


def _field_obstacle(rules: Rules, name: str, old: Field) -> Iterator[Finding]:
    now = rules.right.fields.get(name)
    if now is None:
        yield finding(
            "CW912", f"fields.{name}", "it is no longer a field; cases that know it stay, unless it is mapped"
        )
    elif old.field_class != now.field_class or wider_readers(rules, name, name):
        yield finding("CW912", f"fields.{name}", "others would read it; cases that know it stay")
    elif old.type != now.type or _narrower(old, now):
        yield finding("CW912", f"fields.{name}", "it does not take every value that it took; some cases may stay")


def _narrower(old: Field, now: Field, values: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Whether the new field refuses something that the old one takes, as far as their bounds tell."""
    if old.type == now.type == "text":
        return now.max_length < old.max_length
    if now.type == "choice":
        told = {values.get(choice.name, choice.name) for choice in old.choices}
        return old.type == "text" or not told <= {choice.name for choice in now.choices}
    return (now.minimum, now.maximum) != (None, None) and (old.minimum, old.maximum) != (now.minimum, now.maximum)


def _terms(account: Account | None) -> tuple[object, ...]:
    return () if account is None else (account.owner, account.commodity, account.by)


def findings_of(certificate: Certificate) -> list[Finding]:
    """What a certificate tells that keeps cases from moving, as findings."""
    found = list(certificate.obstacles)
    for fate in certificate.fates:
        place = ", ".join(f"{workflow}={state}" for workflow, state in fate.states)
        code = (
            "CW913" if fate.kind == "depends" else "CW903" if not fate.becomes and _unruled(fate.because) else "CW911"
        )
        if fate.kind in ("impossible", "depends"):
            found.append(finding(code, place, "; ".join(reason.en for reason in fate.because)))
    return found


def _unruled(because: Iterable[object]) -> bool:
    return any(str(getattr(reason, "en", "")).startswith("there is no rule") for reason in because)

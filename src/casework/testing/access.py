"""Who may do what, as a table that an author writes down and a test holds against the definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from casework.errors import InvalidValue
from casework.model.casetype import CaseType
from casework.model.fields import FIELD_CLASSES
from casework.model.workflow import PERMISSIONS
from casework.testing.reference.forms import all_fields

NOBODY = "nobody"
WIDTH = 60
"""Characters behind which the bars of a table stand below each other; longer rows go on."""


class Right(NamedTuple):
    """One thing that somebody may do, in one state or in all of them."""

    verb: str
    name: str = ""
    state: str = ""
    eyes: str = ""


def access_table(case_type: CaseType, table: str, /) -> None:
    """Compare who may do what with *table*, which is complete: a row that is missing or too many raises AssertionError.

    A row is a right, a bar, and the roles that have it, in any order: ``edit in asked running | clerk chief``.
    Rights are ``open``, the permissions, ``fire TRIGGER in STATES`` (with ``, not who fired OTHER`` where four eyes
    are asked for), ``read CLASS``, ``read field NAME`` and ``list WORKLIST``. States of several workflows are
    ``workflow.state``. What fails shows the right table. Raises InvalidValue for a row that cannot be read.
    """
    written, real = _parsed(table), dict(_rights(case_type))
    wrong = [*_differences(written, real)]
    if wrong:
        told = access_rows(case_type)
        raise AssertionError(
            f"the access of {case_type.name!r} is not as written:\n" + "\n".join(wrong) + f"\n\nIt is:\n\n{told}"
        )


def access_rows(case_type: CaseType, /) -> str:
    """The table that access_table() takes, as the definition is now: to be read, and then kept beside it."""
    return "".join(f"{row}\n" for row in _rows(dict(_rights(case_type))))


def _differences(written: dict[Right, frozenset[str]], real: dict[Right, frozenset[str]]) -> Iterator[str]:
    for right in [*real, *(right for right in written if right not in real)]:
        one, other = written.get(right), real.get(right)
        if one is None:
            yield f"  not written: {_row([right], other or frozenset())}"
        elif other is None:
            yield f"  there is no such right: {_row([right], one)}"
        elif one != other:
            yield f"  {_title([right])}: {_roles(other)}, and not {_roles(one)}"


def _rights(case_type: CaseType) -> Iterator[tuple[Right, frozenset[str]]]:
    """Every right with the roles that have it, in the order of the table."""
    yield Right("open"), frozenset(case_type.opens)
    yield from _granted(case_type)
    yield from _fired(case_type)
    yield from _read(case_type)
    for worklist in case_type.worklists:
        yield Right("list", worklist.name), frozenset(worklist.roles)


def _granted(case_type: CaseType) -> Iterator[tuple[Right, frozenset[str]]]:
    everywhere = dict(case_type.grants)
    for permission in PERMISSIONS:
        if permission in everywhere:
            yield Right(permission), frozenset(everywhere[permission])
        for workflow in case_type.chain:
            for state in workflow.states:
                roles = dict(state.grants).get(permission)
                if roles is not None:
                    yield Right(permission, state=_state(case_type, workflow.name, state.name)), frozenset(roles)


def _fired(case_type: CaseType) -> Iterator[tuple[Right, frozenset[str]]]:
    found: dict[Right, frozenset[str]] = {}
    for workflow in case_type.chain:
        for step in workflow.transitions:
            for source in () if step.automatic else workflow.sources(step):
                eyes = " ".join(sorted(step.four_eyes))
                right = Right("fire", step.trigger, _state(case_type, workflow.name, source), eyes)
                found[right] = found.get(right, frozenset()) | frozenset(step.roles)
    order = {name: place for place, name in reversed([*enumerate(right.name for right in found)])}
    yield from sorted(found.items(), key=lambda item: order[item[0].name])


def _read(case_type: CaseType) -> Iterator[tuple[Right, frozenset[str]]]:
    readers, fields = dict(case_type.readers), all_fields(case_type)
    classes = {field.field_class for field in fields if not field.readers}
    for name in FIELD_CLASSES[1:]:
        if name in classes or name in readers:
            yield Right("read", name), frozenset(readers.get(name, ()))
    for field in fields:
        if field.readers and field.field_class != "open":
            yield Right("read field", field.name), frozenset(field.readers)


def _state(case_type: CaseType, workflow: str, state: str) -> str:
    return state if len(case_type.chain) == 1 else f"{workflow}.{state}"


def _rows(real: dict[Right, frozenset[str]]) -> Iterator[str]:
    """The table, with states that grant the same to the same together in one row."""
    groups: dict[tuple[str, str, str, bool, frozenset[str]], list[Right]] = {}
    for right, roles in real.items():
        groups.setdefault((right.verb, right.name, right.eyes, bool(right.state), roles), []).append(right)
    width = min(WIDTH, max(len(_title(rights)) for rights in groups.values()))
    for (*_, roles), rights in groups.items():
        yield _row(rights, roles, width)


def _row(rights: list[Right], roles: frozenset[str], width: int = 0) -> str:
    return f"{_title(rights):<{width}} | {_roles(roles)}"


def _roles(roles: frozenset[str]) -> str:
    return " ".join(sorted(roles)) or NOBODY


def _title(rights: list[Right]) -> str:
    first = rights[0]
    told = f"{first.verb} {first.name}".strip()
    told += f" in {' '.join(right.state for right in rights)}" if first.state else ""
    return told + (f", not who fired {first.eyes}" if first.eyes else "")


def _parsed(table: str) -> dict[Right, frozenset[str]]:
    found: dict[Right, frozenset[str]] = {}
    for number, line in enumerate(table.splitlines(), start=1):
        if not line.strip():
            continue
        title, bar, roles = line.partition("|")
        if not bar:
            raise InvalidValue(f"row {number}", f"is a right, a bar and roles, such as 'open | clerk', not {line!r}")
        names = frozenset(roles.split()) - {NOBODY}
        for right in _read_title(title.strip(), number):
            if right in found:
                raise InvalidValue(f"row {number}", f"{_title([right])!r} was told before")
            found[right] = names
    return found


def _read_title(title: str, number: int) -> Iterator[Right]:
    what, _, eyes = title.partition(", not who fired ")
    what, _, states = what.partition(" in ")
    verb = next((verb for verb in VERBS if what == verb or what.startswith(f"{verb} ")), None)
    if verb is None:
        raise InvalidValue(f"row {number}", f"begins with one of {', '.join(VERBS)}, not {title!r}")
    for state in states.split() or [""]:
        yield Right(verb, what.removeprefix(verb).strip(), state, " ".join(sorted(eyes.split())))


VERBS = ("open", *PERMISSIONS, "fire", "read field", "read", "list")

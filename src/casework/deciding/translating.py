"""Tell a case in the words of another definition: its states, fields and marks as a migration maps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from casework.condition.evaluate import Facts
from casework.condition.literal import Value
from casework.deciding.refuse import condition_text
from casework.errors import InvalidValue
from casework.migrating.conversion import converted, moves_plainly
from casework.migrating.rules import Rule, Rules, first
from casework.model.case import Snapshot
from casework.model.fields import Field
from casework.model.migration import DeadlineMap, FieldMap
from casework.model.refusal import HIDDEN_TEXT, Problem
from casework.text import Text


@attrs.frozen(kw_only=True, eq=False)
class Translation:
    """A case as the definition that it leaves tells it (*original*), and as the new one does (*snapshot*).

    *states* by workflow are those that are called otherwise, of all that the case was ever in. Of the workflows,
    *chosen* came to their state by a rule, *ended* are given up by one, *begins* are new; of
    those *undecided* a problem tells. *fields* go from old name
    to new one, or to none; *origins* back; those that *became* another value go from name to name. *values* are
    those that the migration itself gives.
    """

    original: Snapshot
    snapshot: Snapshot
    problems: tuple[Problem, ...] = ()
    states: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    chosen: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    undecided: frozenset[str] = frozenset()
    begins: Mapping[str, str] = attrs.field(factory=dict)
    fields: Mapping[str, str | None] = attrs.field(factory=dict)
    origins: Mapping[str, str] = attrs.field(factory=dict)
    became: Mapping[str, str] = attrs.field(factory=dict)
    values: Mapping[str, Value] = attrs.field(factory=dict)
    clocks: Mapping[str, DeadlineMap] = attrs.field(factory=dict)
    moved_clocks: frozenset[str] = frozenset()

    def origin(self, field: str) -> str | None:
        """What the old definition called a field of the new one; None where the migration filled it in."""
        if field in self.origins:
            return self.origins[field]
        return None if field in self.values else field


def untranslated(snapshot: Snapshot) -> Translation:
    """The case as it stands, where names are the map."""
    return Translation(original=snapshot, snapshot=snapshot)


def translated(rules: Rules, snapshot: Snapshot, now: datetime, *, roles: frozenset[str]) -> Translation:
    """The case of *snapshot*, which has the marks of every state, in the words of the new definition.

    What keeps it from being told is told to somebody with *roles* on it.
    """
    return _Translator(rules, snapshot, now, roles).translation()


class _Translator:
    """Asks every rule once, of the case as it was."""

    def __init__(self, rules: Rules, snapshot: Snapshot, now: datetime, roles: frozenset[str]) -> None:
        self._rules, self._before, self._roles = rules, snapshot, roles
        self._problems: list[Problem] = []
        self._ended: set[str] = set()
        self._undecided: set[str] = set()
        self._chosen: set[str] = set()
        self._facts = Facts(
            now=now,
            data=snapshot.data,
            states=snapshot.states,
            marks=snapshot.marks,
            dues=snapshot.dues,
            balances={},
            acts=snapshot.acts,
            form={},
            person="",
            roles=frozenset(),
        )

    def translation(self) -> Translation:
        before, rules = self._before, self._rules
        states = {workflow: self._state(workflow, state) for workflow, state in before.states.items()}
        visited = {workflow: self._visited(workflow, states[workflow]) for workflow in states}
        begins = {name: self._begin(name) for name in rules.right.workflows if name not in before.states}
        fields = self._fields()
        values = dict(self._values(fields))
        data = {
            new: value for name, value in before.data.items() if (new := fields.get(name, name)) is not None
        } | values
        return Translation(
            original=before,
            snapshot=attrs.evolve(before, states=states, data=data, marks=self._marks(visited)),
            problems=tuple(self._problems),
            states={workflow: names for workflow, names in visited.items() if names},
            chosen=frozenset(self._chosen),
            ended=frozenset(self._ended),
            undecided=frozenset(self._undecided),
            begins=begins,
            fields=fields,
            origins={
                target: item.source
                for target, item in rules.to_field.items()
                if item.source is not None and item.source in before.data
            },
            became={
                name: str(item.target)
                for name, item in rules.from_field.items()
                if item.target is not None and fields[name] is None
            },
            values=values,
            clocks=rules.to_deadline,
            moved_clocks=rules.from_deadline,
        )

    def _state(self, workflow: str, state: str) -> str:
        """Where the workflow will stand; as it does where it cannot, and then there is a problem."""
        declared = self._rules.declared(workflow, state)
        if not declared:
            return state
        rule = self._answer(
            declared,
            f"states.{workflow}",
            Text(
                f"the migration does not say what becomes of {workflow!r} in {state!r} here",
                f"迁移未说明此案件中“{workflow}”的“{state}”如何转换",
            ),
        )
        if rule is None:
            self._undecided.add(workflow)
            return state
        self._chosen.add(workflow)
        if rule.target is None:
            self._ended.add(workflow)
        return rule.target or state

    def _begin(self, workflow: str) -> str:
        never = Text("", "")  # the last rule of a beginning always holds
        rule = self._answer(self._rules.of_begin(workflow), f"states.{workflow}", never)
        return self._rules.right.workflows[workflow].workflow.initial if rule is None else str(rule.target)

    def _answer(self, rules: Sequence[Rule], place: str, none: Text) -> Rule | None:
        taken = first(rules, self._facts)
        if taken.unknown is not None:
            asked, left = HIDDEN_TEXT, self._rules.left
            if left.access.tells(taken.unknown.condition, self._roles):
                asked = condition_text(left, taken.unknown.condition)
            en = f"what becomes of it depends on what is not known: {asked.en}"
            self._problems.append(Problem(place, Text(en, f"如何转换取决于未知的内容：{asked.zh}")))
        elif taken.rule is None:
            self._problems.append(Problem(place, none))
        return taken.rule

    def _visited(self, workflow: str, present: str) -> dict[str, str]:
        """What the states that the workflow was ever in are called now, of those whose name changed."""
        if workflow not in self._rules.right.workflows:
            return {}
        here = self._before.states[workflow]
        told = {here: present}
        for mark in self._before.marks:
            owner, _, state = mark.partition(".")
            if owner == workflow and state != here:
                rule = first(self._rules.declared(workflow, state), self._facts).rule
                if rule is not None and rule.target is not None:
                    told[state] = rule.target
        return {old: new for old, new in told.items() if old != new}

    def _marks(self, visited: Mapping[str, Mapping[str, str]]) -> dict[str, datetime]:
        """The marks by their new names; of two states that became one, the last time counts."""
        found: dict[str, datetime] = {}
        for mark, at in self._before.marks.items():
            workflow, _, state = mark.partition(".")
            name = self._rules.marks.get(mark, f"{workflow}.{visited.get(workflow, {}).get(state, state)}")
            found[name] = max(at, found.get(name, at))
        return found

    def _fields(self) -> dict[str, str | None]:
        """What each field is called now; None where it is dropped, or becomes another value."""
        fields: dict[str, str | None] = {}
        for name, item in self._rules.from_field.items():
            ends = self._ends(item)
            fields[name] = item.target if ends is not None and moves_plainly(*ends, item) else None
        return fields

    def _ends(self, item: FieldMap) -> tuple[Field, Field] | None:
        old, new = self._rules.left.fields.get(item.source or ""), self._rules.right.fields.get(item.target or "")
        return None if old is None or new is None else (old, new)

    def _values(self, fields: Mapping[str, str | None]) -> Iterator[tuple[str, Value]]:
        """What the migration itself gives: converted values, and defaults for what is not known."""
        data = self._before.data
        kept = {fields.get(name, name) for name in data}
        for target, item in self._rules.to_field.items():
            ends, value = self._ends(item), None if item.source is None else data.get(item.source)
            if ends is not None and value is not None:
                if item.source is not None and fields[item.source] is None:
                    yield from self._converted(ends, item, value)
            elif item.default is not None and target not in kept:
                yield target, self._rules.right.fields[target].accept(item.default)

    def _converted(self, ends: tuple[Field, Field], item: FieldMap, value: Value) -> Iterator[tuple[str, Value]]:
        try:
            yield ends[1].name, converted(*ends, item, value)
        except InvalidValue as error:
            title = self._rules.left.titles.text("field", ends[0].name)
            # Never the value itself: whoever migrates may not be one who reads it.
            en, zh = (
                f"{title.en}: what it holds becomes nothing that {ends[1].name!r} takes",
                f"{title.zh}：所填内容无法转换",
            )
            self._problems.append(Problem(f"data.{item.source}", Text(en, zh)))
            del error

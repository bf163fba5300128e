"""Effects: what they name exists, and what they give is of the type of where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

import attrs

from casework.condition.literal import kind_of
from casework.model.command import (
    REFERENCES,
    Assign,
    Doer,
    Effect,
    Given,
    Held,
    Now,
    Open,
    Post,
    Run,
    Send,
    Set,
    Settle,
    Source,
    Unit,
    Void,
)
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.parts import Channel, EffectPart, Guard
from casework.soundness.codes import finding, unknown
from casework.soundness.references import part_findings, role_findings
from casework.soundness.scope import Scope
from casework.soundness.types import choice_findings, fits


def check_effects(scope: Scope) -> Iterator[Finding]:
    """The effects of every transition, and what its parts declare to read and touch."""
    for path, workflow, transition in scope.transitions():
        form = scope.form(transition)
        for i, effect in enumerate(transition.effects):
            yield from _Effect(scope, f"{path}.effects[{i}]", form, workflow.name).findings(effect)
        for i, name in enumerate(transition.guards):
            part = None if scope.parts is None else scope.parts.get(name)
            if isinstance(part, Guard):
                yield from _Effect(scope, f"{path}.guards[{i}]", form, workflow.name).fields_of_part(part.reads)


@attrs.frozen
class _Effect:
    """One effect at its place: *form* is what Given may name there."""

    scope: Scope
    path: str
    form: Mapping[str, Field]
    workflow: str

    def findings(self, effect: Effect) -> Iterator[Finding]:
        match effect:
            case Set(name, value):
                yield from self._set(f"{self.path}.field", name, value)
            case Post():
                yield from self._post(effect)
            case Settle(hold) | Void(hold):
                known = self.scope.holds
                if known is not None and hold not in known:
                    yield unknown("CW121", f"{self.path}.hold", "amount that any step reserves as", hold, known)
            case Send(_, to, body):
                yield from self._text(f"{self.path}.to", to)
                for name, value in body:
                    yield from self._source(f"{self.path}.body.{name}", value)
            case Open():
                yield from self._open(effect)
            case Assign(role, person):
                yield from self._text(f"{self.path}.person", person)
                yield from self._local(role)
            case Run(name):
                yield from self._run(name)
            case _ if not isinstance(effect, get_args(Effect)):
                yield finding(
                    "CW316", self.path, f"{effect!r} is not an effect; write Set(…), keep(…), Post(…) and so on"
                )

    def _set(self, path: str, name: str, value: Source) -> Iterator[Finding]:
        if name in self.scope.fields:
            yield from self._given(path.replace(".field", ".value"), self.scope.fields[name], value)
            return
        if name not in self.scope.loose:
            yield unknown("CW106", path, "field", name, self.scope.fields)
        yield from self._source(path.replace(".field", ".value"), value)

    def _field(self, value: Given | Held) -> Field | None:
        return (self.form if isinstance(value, Given) else self.scope.fields).get(value.name)

    def _source(self, path: str, value: Source) -> Iterator[Finding]:
        """Whether the value that is referred to exists and may be read."""
        match value:
            case Given(name) if name not in self.form:
                yield unknown("CW107", path, "value in the form called", name, self.form)
            case Held(name) if name not in self.scope.fields:
                if name not in self.scope.loose:
                    yield unknown("CW106", path, "field", name, self.scope.fields)

    def _given(self, path: str, target: Field, value: Source) -> Iterator[Finding]:
        """Whether *value* exists and fits into the field *target*."""
        yield from self._source(path, value)
        what = f"field {target.name!r}"
        match value:
            case None:
                return
            case Given() | Held():
                source = self._field(value)
                if source is not None:
                    yield from _moved(path, source, target)
            case Now() | Doer() | Unit():
                kind = "instant" if isinstance(value, Now) else "text"
                if target.type != kind:
                    yield finding("CW309", path, f"{what} is {target.type}, but {type(value).__name__} is {kind}")
            case _ if not fits(target.type, value):
                yield finding("CW309", path, f"{what} is {target.type}, but {value!r} is {kind_of(value)}")
            case _:
                yield from choice_findings(path, what, target, value)

    def _text(self, path: str, value: Source) -> Iterator[Finding]:
        yield from self._source(path, value)
        match value:
            case Now():
                yield finding("CW309", path, "a person or address is text, but Now is an instant")
            case Given() | Held():
                field = self._field(value)
                if field is not None and field.type not in ("text", "choice"):
                    yield finding("CW309", path, f"a person or address is text, but {value.name!r} is {field.type}")
            case _ if value is not None and not isinstance(value, (*REFERENCES, str)):
                yield finding("CW309", path, f"a person or address is text, but {value!r} is {kind_of(value)}")

    def _post(self, post: Post) -> Iterator[Finding]:
        if self.scope.accounts is not None:
            yield from self._accounts({"debit": post.debit, "credit": post.credit})
        path, amount = f"{self.path}.amount", post.amount
        if isinstance(amount, Given | Held):
            yield from self._source(path, amount)
            field = self._field(amount)
            if field is not None and field.type != "integer":
                yield finding("CW310", path, f"an amount is a whole number, but {amount.name!r} is {field.type}")
        elif type(amount) is not int or amount <= 0:
            yield finding("CW310", path, f"an amount is a whole number above zero, not {amount!r}")

    def _accounts(self, sides: Mapping[str, str]) -> Iterator[Finding]:
        known = self.scope.accounts or {}
        for side, name in sides.items():
            if name not in known:
                yield unknown("CW109", f"{self.path}.{side}", "account", name, known)
        debit, credit = (known.get(name) for name in sides.values())
        if debit is None or credit is None:
            return
        if debit == credit:
            yield finding("CW311", self.path, f"{debit.name!r} is on both sides, so nothing moves")
        elif debit.commodity and credit.commodity and debit.commodity != credit.commodity:
            message = f"{debit.name!r} holds {debit.commodity}, {credit.name!r} holds {credit.commodity}"
            yield finding("CW311", self.path, message)

    def _open(self, effect: Open) -> Iterator[Finding]:
        yield from self._text(f"{self.path}.unit", effect.unit)
        yield from self._case_types(f"{self.path}.case_type", [effect.case_type])
        opened = self.scope.case_types.get(effect.case_type)
        fields = {} if opened is None else {field.name: field for field in opened.data}
        yield from self._subjects(effect, None if opened is None else opened.subjects)
        for name, value in effect.values:
            path = f"{self.path}.values.{name}"
            if opened is None:
                yield from self._source(path, value)
            elif name in fields:
                yield from self._given(path, fields[name], value)
            else:
                yield unknown("CW106", path, f"field of case type {effect.case_type!r} called", name, fields)

    def _subjects(self, effect: Open, opened: tuple[str, ...] | None) -> Iterator[Finding]:
        """The persons that are handed on: each is a subject here, and one of the case that is opened."""
        own = self.scope.subjects
        for name, here in effect.subjects:
            path = f"{self.path}.subjects.{name}"
            if opened is not None and name not in opened:
                yield unknown("CW125", path, f"subject of case type {effect.case_type!r} called", name, opened)
            if here not in own:
                yield unknown("CW125", path, "subject", here, own)

    def _case_types(self, path: str, names: Iterable[str]) -> Iterator[Finding]:
        known = self.scope.case_types
        for name in names if known else ():
            if name not in known:
                yield unknown("CW120", path, "case type", name, known)

    def _local(self, name: str) -> Iterator[Finding]:
        role = None if self.scope.roles is None else self.scope.roles.get(name)
        if role is not None and not role.local:
            yield finding("CW404", f"{self.path}.role", f"role {name!r} is not given on single cases; declare it local")

    def _run(self, name: str) -> Iterator[Finding]:
        """What a declared effect may touch, as if it stood here."""
        part = None if self.scope.parts is None else self.scope.parts.get(name)
        if not isinstance(part, EffectPart):
            return
        yield from self.fields_of_part((*part.reads, *part.writes))
        yield from self._case_types(self.path, part.opens)
        yield from role_findings(self.scope, self.path, part.assigns)
        for channel in part.sends:
            yield from part_findings(self.scope, self.path, channel, Channel)
        for account in part.posts if self.scope.accounts is not None else ():
            if account not in (self.scope.accounts or {}):
                yield unknown("CW109", self.path, "account", account, self.scope.accounts or {})

    def fields_of_part(self, names: Iterable[str]) -> Iterator[Finding]:
        """The fields that a part declares; one made for an attached workflow may leave its namespace out."""
        for name in names:
            if not {name, f"{self.workflow}.{name}"} & {*self.scope.fields, *self.scope.loose}:
                yield unknown("CW106", self.path, "field", name, self.scope.fields)


def _moved(path: str, source: Field, target: Field) -> Iterator[Finding]:
    """Whether what one field holds may go into another."""
    if source.type != target.type and (source.type, target.type) != ("choice", "text"):
        yield finding("CW309", path, f"field {target.name!r} is {target.type}, but {source.name!r} is {source.type}")
    if source.sealed and not target.sealed and source.name not in target.derived_from:
        message = f"{source.name!r} is sealed ({source.field_class}), but {target.name!r} is {target.field_class}"
        yield finding("CW304", path, message)
    if source.field_class == "personal" and target.field_class == "open" and source.name not in target.derived_from:
        message = f"{source.name!r} is personal, but {target.name!r} is open; erasing the one leaves the other"
        yield finding("CW315", path, message)
    for choice in source.choices:
        yield from choice_findings(path, f"field {target.name!r}", target, choice.name)

"""A way that was found, as steps for people: who could take each, with which values, when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import attrs

from casework.advising.advice import NextStep
from casework.advising.attempts import Attempts, Deed
from casework.advising.outlook import Outlook
from casework.advising.search import Node
from casework.advising.sight import Sight
from casework.advising.standing import Standing
from casework.advising.words import amend_text, fire_text, wait_text, who_text
from casework.condition import tree
from casework.condition.tree import walk
from casework.exploring.alphabet import told_apart

Goes: TypeAlias = Callable[[Standing, tuple[Deed, ...]], bool]
"""Whether deeds lead from a case to the goal."""


class Steps:
    """Tells the deeds of a way, and of each every role that is enough for it."""

    def __init__(self, sight: Sight, outlook: Outlook, attempts: Attempts, goes: Goes) -> None:
        self._sight, self._outlook, self._attempts, self._goes = sight, outlook, attempts, goes
        self._compiled = sight.compiled

    def told(self, way: tuple[Node, ...]) -> tuple[NextStep, ...]:
        """Every deed of the way; of waits that follow each other the last."""
        deeds = tuple(node.deed for node in way if node.deed is not None)
        return tuple(
            self._told(way[number].here, deed, deeds[number + 1 :])
            for number, deed in enumerate(deeds)
            if not deed.kind == "wait" == (deeds[number + 1].kind if number + 1 < len(deeds) else "")
        )

    def _told(self, before: Standing, deed: Deed, later: tuple[Deed, ...]) -> NextStep:
        if deed.kind == "wait":
            assert deed.at is not None
            return NextStep(kind="wait", name=deed.name, at=deed.at, text=wait_text(self._compiled, deed.name, deed.at))
        roles = tuple(role for role in self._named(before, deed) if self._enough(before, deed, later, role))
        together = () if roles or deed.actor is None else tuple(sorted(deed.actor.roles))
        who, form = who_text(self._compiled, roles, together), self._shown(deed)
        if deed.kind == "amend":
            text = amend_text(self._compiled, deed.name, who, form)
            return NextStep(
                kind="amend", name=deed.name, text=text, roles=roles, together=together, form=form, matters=tuple(form)
            )
        matters = tuple(name for name in form if self._matters(before, deed, later, name))
        others = tuple(self._others(before, deed))
        text = fire_text(self._compiled, deed.name, who, {name: form[name] for name in matters}, others)
        return NextStep(
            kind="fire",
            name=deed.name,
            text=text,
            roles=roles,
            together=together,
            form=form,
            matters=matters,
            others_than=others,
        )

    def _named(self, before: Standing, deed: Deed) -> list[str]:
        if deed.kind == "amend":
            return list(self._compiled.access.allowed("edit", before.case.states))
        return sorted({role for item in self._attempts.candidates(before, deed.name) for role in item.roles})

    def _enough(self, before: Standing, deed: Deed, later: tuple[Deed, ...], role: str) -> bool:
        """Whether somebody with that role alone can do it, so that the rest of the way still leads there."""
        held = frozenset({role})
        if not self._compiled.access.may("view", before.case.states, held):
            return False
        led = self._attempts.carried(before, deed, held)
        return led is not None and self._goes(led, later)

    def _shown(self, deed: Deed) -> Mapping[str, object]:
        """The form as far as the asker may read it."""
        access, roles = self._compiled.access, self._sight.roles
        if deed.kind == "amend":
            return {name: value for name, value in deed.form.items() if access.reads_name(name, roles)}
        asked = self._compiled.triggers[deed.name].form
        return {name: value for name, value in deed.form.items() if access.reads(asked[name], roles)}

    def _matters(self, before: Standing, deed: Deed, later: tuple[Deed, ...], name: str) -> bool:
        """Whether with another value under *name* the rest of the way does not lead there any more."""
        told = [told_apart(self._outlook.alphabet, item) for item in self._attempts.candidates(before, deed.name)]
        others = {value for fields in told if name in fields for value in fields[name][1].witnesses} - {None}
        for value in others - {deed.form[name]}:
            led = self._attempts.carried(before, attrs.evolve(deed, form={**deed.form, name: value}))
            if led is None or not self._goes(led, later):
                return True
        return False

    def _others(self, before: Standing, deed: Deed) -> Iterator[str]:
        items = self._attempts.candidates(before, deed.name)
        nodes = (node for item in items for clause in item.clauses for node in walk(clause.condition))
        acts = dict.fromkeys(node.trigger for node in nodes if isinstance(node, tree.Differs))
        yield from (act for act in acts if act in before.case.acts)

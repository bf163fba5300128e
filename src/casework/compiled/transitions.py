"""Transitions, triggers and workflows made ready: what the readers and machines of a manifest consist of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs

from casework.condition.evaluate import Reader
from casework.condition.tree import Condition
from casework.machine import WorkflowMachine
from casework.model.fields import Field
from casework.model.outfit import Account
from casework.model.workflow import Deadline, Transition, Workflow
from casework.parts import EffectPart, Guard
from casework.text import Text

AUTOMATIC = "automatic steps"
"""The name under which the automatic transitions of a workflow stand in its machine; no trigger can be called so."""


@attrs.frozen(eq=False)
class Clause:
    """One conjunct of what a transition asks: its reader, its condition, who asks for it and why."""

    read: Reader
    condition: Condition
    because: Text
    source: str = ""
    asks_form: bool = False
    asks_actor: bool = False


@attrs.frozen(eq=False)
class CompiledTransition:
    """A transition with its readers; *number* is its place in the machine of its workflow."""

    number: int
    workflow: str
    transition: Transition
    sources: tuple[str, ...]
    roles: frozenset[str]
    clauses: tuple[Clause, ...]
    guards: tuple[Guard, ...]
    absent: tuple[str, ...]
    effects: tuple[EffectPart | object, ...]
    form: Mapping[str, Field]

    @property
    def target(self) -> str | None:
        """The state it leads to; None stays."""
        return self.transition.target


@attrs.frozen(eq=False)
class CompiledTrigger:
    """All transitions that one trigger may take, its form, and what it can touch of the ledger."""

    name: str
    workflow: str
    transitions: tuple[CompiledTransition, ...]
    by_state: Mapping[str, tuple[CompiledTransition, ...]]
    form: Mapping[str, Field]
    accounts: tuple[Account, ...]
    holds: bool


@attrs.frozen(eq=False)
class CompiledWorkflow:
    """One workflow of the chain with its machine."""

    workflow: Workflow
    machine: WorkflowMachine
    transitions: tuple[CompiledTransition, ...]
    automatic: Mapping[str, tuple[CompiledTransition, ...]]
    finals: frozenset[str]
    deadlines: tuple[Deadline, ...]


@attrs.frozen(eq=False)
class Wake:
    """A duration after a mark at which automatic steps must be looked at again."""

    name: str
    workflow: str
    sources: frozenset[str]
    mark: str
    after: timedelta

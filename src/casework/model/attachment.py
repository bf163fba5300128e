"""What plugins add to a case type they do not own: workflows and requirements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from casework.condition.tree import Condition
from casework.model.workflow import Workflow
from casework.text import Text, as_text


def _bindings(value: Mapping[str, Any] | tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(dict(value).items()))


@attrs.frozen
class Attachment:
    """A workflow bound to a case type: each slot has what the host gives it."""

    workflow: Workflow
    case_type: str
    bindings: tuple[tuple[str, str | tuple[str, ...] | Condition], ...] = attrs.field(default=(), converter=_bindings)


def attach(workflow: Workflow, case_type: str, /, **bindings: str | tuple[str, ...] | Condition) -> Attachment:
    """Bind *workflow* to the case type of that name: ``attach(referral, "rescue", patient="person")``."""
    return Attachment(workflow, case_type, bindings)


@attrs.frozen
class Require:
    """Ask more of a transition of somebody else's workflow: ``Require("rescue.reunite", …, because=…)``.

    *target* is the case type and the trigger as one would fire it on that case type.
    """

    target: str
    condition: Condition
    because: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    source: str = attrs.field(default="", kw_only=True)

    @property
    def case_type(self) -> str:
        """The first part of the target."""
        return self.target.partition(".")[0]

    @property
    def trigger(self) -> str:
        """The trigger, with its namespace where it has one."""
        return self.target.partition(".")[2]

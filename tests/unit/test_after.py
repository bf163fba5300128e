"""The case as a decision leaves it: everything that the decision does not touch stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs

from casework.desk.viewing import after
from casework.model.case import Snapshot
from casework.model.decision import Decision

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DECIDED = {"closed_at", "states", "data", "marks", "dues", "terms", "acts"}


def test_what_a_decision_does_not_touch_stays() -> None:
    told: dict[str, Any] = {field.name: f"the {field.name}" for field in attrs.fields(Snapshot)}
    decided: dict[str, Any] = {name: f"decided {name}" for name in DECIDED}
    known = {field.name for field in attrs.fields(Decision)}
    others = {
        name: () for name in known - DECIDED - {"adopts"} if attrs.fields_dict(Decision)[name].default is attrs.NOTHING
    }
    decision = Decision(**{**others, **decided})

    now = after(Snapshot(**told), decision, 7)

    assert told | decided | {"revision": 7} == attrs.asdict(now, recurse=False)

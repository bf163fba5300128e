"""One projection for every outlet: what somebody may not read is not in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework import CaseType, Field, State, Workflow
from casework.compiled import Compiled
from casework.desk.viewing import seen
from casework.manifest import compose
from casework.model.case import Snapshot

NOW = datetime(2026, 7, 1, tzinfo=UTC)

ward = CaseType(
    "ward",
    data=[Field("bed"), Field("name", field_class="personal"), Field("illness", field_class="health")],
    grants={"view": ["clerk", "nurse", "doctor"]},
    readers={"personal": ["nurse", "doctor"], "health": "doctor"},
    chain=[Workflow("ward", initial="in", states=[State("in"), State("out", final=True)], transitions=[])],
)


@pytest.mark.parametrize(
    ("role", "read", "hidden"),
    [
        ("doctor", {"bed", "name", "illness"}, ()),
        ("nurse", {"bed", "name"}, ("illness",)),
        ("clerk", {"bed"}, ("illness", "name")),
    ],
)
def test_a_case_shows_the_fields_that_the_role_reads_and_names_the_others(
    role: str, read: set[str], hidden: tuple[str, ...]
) -> None:
    compiled = Compiled(compose(ward, (), ())[0], {})
    snapshot = Snapshot(
        tenant="main",
        id="1",
        case_type="ward",
        manifest=compiled.manifest.hash,
        revision=1,
        unit="",
        opened_at=NOW,
        closed_at=None,
        parent=None,
        head=b"",
        states={"ward": "in"},
        data={"bed": "3", "name": "Li Na", "illness": "flu"},
        marks={},
        dues={},
        acts={},
        subjects={},
    )

    case = seen([], compiled, snapshot, frozenset({role}))

    assert (read, hidden) == (set(case.data), case.hidden)
    assert ("Li Na" in repr(case), "flu" in repr(case)) == ("name" in read, "illness" in read)

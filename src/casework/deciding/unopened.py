"""What there is of a case before it is opened: nothing but a name and a place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.compiled import Compiled
from casework.model.case import Snapshot


def unopened(
    compiled: Compiled,
    *,
    tenant: str,
    case_id: str,
    unit: str,
    at: datetime,
    subjects: Mapping[str, str],
    parent: str | None = None,
    head: bytes = b"",
) -> Snapshot:
    """The empty case that opening starts from: no revision and no states yet. *head* is where its chain begins."""
    return Snapshot(
        tenant=tenant,
        id=case_id,
        case_type=compiled.case_type.name,
        manifest=compiled.manifest.hash,
        revision=0,
        unit=unit,
        opened_at=at,
        closed_at=None,
        parent=parent,
        head=head,
        states={},
        data={},
        marks={},
        dues={},
        acts={},
        subjects=dict(subjects),
    )

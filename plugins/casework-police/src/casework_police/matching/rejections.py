"""Pairs that were turned down, read from the log of a case, so that nobody is asked the same twice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from casework import HistoryEntry

_DIGEST = re.compile(r"\[([0-9a-f]{64})\]\s*\Z")
_OVER = ("reject", "undo")


def marked(reasons: str, digest: str) -> str:
    """Reasons with the digest of what was compared at their end."""
    return f"{reasons}\n[{digest}]"


def rejected_in(entries: Iterable[HistoryEntry]) -> frozenset[str]:
    """The digests of proposals that a log shows as rejected or undone, as far as its reader may see them."""
    proposed, rejected = "", set[str]()
    for entry in entries:
        trigger = entry.trigger.rpartition(".")[2]
        if trigger == "propose":
            found = _DIGEST.search(str(entry.form.get("candidate_reasons") or ""))
            proposed = found[1] if found else ""
        elif trigger in _OVER and proposed:
            rejected.add(proposed)
    return frozenset(rejected)

"""Erasing what is known of a subject, and the legal holds that forbid it: both are told by closed words alone.

A reason in free words may be as personal as what is erased, and would have to outlive it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

import attrs

from casework.text import Text

ErasureReason = Literal["request", "retention", "expired", "order", "mistake"]
ERASURE_REASONS: dict[ErasureReason, Text] = {
    "request": Text("the person asked for it", "本人提出"),
    "retention": Text("the time of keeping is over", "保存期限届满"),
    "expired": Text("where it came from it has expired", "来源处已过期"),
    "order": Text("an authority ordered it", "主管机关决定"),
    "mistake": Text("it should never have been recorded", "本不应记录"),
}

HoldReason = Literal["lawsuit", "investigation", "audit", "complaint"]
HOLD_REASONS: dict[HoldReason, Text] = {
    "lawsuit": Text("a lawsuit", "诉讼"),
    "investigation": Text("an investigation", "调查"),
    "audit": Text("an audit", "审计"),
    "complaint": Text("a complaint", "投诉"),
}

ErasureState = Literal["asked", "confirmed", "erased", "scrubbed", "dropped"]
ERASURE_STATES: tuple[ErasureState, ...] = get_args(ErasureState)
GONE: frozenset[ErasureState] = frozenset({"confirmed", "erased", "scrubbed"})
"""From when it was confirmed nothing may be written any more of whoever is erased."""

ErasureStep = Literal["asked", "refused", "dropped", "erased", "held", "released"]

Obstacle = Literal["open", "shared", "balance", "reserved", "held"]


@attrs.frozen(kw_only=True)
class Erasure:
    """That somebody asked to erase what is known of a subject, and what came of it.

    *asked_by* and *confirmed_by* are persons. With *leaves_balances* what the subject's accounts hold stays on them,
    though nobody can tell any more whose they are. *held* says that a legal hold stands now.
    """

    subject: str
    because: ErasureReason
    asked_at: datetime
    asked_by: str
    leaves_balances: bool = False
    state: ErasureState = "asked"
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    held: bool = False


@attrs.frozen(kw_only=True)
class LegalHold:
    """Nothing of a *subject* may be erased while this stands; *lifted_at* says since when it no longer does."""

    subject: str
    because: HoldReason
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None = None
    lifted_by: str | None = None


@attrs.frozen(kw_only=True)
class Erases:
    """What an entry of kind *erase* says: which step was taken, why, by whom, and what stood in the way."""

    step: ErasureStep
    because: str
    persons: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

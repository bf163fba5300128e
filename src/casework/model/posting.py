"""Movements of the ledger as values: what is posted, what is held back, which limits are touched."""

from __future__ import annotations

import attrs


@attrs.frozen
class Posting:
    """An amount moved between two accounts, named by their full keys; reserved only, where *hold* names it."""

    debit: str
    credit: str
    commodity: str
    amount: int
    hold: str | None = None


@attrs.frozen
class Hold:
    """What a case has reserved under a name: the line to settle or void."""

    name: str
    debit: str
    credit: str
    commodity: str
    amount: int
    number: int
    line: int


@attrs.frozen
class Limit:
    """An account with limits that a decision touches: its key, the change, and the bounds."""

    key: str
    change: int
    minimum: int | None
    maximum: int | None

"""INV, which is part of the test kit: see ``casework.testing.oracle``."""

from __future__ import annotations

from casework.testing.oracle import (
    assert_inv,
    balances,
    column,
    entries_of,
    refused,
    tables,
    unframed,
    untouched,
)

__all__ = ["assert_inv", "balances", "column", "entries_of", "refused", "tables", "unframed", "untouched"]

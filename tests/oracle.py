"""INV, which is part of the test kit: see ``casework.testing.oracle``."""

from __future__ import annotations

from typing import Any

from casework import Casework
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

__all__ = ["assert_inv", "balances", "column", "entries_of", "records", "refused", "tables", "unframed", "untouched"]


def records(app: Casework) -> dict[str, list[dict[str, Any]]]:
    """All rows without the access log: it tells what was shown, also by calls that were taken back."""
    return {name: rows for name, rows in tables(app).items() if name != "casework_reading"}

"""The test kit for whoever builds on casework."""

from __future__ import annotations

from casework.testing.access import access_table
from casework.testing.capture import captured
from casework.testing.cast import actors
from casework.testing.claims import Claim, never, whenever
from casework.testing.machine import workflow_machine
from casework.testing.oracle import assert_inv, refused
from casework.testing.strategies import broken_forms, data, forms, values

__all__ = [
    "Claim",
    "access_table",
    "actors",
    "assert_inv",
    "broken_forms",
    "captured",
    "data",
    "forms",
    "never",
    "refused",
    "values",
    "whenever",
    "workflow_machine",
]

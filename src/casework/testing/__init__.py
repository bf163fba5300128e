"""The test kit for whoever builds on casework."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("hypothesis") is None:
    raise ModuleNotFoundError("casework.testing needs hypothesis; install casework[testing]", name="hypothesis")

from casework.testing.access import access_rows, access_table
from casework.testing.capture import captured
from casework.testing.cast import actors
from casework.testing.claims import Claim, never, whenever
from casework.testing.machine import assert_reached, workflow_machine
from casework.testing.oracle import assert_inv, refused
from casework.testing.proving import (
    assert_can,
    assert_cannot,
    assert_needs_two_persons,
    assert_never_sees,
    assert_proven,
)
from casework.testing.strategies import broken_forms, data, forms, values

__all__ = [
    "Claim",
    "access_rows",
    "access_table",
    "actors",
    "assert_can",
    "assert_cannot",
    "assert_inv",
    "assert_needs_two_persons",
    "assert_never_sees",
    "assert_proven",
    "assert_reached",
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

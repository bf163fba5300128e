"""The engine and the second interpreter, which walks day by day, agree on every due date that a rule sets."""

from __future__ import annotations

from deadlines.lodging import lodging

from casework.testing import workflow_machine

TestLodging = workflow_machine(lodging()).TestCase

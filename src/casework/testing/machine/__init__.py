"""The state machine: anything is asked for by anybody, in any order, and every answer is checked.

``call`` is one thing that somebody does, ``choosing`` draws it, ``bench`` does it on both sides,
``compare`` looks at everything that there is, ``before`` lays the ground, ``tally`` counts what happened,
``build`` makes the class.
"""

from __future__ import annotations

from casework.testing.machine.build import workflow_machine
from casework.testing.machine.tally import assert_reached

__all__ = ["assert_reached", "workflow_machine"]

"""A second interpreter of case types, written from the design's words and not from the engine's code.

It is slow, plain and short: cases are dicts, a refusal is the name of its code. It takes the composed
definitions (workflows, condition trees, commands) as data and evaluates them itself. Where it and the
engine disagree, one of the two is wrong, or the design is silent and has to speak.
"""

from __future__ import annotations

from casework.testing.reference.forms import reads
from casework.testing.reference.terms import Ask, Case
from casework.testing.reference.world import World

__all__ = ["Ask", "Case", "World", "reads"]

"""Yes and no as conditions. Neither holds of what nobody has answered."""

from __future__ import annotations

from casework import Condition, field


def yes(name: str) -> Condition:
    """Somebody said yes."""
    return field(name) == True  # noqa: E712


def no(name: str) -> Condition:
    """Somebody said no."""
    return field(name) == False  # noqa: E712

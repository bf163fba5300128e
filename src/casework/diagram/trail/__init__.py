"""Pictures of a path through the joint graph of a case type, with what lies beside it."""

from __future__ import annotations

from casework.diagram.trail.mermaid import trail_mermaid
from casework.diagram.trail.stops import Aside, Standing, Stop, Stride, Trail
from casework.diagram.trail.svg import trail_svg

__all__ = ["Aside", "Standing", "Stop", "Stride", "Trail", "trail_mermaid", "trail_svg"]

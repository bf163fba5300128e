"""Pictures of definitions: Mermaid text, and SVG with a layout of our own."""

from __future__ import annotations

from casework.diagram.mermaid import mermaid
from casework.diagram.svg import svg

__all__ = ["mermaid", "svg"]

"""Pictures of definitions: Mermaid text, and SVG with a layout of our own."""

from __future__ import annotations

from casework.diagram.mermaid import graphs_mermaid, mermaid
from casework.diagram.svg import graphs_svg, svg

__all__ = ["graphs_mermaid", "graphs_svg", "mermaid", "svg"]

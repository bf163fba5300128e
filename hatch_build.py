"""Put the documents of the demo into the wheel.

A force-include table would do it for wheels too, but it would also copy the folder into every editable
installation, where the copy grows stale beside the original.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DemoData(BuildHookInterface):  # type: ignore[type-arg]
    """Copy ``examples/anlu`` to where an installed ``casework.rescue`` looks for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each build; *version* is ``standard`` for a wheel."""
        if version == "standard":
            build_data["force_include"]["examples/anlu"] = "casework/rescue/anlu"

"""Names of another system as names that a definition may have, each kept apart from all others of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable

from casework.model.names import NAME_LIMIT

_OTHER = re.compile(r"[^a-z0-9]+")


def name_of(text: str) -> str:
    """``Site Administrator`` gives ``site_administrator``; what has no letter first gets an ``x``."""
    name = _OTHER.sub("_", text.lower()).strip("_")[:NAME_LIMIT].rstrip("_")
    return name if name[:1].isalpha() else f"x_{name}"[:NAME_LIMIT].rstrip("_")


def names_of(texts: Iterable[str]) -> dict[str, str]:
    """A name for each text; those that would come out the same are numbered in their order."""
    names: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        name, number = name_of(text), 1
        while name in names.values():
            number += 1
            name = f"{name_of(text)[: NAME_LIMIT - 4]}_{number}"
        names[text] = name
    return names

"""What a name in a definition may look like."""

from __future__ import annotations

import re

NAME_LIMIT = 48

# Linear: one class per position, no alternation that could backtrack (F76).
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def is_name(text: object) -> bool:
    """Small letters, digits and underscores, a letter first, at most 48 characters."""
    return isinstance(text, str) and len(text) <= NAME_LIMIT and _NAME.match(text) is not None and "__" not in text


def is_qualified(text: object) -> bool:
    """A name, or a namespace and a name with one dot between."""
    return isinstance(text, str) and 1 <= len(parts := text.split(".")) <= 2 and all(is_name(part) for part in parts)


def qualified(namespace: str, name: str) -> str:
    """``referral`` and ``ward`` give ``referral.ward``; no namespace leaves the name bare."""
    return f"{namespace}.{name}" if namespace else name


def one_or_many(value: str | tuple[str, ...] | list[str] | set[str] | frozenset[str] | None) -> tuple[str, ...]:
    """Accept one name, several, or none; sets are put in order, so that a definition is one value."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(sorted(value)) if isinstance(value, set | frozenset) else tuple(value)

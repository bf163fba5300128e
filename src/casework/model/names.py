"""What a name in a definition may look like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from casework.errors import InvalidValue

if TYPE_CHECKING:
    import attrs

Item = TypeVar("Item")
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
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return tuple(sorted(value, key=str)) if isinstance(value, set | frozenset) else tuple(value)


def names_only(instance: object, attribute: attrs.Attribute[Any], value: tuple[object, ...]) -> None:
    """What ``one_or_many`` has made is names and nothing else; an attrs validator."""
    for item in value:
        if not isinstance(item, str):
            where = f"{type(instance).__name__}.{attribute.name}"
            raise InvalidValue(where, f"takes a name, or a list of names, not {told(item)}")


def several(values: Iterable[Item], kind: type[Item], where: str) -> tuple[Item, ...]:
    """*values* as a tuple, each of them a *kind*; InvalidValue names the place of what is not."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidValue(where, f"takes a list of {kind.__name__}, not {told(values)}")
    items = tuple(values)
    for i, item in enumerate(items):
        if not isinstance(item, kind):
            raise InvalidValue(f"{where}[{i}]", f"takes a {kind.__name__}, not {told(item)}")
    return items


def told(value: object) -> str:
    """A misplaced value in an error: itself where it is short, else what it is."""
    plain = value is None or isinstance(value, str | int | float | type)
    return repr(value) if plain else f"a {type(value).__name__}"

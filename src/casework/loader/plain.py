"""The small pieces of plain data: names, tables, literals; read exactly, written shortly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from casework.condition.literal import from_plain
from casework.errors import InvalidValue
from casework.loader.mistakes import Mistake, each, steps_of

Plain: TypeAlias = Any
"""What JSON can say: texts, numbers, booleans, null, lists, and tables with texts as keys."""


def noun_of(plain: object) -> str:
    """What *plain* is, as a message names it."""
    match plain:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case Mapping():
            return "a table"
    return type(plain).__name__


def name_from(plain: object) -> str:
    """A name or another short text, exactly as it stands."""
    if isinstance(plain, str):
        return plain
    raise Mistake("CW012", f"takes a text, not {noun_of(plain)}")


def names_from(plain: object) -> tuple[str, ...]:
    """One name, or a list of them."""
    if isinstance(plain, str):
        return (plain,)
    if isinstance(plain, list):
        return tuple(each(enumerate(plain), name_from))
    raise Mistake("CW012", f"takes a name or a list of names, not {noun_of(plain)}")


def names_to(names: tuple[str, ...]) -> Plain:
    """A single name stands for itself."""
    return names[0] if len(names) == 1 else list(names)


def table_from(plain: object) -> dict[str, Plain]:
    """A table whose keys are texts."""
    if not isinstance(plain, dict):
        raise Mistake("CW012", f"takes a table, not {noun_of(plain)}")
    for key in plain:
        if not isinstance(key, str):
            raise Mistake("CW017", f"has the key {key!r}; a key is a text")
    return plain


def table_to(pairs: Iterable[tuple[str, Plain]]) -> dict[str, Plain]:
    """The table of *pairs*; a name that stands there twice would be lost and is refused."""
    table: dict[str, Plain] = {}
    for name, value in pairs:
        if name in table:
            raise InvalidValue(name, "stands there twice, which a document cannot say")
        table[name] = value
    return table


def literal_from(plain: object) -> Any:
    """A value of one of the seven kinds."""
    try:
        return from_plain(plain)
    except InvalidValue as error:
        raise Mistake("CW018", error.problem, steps_of(error.where)) from None

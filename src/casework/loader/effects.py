"""Effects in documents: one-key tables such as ``{set: {ward: {given: ward}}}`` or ``{keep: [ward]}``, both ways."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

from cattrs import Converter

from casework.condition.literal import to_plain
from casework.loader.mistakes import Mistake, Mistakes, each
from casework.loader.plain import Plain, literal_from, name_from, names_from, noun_of, table_from, table_to
from casework.model.command import (
    Assign,
    Doer,
    Effect,
    Given,
    Held,
    Now,
    Open,
    Post,
    Recheck,
    Run,
    Send,
    Set,
    Settle,
    Source,
    Unit,
    Void,
    keep,
)

Pairs: TypeAlias = tuple[tuple[str, Source], ...]
NamedPairs: TypeAlias = tuple[tuple[str, str], ...]

_TABLES: dict[str, type] = {"post": Post, "send": Send, "open": Open, "assign": Assign}
_NAMES: dict[str, Callable[[str], Effect]] = {"settle": Settle, "void": Void, "run": Run}
_KEYS = ("set", "keep", *_TABLES, *_NAMES, "recheck")
_OF_NAME: dict[str, Callable[[str], Given | Held]] = {"given": Given, "held": Held}
_OF_FIRING: dict[str, Callable[[], Now | Doer | Unit]] = {"now": Now, "doer": Doer, "unit": Unit}


def source_from(plain: object) -> Source:
    """A literal, null, or a reference such as ``{given: ward}`` and ``{now: true}``."""
    if plain is None:
        return None
    if isinstance(plain, dict) and len(plain) == 1:
        ((key, value),) = plain.items()
        if key in _OF_NAME:
            return _OF_NAME[key](_under(key, value))
        if key in _OF_FIRING:
            _only_true(key, value)
            return _OF_FIRING[key]()
    found: Source = literal_from(plain)
    return found


def source_to(source: Source) -> Plain:
    """The plain form of a source."""
    match source:
        case None:
            return None
        case Given(name):
            return {"given": name}
        case Held(name):
            return {"held": name}
        case Now() | Doer() | Unit():
            return {type(source).__name__.lower(): True}
    return to_plain(source)


def named_pairs_from(plain: object) -> NamedPairs:
    """A table of names by names."""
    table = table_from(plain)
    return tuple(zip(table, each(table.items(), name_from), strict=True))


def amount_from(plain: object) -> int | Given | Held:
    """A whole number, or a reference to a field that holds one."""
    amount = source_from(plain)
    if isinstance(amount, Given | Held) or type(amount) is int:
        return amount
    raise Mistake("CW012", f"takes a whole number, {{given: …}} or {{held: …}}, not {noun_of(plain)}")


def pairs_from(plain: object) -> Pairs:
    """Names with their sources."""
    table = table_from(plain)
    return tuple(zip(table, each(table.items(), source_from), strict=True))


def pairs_to(pairs: Pairs) -> dict[str, Plain]:
    """The table of names with their sources."""
    return table_to((name, source_to(value)) for name, value in pairs)


def effects_from(plain: object, converter: Converter) -> tuple[Effect, ...]:
    """The effects of a list of tables; ``keep`` and ``set`` may stand for several."""
    if not isinstance(plain, list):
        raise Mistake("CW012", f"takes a list of effects, not {noun_of(plain)}")
    several = each(enumerate(plain), lambda item: _effects(item, converter))
    return tuple(effect for effects in several for effect in effects)


def _effects(plain: object, converter: Converter) -> tuple[Effect, ...]:
    if not isinstance(plain, dict) or len(plain) != 1:
        raise Mistake("CW014", "an effect is a table with one key, such as {set: {urgent: true}}")
    ((key, value),) = plain.items()
    if key not in _KEYS:
        close = difflib.get_close_matches(str(key), _KEYS, 1)
        hint = f"did you mean {close[0]}?" if close else f"use {', '.join(_KEYS)}"
        raise Mistake("CW014", f"{key!r} is not an effect; {hint}")
    if key == "recheck":
        _only_true(key, value)
        return (Recheck(),)
    (effects,) = each([(key, value)], lambda content: _of_kind(key, content, converter))
    return tuple(effects)


def _of_kind(key: str, plain: object, converter: Converter) -> tuple[Effect, ...]:
    if key == "keep":
        return keep(*names_from(plain))
    if key == "set":
        return tuple(Set(name, value) for name, value in pairs_from(plain))
    if key in _NAMES:
        return (_NAMES[key](name_from(plain)),)
    effect: Effect = converter.structure(plain, _TABLES[key])
    return (effect,)


def effects_to(effects: tuple[Effect, ...], converter: Converter) -> list[Plain]:
    """The tables of *effects*; what is kept from the form side by side shares one table."""
    plain: list[Plain] = []
    for kept, group in groupby(effects, _is_kept):
        if kept:
            plain.append({"keep": [effect.field for effect in group if isinstance(effect, Set)]})
        else:
            plain.extend(_tables(group, converter))
    return plain


def _is_kept(effect: Effect) -> bool:
    return isinstance(effect, Set) and effect.value == Given(effect.field)


def _tables(effects: Iterable[Effect], converter: Converter) -> Iterator[dict[str, Plain]]:
    for effect in effects:
        match effect:
            case Set(field, value):
                yield {"set": {field: source_to(value)}}
            case Settle(name) | Void(name) | Run(name):
                yield {type(effect).__name__.lower(): name}
            case Recheck():
                yield {"recheck": True}
            case _:
                yield {type(effect).__name__.lower(): converter.unstructure(effect)}


def _under(key: str, plain: object) -> str:
    try:
        return name_from(plain)
    except Mistake as error:
        raise Mistakes([(key, error)]) from None


def _only_true(key: str, plain: object) -> None:
    if plain is not True:
        raise Mistake("CW012", f"takes true, not {noun_of(plain)}", (key,))

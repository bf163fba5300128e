"""Between plain data and definitions, strictly: nothing is coerced, no key is passed over (F69).

Keys are the names of the model, except ``from`` and ``to`` of a transition. What equals its default is
left out, so that an attribute that casework gains later does not change the document of what was written
before; for the same reason a default, once released, never changes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from casework.condition.literal import Value, duration_of, duration_text
from casework.condition.table import from_table, to_table
from casework.condition.tree import Condition
from casework.errors import DocumentError, InvalidValue
from casework.loader.effects import (
    NamedPairs,
    Pairs,
    amount_from,
    effects_from,
    effects_to,
    named_pairs_from,
    pairs_from,
    pairs_to,
    source_from,
    source_to,
)
from casework.loader.mistakes import RENAMED, Lines, Mistake, Mistakes, each, findings_of, steps_of
from casework.loader.plain import Plain, literal_from, name_from, names_from, names_to, noun_of, table_from, table_to
from casework.model.casetype import CaseType
from casework.model.command import Effect, Given, Held, Source
from casework.model.fields import Choice
from casework.model.migration import Migration
from casework.model.outfit import Role
from casework.model.rule import Unit
from casework.model.workflow import Grants, Workflow
from casework.text import Text

Definition: TypeAlias = CaseType | Workflow
Structure: TypeAlias = Callable[[object], Plain]
Unstructure: TypeAlias = Callable[[Any], Plain]

_KINDS: dict[str, type[CaseType] | type[Workflow]] = {"chain": CaseType, "states": Workflow}
_SHORT = (Choice, Role)
_ORDER = {"name": -3, "version": -2, "title": -1, "chain": 1}


def to_document(definition: Definition) -> dict[str, Plain]:
    """The plain form of a definition: the same value always gives the same document."""
    document: dict[str, Plain] = _CONVERTER.unstructure(definition)
    return document


def from_document(data: object, source: str = "<document>", lines: Lines | None = None) -> Definition:
    """The definition of a plain form, or DocumentError with every mistake in it.

    A document with ``chain`` is a case type, one with ``states`` a workflow.
    """
    definition: Definition = _structured(data, source, lines, _kind_of)
    return definition


def migration_from_document(data: object, source: str = "<document>", lines: Lines | None = None) -> Migration:
    """The migration of a plain form, or DocumentError with every mistake in it."""
    migration: Migration = _structured(data, source, lines, lambda _: Migration)
    return migration


def migration_to_document(migration: Migration) -> dict[str, Plain]:
    """The plain form of a migration: the same value always gives the same document."""
    document: dict[str, Plain] = _CONVERTER.unstructure(migration)
    return document


def _kind_of(table: dict[str, Plain]) -> type[CaseType] | type[Workflow]:
    kind = next((kind for key, kind in _KINDS.items() if key in table), None)
    if kind is None:
        raise Mistake("CW009", "has neither the key chain (a case type) nor states (a workflow)")
    return kind


def _structured(data: object, source: str, lines: Lines | None, kind_of: Callable[[dict[str, Plain]], Any]) -> Any:
    try:
        table = table_from(data)
        return _CONVERTER.structure(table, kind_of(table))
    except (Mistake, Mistakes, BaseValidationError) as error:
        raise DocumentError(source, findings_of(error, lines or {})) from None


def _exact(kind: type, noun: str) -> Structure:
    def structure(plain: object) -> Plain:
        if type(plain) is kind:
            return plain
        raise Mistake("CW012", f"takes {noun}, not {noun_of(plain)}")

    return structure


def _text_from(plain: object) -> Text:
    if isinstance(plain, str):
        return Text(plain)
    table = table_from(plain)
    for key in table:
        if key not in ("en", "zh"):
            raise Mistake("CW010", "is not a language; write en or zh", (key,))
    return Text(**dict(zip(table, each(table.items(), name_from), strict=True)))


def _text_to(text: Text) -> Plain:
    return {"en": text.en, "zh": text.zh} if text.en and text.zh else {"zh": text.zh} if text.zh else text.en


def _condition_from(plain: object, _: object) -> Condition:
    try:
        return from_table(plain)
    except InvalidValue as error:
        raise Mistake("CW013", error.problem, steps_of(error.where)) from None


def _duration_from(plain: object) -> timedelta:
    try:
        return duration_of(plain)
    except InvalidValue as error:
        raise Mistake("CW015", error.problem) from None


def _day_from(plain: object) -> date:
    text = name_from(plain)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistake("CW012", f"takes a day such as 2015-08-20, not {text!r}") from None


def _grants_from(plain: object) -> Grants:
    table = table_from(plain)
    return tuple(zip(table, each(table.items(), names_from), strict=True))


def _grants_to(grants: Grants) -> dict[str, Plain]:
    return table_to((permission, names_to(roles)) for permission, roles in grants)


def _option_from(plain: object, options: Any) -> str:
    if isinstance(plain, str) and plain in get_args(options):
        return plain
    said = repr(plain) if isinstance(plain, str) else noun_of(plain)
    raise Mistake("CW016", f"takes one of {', '.join(get_args(options))}, not {said}")


def _optional(structure: Structure) -> Structure:
    return lambda plain: None if plain is None else structure(plain)


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _list_from(kind: Any, converter: Converter) -> Callable[[object, object], Plain]:
    (item, _) = get_args(kind)

    def structure(plain: object, _: object) -> Plain:
        if not isinstance(plain, list):
            raise Mistake("CW012", f"takes a list, not {noun_of(plain)}")
        return tuple(each(enumerate(plain), lambda part: converter.structure(part, item)))

    return structure


def _list_to(kind: Any, converter: Converter) -> Unstructure:
    (item, _) = get_args(kind)
    return lambda values: [converter.unstructure(value, unstructure_as=item) for value in values]


def _class_from(cl: Any, converter: Converter) -> Callable[[object, object], Plain]:
    renamed: dict[str, Any] = {name: override(rename=key) for name, key in RENAMED.get(cl, {}).items()}
    build = make_dict_structure_fn(
        cl, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **renamed
    )

    def structure(plain: object, _: object) -> Plain:
        if isinstance(plain, str) and cl in _SHORT:
            return cl(plain)
        return build(table_from(plain), cl)

    return structure


def _class_to(cl: Any, converter: Converter) -> Unstructure:
    renamed: dict[str, Any] = {name: override(rename=key) for name, key in RENAMED.get(cl, {}).items()}
    build = make_dict_unstructure_fn(cl, converter, _cattrs_omit_if_default=True, **renamed)

    def unstructure(value: Any) -> Plain:
        table = build(value)
        if cl in _SHORT and set(table) == {"name"}:
            return table["name"]
        order = _ORDER if "name" in table else {}
        return dict(sorted(table.items(), key=lambda item: order.get(item[0], 0)))

    return unstructure


def _converter() -> Converter:
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    converter.register_structure_hook_factory(_is_tuple, _list_from)
    converter.register_unstructure_hook_factory(_is_tuple, _list_to)
    converter.register_structure_hook_factory(attrs.has, _class_from)
    converter.register_unstructure_hook_factory(attrs.has, _class_to)
    converter.register_structure_hook_func(_is_literal, _option_from)
    converter.register_structure_hook_func(_is_condition, _condition_from)
    converter.register_unstructure_hook_func(_is_condition, to_table)
    for kind, structure, unstructure in (*_SCALARS, *_composites(converter)):
        _register(converter, kind, structure, unstructure)
    return converter


def _register(converter: Converter, kind: Any, structure: Structure, unstructure: Unstructure) -> None:
    if inspect.isclass(kind):
        # A class needs a hook of its own: cattrs' coercing hooks for str, int and bool go before any predicate.
        converter.register_structure_hook(kind, lambda plain, _: structure(plain))
        converter.register_unstructure_hook(kind, unstructure)
    else:
        converter.register_structure_hook_func(lambda asked: asked == kind, lambda plain, _: structure(plain))
        converter.register_unstructure_hook_func(lambda asked: asked == kind, unstructure)


def _same(value: Any) -> Plain:
    return value


_whole = _exact(int, "a whole number")
_SCALARS: tuple[tuple[Any, Structure, Unstructure], ...] = (
    (str, name_from, _same),
    (str | None, _optional(name_from), _same),
    (bool, _exact(bool, "true or false"), _same),
    (int, _whole, _same),
    (int | None, _optional(_whole), _same),
    (timedelta, _duration_from, duration_text),
    (timedelta | None, _optional(_duration_from), lambda after: None if after is None else duration_text(after)),
    (Text, _text_from, _text_to),
    (date | None, _optional(_day_from), lambda day: None if day is None else day.isoformat()),
    (Unit | None, _optional(lambda plain: _option_from(plain, Unit)), _same),
)


def _composites(converter: Converter) -> tuple[tuple[Any, Structure, Unstructure], ...]:
    """What is made of other kinds: several names, values and where they come from, effects."""
    return (
        (tuple[str, ...], names_from, names_to),
        (Grants, _grants_from, _grants_to),
        (Value | None, _optional(literal_from), source_to),
        (Source, source_from, source_to),
        (int | Given | Held, amount_from, source_to),
        (Pairs, pairs_from, pairs_to),
        (NamedPairs, named_pairs_from, table_to),
        (
            tuple[Effect, ...],
            lambda plain: effects_from(plain, converter),
            lambda effects: effects_to(effects, converter),
        ),
    )


def _is_literal(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is Literal


def _is_condition(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, Condition)


_CONVERTER = _converter()

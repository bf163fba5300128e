"""The fields of case data and of forms, as data or read from an attrs class."""

from __future__ import annotations

import enum
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import attrs

from casework.condition.literal import Value, checked, kind_of
from casework.errors import InvalidValue, SetupError
from casework.model.names import names_only, one_or_many, several, told
from casework.text import Text, as_text

FieldType = Literal["text", "integer", "decimal", "float", "boolean", "date", "instant", "choice"]
FIELD_TYPES: tuple[FieldType, ...] = typing.get_args(FieldType)

FieldClass = Literal["open", "personal", "health", "whereabouts", "identity"]
FIELD_CLASSES: tuple[FieldClass, ...] = typing.get_args(FieldClass)
SEALED_CLASSES: frozenset[FieldClass] = frozenset({"health", "whereabouts", "identity"})

_TYPES: dict[type, FieldType] = {
    str: "text",
    int: "integer",
    Decimal: "decimal",
    float: "float",
    bool: "boolean",
    date: "date",
    datetime: "instant",
}
_KINDS_ZH = {
    "text": "文字",
    "integer": "整数",
    "decimal": "小数",
    "float": "浮点数",
    "boolean": "是或否",
    "date": "日期",
    "instant": "时刻",
    "choice": "选项",
}
_METADATA = "casework"
TEXT_DEFAULT_LIMIT = 2_000


@attrs.frozen
class Choice:
    """One of the values that a choice field may hold."""

    name: str
    title: Text = attrs.field(default=Text(), converter=as_text)


def _choices(value: Any) -> tuple[Choice, ...]:
    return tuple(item if isinstance(item, Choice) else Choice(item) for item in value)


def _is_type(_: object, __: object, value: object) -> None:
    if not isinstance(value, str):
        raise InvalidValue("Field.type", f"takes one of {', '.join(FIELD_TYPES)} in quotes, not {told(value)}")


@attrs.frozen
class Field:
    """A field of case data or of a form.

    *field_class* says who may read it: ``open`` to whoever may view the case, the others to the roles
    that the case type names, or to the *readers* instead where the field names its own. Values of the
    classes health, whereabouts and identity are sealed even in the current row, so that conditions may
    only ask whether they are known. *derived_from* names the fields whose erasure clears this one too. A
    *managed* field is written by effects alone: neither opening a case nor amending it can set it.
    """

    name: str
    type: FieldType = attrs.field(default="text", validator=_is_type)
    required: bool = attrs.field(default=False, kw_only=True)
    field_class: FieldClass = attrs.field(default="open", kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    choices: tuple[Choice, ...] = attrs.field(default=(), converter=_choices, kw_only=True)
    minimum: Value | None = attrs.field(default=None, kw_only=True, eq=lambda v: (type(v), v))
    maximum: Value | None = attrs.field(default=None, kw_only=True, eq=lambda v: (type(v), v))
    max_length: int = attrs.field(default=TEXT_DEFAULT_LIMIT, kw_only=True)
    derived_from: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    managed: bool = attrs.field(default=False, kw_only=True)
    readers: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)

    @property
    def sealed(self) -> bool:
        """Whether the current row holds only that it is known, the value itself apart."""
        return self.field_class in SEALED_CLASSES

    def accept(self, value: object) -> Value:
        """*value* in canonical form, or InvalidValue: exact types, nothing coerced (F69)."""
        if isinstance(value, enum.Enum):
            value = value.value
        accepted = checked(value, self.name)
        kind = kind_of(accepted)
        if kind != self.type and not (self.type == "choice" and kind == "text"):
            raise InvalidValue(
                self.name, f"takes {self.type}, not {kind}", f"应为{_KINDS_ZH[self.type]}，不是{_KINDS_ZH[kind]}"
            )
        if self.type == "choice":
            self._accept_choice(accepted)
        elif self.type == "text" and len(str(accepted)) > self.max_length:
            raise InvalidValue(self.name, f"takes at most {self.max_length} characters", f"最多{self.max_length}个字符")
        if self.minimum is not None and accepted < self.minimum:  # type: ignore[operator]
            raise InvalidValue(self.name, f"takes at least {self.minimum}", f"不得小于{self.minimum}")
        if self.maximum is not None and accepted > self.maximum:  # type: ignore[operator]
            raise InvalidValue(self.name, f"takes at most {self.maximum}", f"不得大于{self.maximum}")
        return accepted

    def _accept_choice(self, value: Value) -> None:
        names = [choice.name for choice in self.choices]
        if value not in names:
            told = "、".join(f"{choice.title.in_('zh') or choice.name}（{choice.name}）" for choice in self.choices)
            raise InvalidValue(self.name, f"takes one of {', '.join(names)}", f"只能是以下之一：{told}")


def fact(
    *,
    default: Any = attrs.NOTHING,
    en: str = "",
    zh: str = "",
    field_class: FieldClass = "open",
    choices: typing.Iterable[str | Choice] = (),
    minimum: Value | None = None,
    maximum: Value | None = None,
    max_length: int = TEXT_DEFAULT_LIMIT,
    derived_from: str | tuple[str, ...] = (),
    managed: bool = False,
    readers: str | typing.Iterable[str] = (),
) -> Any:
    """A field of an attrs class with what a plain annotation cannot say: titles, class, readers, bounds."""
    told = {
        "title": Text(en=en, zh=zh),
        "field_class": field_class,
        "choices": tuple(choices),
        "minimum": minimum,
        "maximum": maximum,
        "max_length": max_length,
        "derived_from": derived_from,
        "managed": managed,
        "readers": readers if isinstance(readers, str) else tuple(readers),
    }
    return attrs.field(default=default, metadata={_METADATA: told})


def fields_of(source: type | typing.Iterable[Field]) -> tuple[Field, ...]:
    """The fields of an attrs class, or the fields themselves.

    ``str`` is required, ``str | None`` may stay unknown; an Enum or Literal becomes a choice.
    """
    if not isinstance(source, type):
        return several(source, Field, "fields")
    if not attrs.has(source):
        raise SetupError(f"{source.__qualname__} is not an attrs class; decorate it with @attrs.frozen")
    hints = typing.get_type_hints(source)
    return tuple(_field(source, attribute, hints[attribute.name]) for attribute in attrs.fields(source))


def _field(source: type, attribute: attrs.Attribute[Any], hint: Any) -> Field:
    told = dict(attribute.metadata.get(_METADATA, {}))
    options = _options(hint)
    kinds = [option for option in options if option is not type(None)]
    if len(kinds) != 1:
        raise SetupError(f"{source.__qualname__}.{attribute.name}: {hint} is not one kind of value (or None)")
    field_type, choices = _type_of(f"{source.__qualname__}.{attribute.name}", kinds[0])
    given = told.pop("choices", ())
    if choices and not given:
        given = choices
    if given and field_type == "text":
        field_type = "choice"
    required = len(kinds) == len(options) and attribute.default is attrs.NOTHING
    return Field(attribute.name, field_type, required=required, choices=given, **told)


def _options(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def _type_of(where: str, hint: Any) -> tuple[FieldType, tuple[str, ...]]:
    if typing.get_origin(hint) is Literal:
        return "choice", tuple(typing.get_args(hint))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "choice", tuple(str(member.value) for member in hint)
    if hint in _TYPES:
        return _TYPES[hint], ()
    raise SetupError(f"{where}: {hint} is not a type of field; use {', '.join(kind.__name__ for kind in _TYPES)}")

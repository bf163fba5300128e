"""Plain data as YAML for people: block style, short tables on one line, Chinese as it is written.

A text stands bare only where it can be mistaken for nothing else, by us or by older YAML; otherwise it
is written as JSON writes it, which YAML reads the same.
"""

from __future__ import annotations

import json
import re

from casework.errors import InvalidValue
from casework.loader.plain import Plain
from casework.loader.scalar import resolved

WIDTH = 100

_PUNCTUATION = frozenset(" _./()'，。、（）：；！？“”《》·-")
_WORDS_OF_OLD = frozenset({"yes", "no", "on", "off", "y", "n"})
_DURATION = re.compile(r"[0-9]+[dhms]\Z")


def written(table: dict[str, Plain]) -> str:
    """The text of a document."""
    return "\n".join(_block(table)) + "\n"


def _block(value: Plain) -> list[str]:
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in _entry(key, item)]
    return [line for item in value for line in _item(item)]


def _entry(key: str, value: Plain) -> list[str]:
    line = f"{_scalar(key)}: {_inline(value)}" if _is_flat(value) else ""
    if line and (len(line) <= WIDTH or not isinstance(value, dict | list)):
        return [line]
    return [f"{_scalar(key)}:", *(f"  {inner}" for inner in _block(value))]


def _item(value: Plain) -> list[str]:
    line = f"- {_inline(value)}" if _is_flat(value) else ""
    if line and (len(line) <= WIDTH or not isinstance(value, dict | list)):
        return [line]
    first, *rest = _block(value)
    return [f"- {first}", *(f"  {inner}" for inner in rest)]


def _is_flat(value: Plain) -> bool:
    """Whether *value* holds no list of tables or lists, which read better one below the other."""
    if isinstance(value, dict):
        return all(_is_flat(item) for item in value.values())
    return not isinstance(value, list) or not any(isinstance(item, dict | list) for item in value)


def _inline(value: Plain) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Plain) -> str:
    if isinstance(value, str):
        return value if _may_stand_bare(value) else _quoted(value)
    return json.dumps(value)


def _may_stand_bare(text: str) -> bool:
    if not text or not text[0].isalnum() or text[-1] == " " or text.lower() in _WORDS_OF_OLD:
        return False
    if not all(char.isalnum() or char in _PUNCTUATION for char in text):
        return False
    if text[0].isdigit() and not _DURATION.match(text):
        return False
    try:
        return resolved(text) == text
    except InvalidValue:
        return False


def _quoted(text: str) -> str:
    return "".join(char if char.isprintable() else _escaped(char) for char in json.dumps(text, ensure_ascii=False))


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"

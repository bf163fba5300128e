"""Plain scalars of YAML 1.2 (core schema), narrowed to what a definition can mean without a guess.

``on``, ``off``, ``yes``, ``no`` and dates are text. Refused rather than guessed: ``.nan`` and ``.inf``,
numbers too large to hold, and integers with a leading zero (octal to YAML 1.1, decimal to 1.2).
"""

from __future__ import annotations

import math
import re
from typing import TypeAlias

from casework.condition.literal import INTEGER_LIMIT
from casework.errors import InvalidValue

Scalar: TypeAlias = str | bool | int | float | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_BASE = {"0o": (8, re.compile(r"0o[0-7]+\Z")), "0x": (16, re.compile(r"0x[0-9a-fA-F]+\Z"))}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")

# Enough for 64 bits in any base and sign; longer ones never reach int(), which has a limit of its own (F70).
_DIGITS = 24


def resolved(text: str) -> Scalar:
    """What the plain (unquoted) scalar *text* means; InvalidValue where it is out of range."""
    if text in _WORDS:
        return _WORDS[text]
    if _DECIMAL.match(text):
        if len(text.lstrip("+-")) > 1 and text.lstrip("+-").startswith("0"):
            raise InvalidValue("", "a number starts with no zero; quote it if it is a text")
        return _integer(text, 10)
    base, digits = _OTHER_BASE.get(text[:2], (0, _DECIMAL))
    if base and digits.match(text):
        return _integer(text[2:], base)
    if _FLOAT.match(text):
        return _finite(float(text))
    if _NOT_FINITE.match(text):
        raise InvalidValue("", "NaN and infinity are not values")
    return text


def _integer(digits: str, base: int) -> int:
    number = int(digits, base) if len(digits) <= _DIGITS else INTEGER_LIMIT
    if not -INTEGER_LIMIT <= number < INTEGER_LIMIT:
        raise InvalidValue("", "integers are limited to 64 bits")
    return number


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise InvalidValue("", "this number is too large to hold")
    return number


def text_of(raw: str) -> str:
    """The text of a scalar; InvalidValue where it holds NUL or half of a surrogate pair.

    JSON writes a character beyond 16 bits as two escaped surrogates, which YAML reads as two characters.
    """
    if "\0" in raw:
        raise InvalidValue("", "text may not hold a NUL character")
    if not any("\ud800" <= char <= "\udfff" for char in raw):
        return raw
    try:
        return raw.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise InvalidValue("", "text may not hold a lone surrogate") from None

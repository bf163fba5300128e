"""How wide text will be, without asking a font: wrapping and cleaning of titles before they are drawn."""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[]{}`·-/\\ ")
_BROAD = frozenset("mwMW@%&—…")

# Marks that turn the writing direction could make one title rewrite the picture around it.
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """*text* on one line, without anything that XML forbids or that turns the writing direction."""
    return " ".join("".join(_kept(character) for character in text).split())


def _kept(character: str) -> str:
    code = ord(character)
    if character in _DIRECTION:
        return ""
    if code < 0x20 or 0x7F <= code < 0xA0 or character in "\u2028\u2029":
        return " "
    if 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE:
        return "\ufffd"
    return character


def _em(character: str) -> float:
    """The width of one character as a part of the font size; rather too wide than too narrow."""
    if unicodedata.combining(character) or character == "\u200b":
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F", "A"):
        return 1.0
    if character in _NARROW:
        return 0.33
    if character in _BROAD:
        return 0.92
    return 0.7 if character.isupper() else 0.56


def width(text: str, size: float) -> float:
    """The estimated width of *text* at the font size *size*."""
    return sum(_em(character) for character in text) * size


def wrap(text: str, size: float, limit: float, most: int = 3) -> tuple[str, ...]:
    """*text* in at most *most* lines no wider than *limit*; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    current = ""
    for piece in _pieces(text, size, limit):
        if current and width((current + piece).rstrip(), size) > limit:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    lines.append(current.rstrip())
    if len(lines) > most:
        lines[most - 1 :] = [_shortened(lines[most - 1], size, limit)]
    return tuple(lines)


def _shortened(line: str, size: float, limit: float) -> str:
    while line and width(line + "…", size) > limit:
        line = line[:-1]
    return line.rstrip() + "…"


def _pieces(text: str, size: float, limit: float) -> list[str]:
    """The parts between which a line may break: words, single wide characters, parts of over-long words."""
    pieces: list[str] = []
    word = ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in ("W", "F") and character not in "，。、；：！？）》”"
        if wide or width(word + character, size) > limit:
            pieces.append(word)
            word = ""
        word += character
        if character == " ":
            pieces.append(word)
            word = ""
    return [piece for piece in (*pieces, word) if piece]


def balanced(text: str, size: float, limit: float, most: int = 3) -> tuple[str, ...]:
    """Like wrap, with lines of about the same width, so that no last line holds a single character."""
    lines = wrap(text, size, limit, most)
    if len(lines) < 2 or lines[-1].endswith("…"):
        return lines
    longest = max(width(piece.rstrip(), size) for piece in _pieces(text, size, limit))
    narrower = max(width(text, size) / len(lines), longest)
    while narrower < limit:
        tried = wrap(text, size, narrower, most + 1)
        if len(tried) <= len(lines):
            return tried
        narrower += size / 3
    return lines

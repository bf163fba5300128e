"""JSON read strictly: one meaning for each text, and bounds on its size, depth and breadth.

XML is not read at all, so nothing of it (document types, entities) can reach a parser.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from casework_hospital.fhir.violation import UnreadableMessage, Violation, wrong

SIZE_LIMIT = 1_000_000
"""Bytes of one message."""

DEPTH_LIMIT = 32
"""Objects and lists within each other."""

DIGIT_LIMIT = 18
"""Digits of one number."""

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')


def parsed(content: bytes | str) -> dict[str, Any]:
    """The object that *content* holds. Raises UnreadableMessage."""
    text = _text(content)
    _bounded(text)
    try:
        found = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except UnreadableMessage:
        raise
    except (ValueError, RecursionError) as error:
        en, zh = "the text", "文字"
        if isinstance(error, json.JSONDecodeError):
            en, zh = f"line {error.lineno}, column {error.colno}", f"第{error.lineno}行第{error.colno}列"
        _stop(wrong("message", f"this is no JSON: {en} cannot be read", f"不是有效的 JSON：{zh}无法读取"))
    if not isinstance(found, dict):
        _stop(wrong("message", "a message is one JSON object", "消息应为一个 JSON 对象"))
    return found


def _stop(violation: Violation) -> NoReturn:
    raise UnreadableMessage([violation])


def _text(content: bytes | str) -> str:
    size = len(content) if isinstance(content, bytes) else len(content.encode("utf-8", "surrogatepass"))
    if size > SIZE_LIMIT:
        _stop(wrong("message", f"takes at most {SIZE_LIMIT:,} bytes, not {size:,}", f"消息不得超过{SIZE_LIMIT:,}字节"))
    try:
        text = content.decode() if isinstance(content, bytes) else content
        text.encode()
    except UnicodeError:
        _stop(wrong("message", "the text is not UTF-8", "文字编码不是 UTF-8"))
    if text.lstrip().startswith("<"):
        _stop(wrong("message", "XML is not read; send JSON", "不接受 XML，请发送 JSON"))
    return text


def _bounded(text: str) -> None:
    """Refuse what is nested too deep before any parser goes down into it."""
    depth = deepest = 0
    for sign in _STRINGS.sub("", text):
        if sign in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "}]":
            depth -= 1
    if deepest > DEPTH_LIMIT:
        _stop(wrong("message", f"is nested deeper than {DEPTH_LIMIT}", f"嵌套不得超过{DEPTH_LIMIT}层"))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            _stop(
                wrong(
                    "message", f"the name {name[:40]!a} stands twice in one object", f"同一对象中重复出现{name[:40]!a}"
                )
            )
        if not _sound(name) or (isinstance(value, str) and not _sound(value)):
            _stop(wrong("message", "a text holds half of a character", "文字中含有不完整的字符"))
        found[name] = value
    return found


def _sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeError:
        return False
    return "\x00" not in text


def _no_constant(name: str) -> NoReturn:
    _stop(wrong("message", f"{name} is no number of JSON", f"{name} 不是 JSON 数字"))


def _whole(digits: str) -> int:
    if len(digits) > DIGIT_LIMIT:
        _stop(wrong("message", f"a number has at most {DIGIT_LIMIT} digits", f"数字最多{DIGIT_LIMIT}位"))
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if len(digits) > 2 * DIGIT_LIMIT or value in (float("inf"), float("-inf")):
        _stop(wrong("message", "a number is out of bounds", "数字超出范围"))
    return value

"""A message as the bytes that leave: the same ones however often it is sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from casework.condition.literal import natural
from casework.model.decision import Message

_PLAIN = re.compile(r"[A-Za-z0-9_/-]{1,200}")


def message_id(key: str) -> str:
    """The stable key of a message as one word of ASCII without a dot: itself, or its digest where it has others.

    The dot separates the parts of what is signed, so that no id may hold one.
    """
    return key if _PLAIN.fullmatch(key) else f"sha256_{hashlib.sha256(key.encode()).hexdigest()}"


def document(message: Message, kind: str) -> dict[str, Any]:
    """A message as plain content: what kind it is, to whom it goes, its values under their names."""
    return {"type": kind, "to": message.to, "data": {name: natural(value) for name, value in message.body}}


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """Plain content as its one text: keys in order, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()

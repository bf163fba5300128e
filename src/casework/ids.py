"""Where ids and randomness come from, so that a run can be repeated byte for byte."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from datetime import datetime

from casework.clock import to_micros

Entropy = Callable[[int], bytes]
"""Gives that many random bytes."""

system_entropy: Entropy = os.urandom


def seeded_entropy(seed: int | str) -> Entropy:
    """Repeatable bytes for demos and tests; never for real cases, whose salts must be secret."""
    return random.Random(seed).randbytes


def apart(entropy: Entropy, purpose: str) -> Entropy:
    """A stream of its own for *purpose*, repeatable where *entropy* is, from which it takes nothing.

    What is drawn as often as somebody else was in the way, such as pauses, must not move ids and salts.
    """
    if entropy is system_entropy:
        return entropy
    source = getattr(entropy, "__self__", None)
    state = source.getstate() if isinstance(source, random.Random) else ()
    return seeded_entropy(hashlib.sha256(repr((purpose, state)).encode()).hexdigest())


class Ids:
    """Makes UUIDv7 ids (RFC 9562): time-ordered, so that an index grows at its end."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy

    def new(self, now: datetime) -> str:
        """A fresh id stamped with *now*; 74 bits of it are random."""
        millis = (to_micros(now) // 1000) & 0xFFFF_FFFF_FFFF
        noise = int.from_bytes(self._entropy(10), "big")
        number = millis << 80 | 0x7 << 76 | (noise >> 68 & 0xFFF) << 64 | 0b10 << 62
        text = f"{number | noise & (1 << 62) - 1:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

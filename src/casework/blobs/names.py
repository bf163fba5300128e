"""Names of files that people chose: kept for people, never used as a path, and safe in a header."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from casework.blobs.media import MEDIA
from casework.errors import InvalidValue

NAME_BYTES = 255
"""What every common file system can hold, in UTF-8."""
_FORBIDDEN = frozenset('/\\:*?"<>|')
_JOINERS = frozenset("\u200c\u200d")
"""Characters of form that some scripts need within words."""
# Controls, marks of form (those that turn the direction of what follows among them), lone surrogates, separators.
# Not what this Unicode knows nothing of yet: rare characters of names are often newer than a Python.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# What may stand in filename* as it is (RFC 8187, attr-char).
_PLAIN = "!#$&+-.^_`|~"


def file_name(name: object, media_type: str) -> str:
    """*name* in NFC. Raises InvalidValue where it is no name for a file of that type that can be shown and saved."""
    where = "name"
    if not isinstance(name, str):
        raise InvalidValue(
            where, f"takes the name of the file, a text, not {type(name).__name__}", "须为文件名（文字）"
        )
    told = unicodedata.normalize("NFC", name)
    bad = sorted({char for char in told if char in _FORBIDDEN or _unseen(char)})
    if bad:
        shown = " ".join(char if char in _FORBIDDEN else f"U+{ord(char):04X}" for char in bad)
        raise InvalidValue(where, f"may not hold {shown}", f"不得含有 {shown}")
    if not told.strip(" .") or told[0] in " ." or told[-1] in " .":
        raise InvalidValue(where, "may neither begin nor end with a dot or a blank", "首尾不得为点或空格")
    if len(told.encode()) > NAME_BYTES:
        raise InvalidValue(
            where, f"takes at most {NAME_BYTES} bytes in UTF-8", f"最多{NAME_BYTES}字节（约{NAME_BYTES // 3}个汉字）"
        )
    endings = MEDIA[media_type].endings
    if not told.lower().endswith(endings):
        known = ", ".join(endings)
        raise InvalidValue(
            where, f"has to end in {known}, for that is what the file is", f"须以 {known} 结尾，与内容相符"
        )
    return told


def _unseen(char: str) -> bool:
    return char not in _JOINERS and unicodedata.category(char) in _UNSEEN


def headers(name: str, media_type: str, size: int) -> dict[str, str]:
    """The headers under which a host may hand a file to a browser: saved, never shown, never taken for a page.

    The name stands there twice (RFC 6266): in ASCII for old programs, and in UTF-8 as RFC 8187 writes it.
    """
    plain = "".join(char if char.isascii() and (char.isalnum() or char in " ._-()") else "_" for char in name)
    kind = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    return {
        "Content-Type": kind,
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_PLAIN)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }

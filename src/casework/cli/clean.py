"""Text that somebody stored is shown, not obeyed: control characters become visible escapes (F78)."""

from __future__ import annotations

import re

# C0, DEL and C1 move cursors and break lines; the others turn the direction of what follows, break lines in
# some terminals, or cannot be written at all (lone surrogates).
_ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """*text* on one line, with nothing in it that a terminal acts on."""
    return _ACTIVE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def clean_lines(text: str) -> str:
    """The same for text of several lines, which stay several."""
    return "\n".join(clean(line) for line in text.splitlines())


def clean_json(text: str) -> str:
    """A JSON document with every such character written as JSON writes it; line breaks between values stay."""
    return "\n".join(_ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in text.split("\n"))

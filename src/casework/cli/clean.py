"""Text that somebody stored is shown, not obeyed: control characters become visible escapes (F78)."""

from __future__ import annotations

from casework.logs import ACTIVE, escaped


def clean(text: str) -> str:
    """*text* on one line, with nothing in it that a terminal acts on."""
    return ACTIVE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def clean_lines(text: str) -> str:
    """The same for text of several lines, which stay several."""
    return "\n".join(clean(line) for line in text.splitlines())


def clean_json(text: str) -> str:
    """A JSON document with every such character written as JSON writes it; line breaks between values stay."""
    return "\n".join(escaped(line) for line in text.split("\n"))

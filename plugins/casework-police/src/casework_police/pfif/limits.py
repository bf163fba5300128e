"""How much of a document is taken before it is refused: what nobody needs, somebody sends to do harm."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Limits:
    """*size* in bytes of a file, *markup* in bytes of one tag or comment, *text* in characters of one field.

    Four levels of elements are all that PFIF has; *depth* leaves room for vocabularies of others, which are left out.
    A person's notes are kept until the person ends, whose identifier may come last: *notes* bounds their number,
    *kept* their characters. Of one record no more than about *findings* things are found wrong.
    """

    size: int = 4 * 2**30
    depth: int = 16
    markup: int = 65_536
    attributes: int = 16
    text: int = 100_000
    notes: int = 10_000
    kept: int = 8_000_000
    findings: int = 100

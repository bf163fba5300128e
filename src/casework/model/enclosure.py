"""A file that is kept beside a case and named in its log."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework.model.fields import FieldClass


@attrs.frozen(kw_only=True)
class Enclosed:
    """What one entry says of a file: its name and digest (SHA-256) apart, the rest in the hashed bytes."""

    name: str
    digest: str
    media_type: str
    size: int
    field_class: FieldClass


@attrs.frozen(kw_only=True)
class Enclosure:
    """A file of a case. *number* is that of the entry that enclosed it, and names it within the case.

    *size* is in bytes, *digest* the SHA-256 of the bytes in hexadecimal. *actor* enclosed it, at *at*.
    """

    number: int
    name: str
    media_type: str
    size: int
    field_class: FieldClass
    digest: str
    at: datetime
    actor: str

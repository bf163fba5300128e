"""A file that is kept beside a case and named in its log."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework.model.fields import FieldClass


@attrs.frozen(kw_only=True)
class SealedFile:
    """How a sealed file is kept: digest (SHA-256) and size of the sealed bytes, and the key of this file alone.

    The key, 64 hexadecimal digits, stands among the values that are sealed for the subject, and nowhere else.
    """

    digest: str
    size: int
    key: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Enclosed:
    """What one entry says of a file: its name and digest (SHA-256) apart, the rest in the hashed bytes."""

    name: str
    digest: str
    media_type: str
    size: int
    field_class: FieldClass
    sealed: SealedFile | None = None


@attrs.frozen(kw_only=True)
class Enclosure:
    """A file of a case. *number* is that of the entry that enclosed it, and names it within the case.

    *size* is in bytes, *digest* the SHA-256 of the bytes in hexadecimal. *actor* enclosed it, at *at*.
    *sealed* says how the bytes are kept, where they are sealed.
    """

    number: int
    name: str
    media_type: str
    size: int
    field_class: FieldClass
    digest: str
    at: datetime
    actor: str
    sealed: SealedFile | None = attrs.field(default=None, repr=False)

    @property
    def blob(self) -> str:
        """The digest under which the bytes are kept."""
        return self.digest if self.sealed is None else self.sealed.digest

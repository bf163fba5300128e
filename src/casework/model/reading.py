"""What was shown of a sensitive kind: as projecting a case finds it, and as a line of the access log."""

from __future__ import annotations

from datetime import datetime

import attrs


@attrs.frozen
class Shown:
    """Values of watched *classes* of a case that somebody is about to see, and the *roles* that let them."""

    case_id: str
    classes: tuple[str, ...]
    roles: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Reading:
    """One line of the access log: who was shown values of which classes, by which roles, when, and by which verb.

    It never says a value. *purpose* is a code that whoever read gave for it, such as ``treatment``.
    """

    at: datetime
    actor: str
    person: str
    case_id: str
    verb: str
    classes: tuple[str, ...]
    roles: tuple[str, ...]
    purpose: str = ""

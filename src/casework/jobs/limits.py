"""How much a worker may do before a person has looked, and for how long the store keeps what was sent."""

from __future__ import annotations

from datetime import timedelta

import attrs


@attrs.frozen(kw_only=True)
class WorkLimits:
    """The brake on timers, and what becomes of messages that were sent.

    Where more than *late_timers* ran out more than *late_by* ago, either nobody worked for long or the clock jumped:
    none is fired until somebody says that the clock is right (F47). The body and the recipient of a message are
    removed *keep_sent* after it was sent; its key and what became of it stay.
    """

    late_timers: int = attrs.field(default=1_000, validator=attrs.validators.ge(0))
    late_by: timedelta = timedelta(hours=1)
    keep_sent: timedelta = timedelta(days=30)

"""What a run of timers and messages did, in counts."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Ran:
    """What one run did.

    *stale* timers belonged to a state that the case had left; *stuck* ones were refused. *parked* messages wait for
    a channel that nobody provides here. *braked* timers ran out so long ago, and are so many, that none was fired.
    """

    fired: int = 0
    stale: int = 0
    stuck: int = 0
    sent: int = 0
    failed: int = 0
    parked: int = 0
    braked: int = 0

"""Hand waiting messages to their channels, in turns; what came of one is written as the next one is taken."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from functools import partial

from casework.desk.engine import Engine
from casework.storage.messages import Taken
from casework.worker.delivery import Report, deliver, take_next
from casework.worker.ran import Ran


def send_waiting(engine: Engine, now: datetime, *, limit: int) -> Ran:
    """Send what is due by *now*, at most *limit* attempts. One whose channel is absent stays parked."""
    outbox, transactions = engine.store.outbox, engine.store.transactions
    with transactions.read() as transaction:
        parked = outbox.parked(transaction, now, engine.channels)
        ahead = outbox.far(transaction, now, engine.channels)
    for channel in ahead:
        transactions.carried(partial(outbox.bring_back, now=now, channel=channel))
    sending = _Sending(engine, now, limit)
    sending.run()
    return Ran(**sending.counts, parked=parked)


class _Sending:
    """One run: what is still to be reported, and what came of what was."""

    def __init__(self, engine: Engine, now: datetime, limit: int) -> None:
        self._engine, self._now, self._left = engine, now, limit
        self._report: Report | None = None
        self.counts = {"sent": 0, "failed": 0}

    def run(self) -> None:
        """Round after round, for what was sent may let others go that waited for it."""
        while self._left > 0 and self._round():
            pass
        if self._report is not None:
            self._next(None)

    def _round(self) -> bool:
        """One message of each channel in turn, until none has more; whether there was any."""
        with self._engine.store.transactions.read() as transaction:
            due = self._engine.store.outbox.due(transaction, self._now, self._engine.channels)
        channels, any_sent = deque(due), False
        while channels and self._left > 0:
            channel = channels.popleft()
            held = self._next(channel)
            if held is not None:
                channels.append(channel)
                any_sent = True
                self._left -= 1
                self._report = deliver(self._engine, held, self._now)
        return any_sent

    def _next(self, channel: str | None) -> Taken | None:
        """Write the last report and take the next message, in one transaction."""
        engine, report, now = self._engine, self._report, self._now
        written, taken = engine.store.transactions.carried(
            lambda transaction: (
                report is not None and report.written(engine, transaction, now),
                None if channel is None else take_next(engine, transaction, engine.channels[channel], due=now),
            )
        )
        if report is not None and written:
            self.counts["sent" if report.did == "sent" else "failed"] += 1
        self._report = None
        return taken

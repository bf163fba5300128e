"""The worker: due timers and waiting messages, one by one or as the jobs of a runner, and the tending of both."""

from __future__ import annotations

from casework.worker.messages import send_waiting
from casework.worker.performing import perform
from casework.worker.ran import Ran
from casework.worker.tending import Tended, tend
from casework.worker.timers import run_due

__all__ = ["Ran", "Tended", "perform", "run_due", "send_waiting", "tend"]

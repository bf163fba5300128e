"""Jobs: what wakes whoever fires timers and sends messages, on a job engine that exists already.

The rows of the store are the truth; a job is a wake-up and nothing else.
"""

from __future__ import annotations

from casework.jobs.limits import WorkLimits
from casework.jobs.port import Job, JobKind, Outcome, Runner, Writing

__all__ = ["Job", "JobKind", "Outcome", "Runner", "WorkLimits", "Writing"]

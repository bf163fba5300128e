"""A runner on Procrastinate, whose jobs lie in the PostgreSQL database of the store. Needs the extra ``postgres``."""

from __future__ import annotations

from casework.jobs.procrastinate.queue import Procrastinate
from casework.jobs.procrastinate.worker import Performer, work

__all__ = ["Performer", "Procrastinate", "work"]

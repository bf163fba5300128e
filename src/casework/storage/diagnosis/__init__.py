"""Look at a store without changing it: what it is, what it holds, what is late. It tells counts, never values."""

from casework.storage.diagnosis.amiss import Amiss
from casework.storage.diagnosis.diagnosis import Diagnosis, Looked, diagnose
from casework.storage.diagnosis.journal import JournalReason, journal_reason
from casework.storage.diagnosis.pinned import Pinned, Standing
from casework.storage.diagnosis.place import file_of, shown_url
from casework.storage.diagnosis.stray import Stray
from casework.storage.diagnosis.waiting import Waiting

__all__ = [
    "Amiss",
    "Diagnosis",
    "JournalReason",
    "Looked",
    "Pinned",
    "Standing",
    "Stray",
    "Waiting",
    "diagnose",
    "file_of",
    "journal_reason",
    "shown_url",
]

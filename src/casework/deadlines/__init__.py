"""Due dates for whoever works by them: how they were derived, what is over or comes, what other rules would do."""

from casework.deadlines.deadlines import Deadlines
from casework.deadlines.deriving import Derivation
from casework.deadlines.listing import Due, Unknown
from casework.deadlines.proposing import Changed

__all__ = ["Changed", "Deadlines", "Derivation", "Due", "Unknown"]

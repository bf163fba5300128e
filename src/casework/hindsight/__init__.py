"""What can be said of what was: recorded cases under a proposed definition, and logs for process mining."""

from casework.hindsight.conformance import Departure
from casework.hindsight.hindsight import Hindsight
from casework.hindsight.outcome import AccessChange, Replay, Replayed, Stopped, Untold, Waited

__all__ = ["AccessChange", "Departure", "Hindsight", "Replay", "Replayed", "Stopped", "Untold", "Waited"]

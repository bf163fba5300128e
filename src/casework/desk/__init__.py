"""The verbs: load → decide → write → commit."""

from casework.desk.desk import Desk
from casework.desk.engine import Engine

__all__ = ["Desk", "Engine"]

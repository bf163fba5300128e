"""The pure heart: a compiled manifest, a snapshot and a move give a decision or a refusal.

Nothing here reads a clock, a store or the network, and nothing is changed that was handed in.
"""

from casework.deciding.decide import available, decide
from casework.deciding.draft import account_key

__all__ = ["account_key", "available", "decide"]

"""Checkpoints of the log of all entries: the tree, its proofs, signed notes, and where they are kept."""

from casework.checkpoints.checkpoint import Checkpoint, read_checkpoint
from casework.checkpoints.folder import CheckpointFolder
from casework.checkpoints.keys import PublicKey, Signer
from casework.checkpoints.loss import Loss
from casework.checkpoints.outside import Checkpoints
from casework.checkpoints.port import CheckpointPlace
from casework.checkpoints.witness import Witness
from casework.errors import LogForked, StoreBehind, WitnessRefused

__all__ = [
    "Checkpoint",
    "CheckpointFolder",
    "CheckpointPlace",
    "Checkpoints",
    "LogForked",
    "Loss",
    "PublicKey",
    "Signer",
    "StoreBehind",
    "Witness",
    "WitnessRefused",
    "read_checkpoint",
]

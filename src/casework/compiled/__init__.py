"""A manifest made ready to decide with: readers, machines and indexes, built once and never changed."""

from casework.compiled.compiled import Compiled, fields_in, marks_of
from casework.compiled.transitions import (
    AUTOMATIC,
    Clause,
    CompiledTransition,
    CompiledTrigger,
    CompiledWorkflow,
    Wake,
)

__all__ = [
    "AUTOMATIC",
    "Clause",
    "Compiled",
    "CompiledTransition",
    "CompiledTrigger",
    "CompiledWorkflow",
    "Wake",
    "fields_in",
    "marks_of",
]

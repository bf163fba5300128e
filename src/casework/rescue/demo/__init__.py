"""The station's story: a month of arrivals made up from a seed, and the register that it is kept in."""

from casework.rescue.demo.generate import generate
from casework.rescue.demo.mistakes import with_mistakes
from casework.rescue.demo.reading import Problem, Rejected, read_register
from casework.rescue.demo.register import Row, write_lines, write_register

__all__ = [
    "Problem",
    "Rejected",
    "Row",
    "generate",
    "read_register",
    "with_mistakes",
    "write_lines",
    "write_register",
]

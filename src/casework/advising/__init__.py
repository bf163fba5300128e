"""Why something cannot be done with a case yet, and what would help: the clauses, the people, the steps, the moment."""

from casework.advising.advice import Advice, Answer, Lack, NextStep, StepKind

__all__ = ["Advice", "Answer", "Lack", "NextStep", "StepKind"]

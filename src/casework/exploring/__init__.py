"""The explorer: every configuration that a case can come to, and what can be proven of them all."""

from casework.exploring.authority import Authority
from casework.exploring.proof import Proof, Told, Verdict
from casework.exploring.proofs import Proofs
from casework.exploring.prove import Accepted, Proving
from casework.exploring.replay import Step

__all__ = ["Accepted", "Authority", "Proof", "Proofs", "Proving", "Step", "Told", "Verdict"]

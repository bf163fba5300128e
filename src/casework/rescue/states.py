"""The names of states and fields that the workflows of a rescue case know of each other."""

from __future__ import annotations

from casework import Condition, field, state

ENDINGS = ("reunited", "transferred", "left", "refused", "settled", "died", "lost_contact")
LIVING = ("found", "assessed", "hospitalized", "identity_traced")
UNTRACED = ("assessed", "hospitalized")

SIGNATURES = ("handed_over_by", "received_by", "receiver_is")

closed = state("rescue").in_(*ENDINGS)
living = state("rescue").in_(*LIVING)

in_hospital = state("care") == "admitted"
not_in_hospital = state("care") != "admitted"
traced = state("tracing") == "confirmed"
not_traced = state("tracing") != "confirmed"

_YES, _NO = True, False


def yes(name: str) -> Condition:
    """The field is known and says yes."""
    return field(name) == _YES


def no(name: str) -> Condition:
    """The field is known and says no; an open question does not count as a no."""
    return field(name) == _NO


nothing_to_report = ~field("to_report").known | no("to_report")

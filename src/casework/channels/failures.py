"""What a channel raises for its runner: that a message did not arrive, that it may later, that it never will."""

from __future__ import annotations

from datetime import timedelta

from casework.errors import CaseworkError


class DeliveryFailed(CaseworkError):
    """A message did not arrive; *problem* says why in words of casework, never with values of the message.

    *reached* is False only where nothing of the message can have reached the receiver, so that sending it once
    more sends it once.
    """

    code = "delivery-failed"

    def __init__(self, problem: str, *, reached: bool = True) -> None:
        super().__init__(problem)
        self.problem, self.reached = problem, reached


class Later(DeliveryFailed):
    """The receiver wants to be left alone, or is being left alone, for *after*.

    Where *tried* is False nobody was asked: it is no attempt, and nothing has left.
    """

    code = "deliver-later"

    def __init__(self, after: timedelta, problem: str = "it asks to be left alone", *, tried: bool = True) -> None:
        super().__init__(problem, reached=tried)
        self.after, self.tried = after, tried


class Gone(DeliveryFailed):
    """This message will never arrive there, however often it is tried: it is dead at once."""

    code = "receiver-gone"


class Forged(CaseworkError):
    """What came in is not from whom it says, or not from now; nothing of it was read."""

    code = "message-forged"


class Park(CaseworkError):
    """What takes a message cannot take this one yet, or at all: it waits for a person, and *because* says why.

    The reason is listed and kept: it names no person and repeats no data of the message.
    """

    code = "message-parked"

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because

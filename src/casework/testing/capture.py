"""A way out that leads nowhere: what would be sent is kept, to be looked at."""

from __future__ import annotations

from casework.model.decision import Message
from casework.parts import Channel, Delivery


def captured(name: str, /, *, delivery: Delivery = "at_least_once") -> tuple[Channel, list[Message]]:
    """A channel of that name, and the list of messages that ``app.send_waiting()`` has handed to it so far."""
    sent: list[Message] = []

    def keep(message: Message, key: str) -> None:
        sent.append(message)

    return Channel(name, keep, delivery=delivery), sent

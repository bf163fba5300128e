"""A way in for signed webhooks: whose they are, whether they are from now, and who takes which kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from casework.channels import signing
from casework.channels.failures import Forged
from casework.channels.secrets import Secret, references
from casework.errors import InvalidValue
from casework.model.actor import Actor, is_identifier
from casework.parts import Inbound, Incoming

ID_LIMIT = 256
TOLERANCE = timedelta(minutes=5)
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


def inbound(
    name: str,
    *,
    secret: Secret | Iterable[Secret],
    actor: Actor,
    takes: Mapping[str, Callable[[Any, Incoming], object]],
    tolerance: timedelta = TOLERANCE,
    keep: timedelta = timedelta(days=90),
    limit: int = 262_144,
) -> Inbound:
    """Messages of the source *name*, signed with *secret* as Standard Webhooks 1.0.0 says, taken as *actor*.

    One that was signed more than *tolerance* ago, or ahead, is not accepted, and none of more than *limit* bytes.
    Ids are remembered for *keep*. Raises InvalidValue where that is shorter than a sender goes on trying.
    """
    where = f"inbound {name!r}"
    if not is_identifier(name):
        raise InvalidValue(where, "is named by a printable text of 1 to 128 characters", "名称须为1至128个可打印字符")
    if not isinstance(takes, Mapping) or not all(is_identifier(kind) and callable(takes[kind]) for kind in takes):
        raise InvalidValue(where, "takes has a function for each kind of message", "takes 须为每种消息给出一个函数")
    if not timedelta(0) < tolerance <= timedelta(hours=1):
        raise InvalidValue(where, "tolerates an hour at most", "时差容许最多一小时")
    if keep < timedelta(days=7):
        raise InvalidValue(where, "remembers ids for at least 7 days, as long as senders try", "编号至少保留7天")
    check = StandardCheck(secrets=references(where, secret), tolerance=tolerance)
    return Inbound(name=name, check=check, takes=dict(takes), actor=actor, keep=keep, limit=limit)


@attrs.frozen(kw_only=True)
class StandardCheck:
    """Signature, time and id of a message as Standard Webhooks says."""

    secrets: tuple[Secret, ...] = attrs.field(repr=False)
    tolerance: timedelta

    def __call__(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """The id of the message. Raises Forged where it is not the sender's, or not from now."""
        told = {name.lower(): value for name, value in headers.items()}
        identity, at = told.get(signing.ID, ""), told.get(signing.TIMESTAMP, "")
        signed = told.get(signing.SIGNATURE, "")
        if not identity or not at or not signed:
            raise Forged("it is not signed: a header is missing")
        if not is_identifier(identity, ID_LIMIT) or not _SECONDS.fullmatch(at):
            raise Forged("its id or its time cannot be read")
        if not signing.verified((secret() for secret in self.secrets), identity, at, body, signed):
            raise Forged("no signature fits")
        # Only now: who has no secret learns nothing of our clock.
        if abs(int(at) - now.timestamp()) > self.tolerance.total_seconds():
            raise Forged("it was signed too long ago, or in the future")
        return identity

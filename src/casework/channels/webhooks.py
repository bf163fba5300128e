"""A channel that sends each message as a signed webhook, as Standard Webhooks says, and trusts nobody on the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from casework.channels import signing
from casework.channels.addresses import Network, networks
from casework.channels.breaker import Breaker
from casework.channels.deadline import Deadline
from casework.channels.endpoint import Endpoint, Resolve, addresses, endpoint, resolve
from casework.channels.failures import DeliveryFailed, Gone, Later
from casework.channels.payload import document, json_bytes, message_id
from casework.channels.secrets import Secret, references
from casework.clock import Clock, SystemClock
from casework.errors import InvalidValue, SetupError
from casework.model.decision import Message
from casework.parts import Channel, Delivery

if TYPE_CHECKING:
    import ssl

BODY_LIMIT = 262_144
"""The bytes of a message at most; the specification asks to stay below 20,000."""

TIMEOUT_LIMIT = timedelta(seconds=20)
AFTER_LIMIT = timedelta(days=1)
"""However long a receiver asks to be left alone, it is asked again after that."""


def webhook(
    name: str,
    url: str,
    *,
    secret: Secret | Iterable[Secret],
    delivery: Delivery,
    kind: str | None = None,
    timeout: timedelta = timedelta(seconds=15),
    allow: Iterable[str] = (),
    allow_http: bool = False,
    ports: Iterable[int] | None = None,
    clock: Clock | None = None,
    resolver: Resolve = resolve,
    context: ssl.SSLContext | None = None,
) -> Channel:
    """A channel *name* that posts each message to *url*, signed with *secret* (several while one is replaced).

    *kind* is the ``type`` of the payload, else the channel's name; *timeout* (at most 20 s) bounds the whole attempt.
    Private addresses are reached only within *allow*, such as ``10.1.0.0/16``; http only with *allow_http*; other
    ports than 443 only where *ports* names them. Raises InvalidValue where one of them is unfit.
    """
    where = f"webhook {name!r}"
    allowed = networks(where, allow)
    if not timedelta(0) < timeout <= TIMEOUT_LIMIT:
        raise InvalidValue(where, f"times out after {TIMEOUT_LIMIT.seconds} seconds at most", "超时最多20秒")
    clock = clock or SystemClock()
    sender = _Webhook(
        endpoint=endpoint(where, url, allow_http=allow_http, ports=ports, allowed=allowed),
        secrets=references(where, secret),
        kind=name if kind is None else kind,
        timeout=timeout.total_seconds(),
        allowed=allowed,
        clock=clock,
        resolver=resolver,
        context=context,
        breaker=Breaker(clock),
    )
    return Channel(name, sender, delivery=delivery)


@attrs.frozen(kw_only=True)
class _Webhook:
    """Delivers to one endpoint."""

    endpoint: Endpoint
    secrets: tuple[Secret, ...] = attrs.field(repr=False)
    kind: str
    timeout: float
    allowed: tuple[Network, ...]
    clock: Clock = attrs.field(repr=False)
    resolver: Resolve = attrs.field(repr=False)
    context: ssl.SSLContext | None = attrs.field(repr=False)
    breaker: Breaker = attrs.field(repr=False)

    def __call__(self, message: Message, key: str) -> None:
        """Post *message*; raises DeliveryFailed, Later or Gone where the receiver has not taken it."""
        body = json_bytes(document(message, self.kind))
        if len(body) > BODY_LIMIT:
            raise Gone(f"the message has more than {BODY_LIMIT:,} bytes")
        headers = self._headers(message_id(key), body)
        with self.breaker.passing():
            self._post(headers, body)

    def _headers(self, identity: str, body: bytes) -> dict[str, str]:
        timestamp = int(self.clock.now().timestamp())
        try:
            signed = signing.signatures((secret() for secret in self.secrets), identity, timestamp, body)
        except SetupError as error:
            raise DeliveryFailed(str(error), reached=False) from None
        return {
            "Content-Type": "application/json",
            "User-Agent": "casework",
            signing.ID: identity,
            signing.TIMESTAMP: str(timestamp),
            signing.SIGNATURE: signed,
        }

    def _post(self, headers: dict[str, str], body: bytes) -> None:
        from casework.channels.wire import post

        with Deadline(self.timeout) as deadline:
            try:
                found = deadline.bounded(lambda: addresses(self.endpoint, self.resolver, self.allowed))
            except TimeoutError:
                raise DeliveryFailed("the name of the receiver was not resolved in time", reached=False) from None
            answer = post(self.endpoint, found, headers, body, deadline=deadline, context=self.context)
        if 200 <= answer.status < 300:
            return
        if answer.status == 410:
            raise Gone("the receiver wants no more messages (410)")
        after = waiting(answer.retry_after, self.clock.now()) if answer.status in (429, 503) else None
        if after is not None:
            raise Later(after, f"the receiver answered {answer.status}")
        raise DeliveryFailed(f"the receiver answered {answer.status}")


def waiting(retry_after: str, now: datetime) -> timedelta | None:
    """How long a Retry-After asks to wait, at least a second and at most a day; None where it says nothing."""
    from email.utils import parsedate_to_datetime

    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        asked = timedelta(seconds=int(text[:9]))
    else:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        asked = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(asked, timedelta(seconds=1)), AFTER_LIMIT)

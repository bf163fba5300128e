"""Alerts as values: what the Common Alerting Protocol says of one, and which alerts stand at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

COLOURS = ("blue", "yellow", "orange", "red")
"""The levels of warnings in China, the least serious first."""
SEVERITIES = {"Minor": "blue", "Moderate": "yellow", "Severe": "orange", "Extreme": "red"}
"""The severities of CAP, and the level that each is taken for where the alert names no colour."""


@attrs.frozen(kw_only=True)
class Area:
    """Where: a name, and the codes of divisions with the system that they are of, as they stand in the alert."""

    name: str
    codes: tuple[tuple[str, str], ...] = ()


@attrs.frozen(kw_only=True)
class Info:
    """What one ``info`` says, in one language. *level* is the colour, by what it names or by its severity."""

    language: str
    event: str
    urgency: str
    severity: str
    certainty: str
    level: str | None
    codes: tuple[tuple[str, str], ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    headline: str = ""
    description: str = ""
    areas: tuple[Area, ...] = ()


@attrs.frozen(kw_only=True)
class Reference:
    """Another alert, as an update or a cancellation names it."""

    sender: str
    identifier: str
    sent: datetime


@attrs.frozen(kw_only=True)
class Alert:
    """One message. *kind* is its ``msgType``; *signed* says that it carries a signature, which nobody has checked."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    scope: str
    references: tuple[Reference, ...] = ()
    infos: tuple[Info, ...] = ()
    signed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What other alerts name it by. The instant is left out, for feeds repeat it in other zones."""
        return self.sender, self.identifier


def standing(alerts: Iterable[Alert], *, now: datetime) -> tuple[Alert, ...]:
    """The alerts that call for something at *now*, the earliest first, each with the infos that have not expired.

    Exercises, tests, drafts and messages of systems call for nothing; what was updated or cancelled stands no more,
    in whatever order the messages came. An update or a cancellation counts for alerts of the same sender alone.
    """
    told = tuple(alert for alert in alerts if alert.status == "Actual" and alert.sent <= now)
    gone = replaced(told)
    found: dict[tuple[str, str], Alert] = {}
    for alert in told:
        infos = tuple(info for info in alert.infos if info.expires is None or now < info.expires)
        if alert.kind in ("Alert", "Update") and infos and alert.key not in gone:
            found[alert.key] = attrs.evolve(alert, infos=infos)
    return tuple(sorted(found.values(), key=lambda alert: (alert.sent, alert.key)))


def replaced(alerts: Iterable[Alert]) -> frozenset[tuple[str, str]]:
    """The keys of the alerts that others of the same sender update or cancel."""
    return frozenset(
        (named.sender, named.identifier)
        for alert in alerts
        if alert.status == "Actual" and alert.kind in ("Update", "Cancel")
        for named in alert.references
        if named.sender == alert.sender and named.identifier != alert.identifier
    )


def cancelled(alerts: Iterable[Alert]) -> frozenset[str]:
    """The identifiers of the alerts that are cancelled."""
    return frozenset(key[1] for key in replaced(alert for alert in alerts if alert.kind == "Cancel"))

"""Who works in the stations of the story. Nobody of them exists."""

from __future__ import annotations

from casework import Actor, Casework, Desk, Text

ANLU = "anlu"
UNITS = {
    ANLU: Text("Anlu station", "安陆市救助站"),
    "lianyungang": Text("Lianyungang station", "连云港市救助站"),
    "xiaogan": Text("Xiaogan station", "孝感市救助站"),
    "suizhou": Text("Suizhou station", "随州市救助站"),
    "xinyang": Text("Xinyang station", "信阳市救助站"),
    "wuhan": Text("Wuhan station", "武汉市救助站"),
}
RECEIVING = ("suizhou", "xinyang", "wuhan")

# Desk, the name that the log will show, role. Two caseworkers, for what takes four eyes.
_STAFF = {
    "caseworker": ("li", "caseworker"),
    "second": ("wang", "caseworker"),
    "tracer": ("chen", "tracer"),
    "nurse": ("zhao", "nurse"),
    "director": ("sun", "director"),
    "auditor": ("audit", "auditor"),
}
AUDITOR = Actor("audit@city", {"auditor"})


class Staff:
    """The desks of everybody who works in a station, made when somebody first sits down."""

    def __init__(self, app: Casework, tenant: str = AUDITOR.tenant) -> None:
        self._app, self._tenant = app, tenant
        self._desks: dict[tuple[str, str], Desk] = {}

    def desk(self, who: str, unit: str) -> Desk:
        """The desk of *who* in *unit*; ``desk@station`` sits in another one."""
        seat, _, elsewhere = who.partition("@")
        place = (seat, elsewhere or unit)
        if place not in self._desks:
            name, role = _STAFF[seat]
            actor = Actor(f"{name}@{place[1]}", {role}, unit=place[1], tenant=self._tenant)
            self._desks[place] = self._app.desk(actor)
        return self._desks[place]

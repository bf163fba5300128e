"""Two applications, each with a store of its own, that know each other by signed webhooks alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from case_types import request, search

from casework import Actor, CaseType, Casework, Desk, field
from casework.channels import Incoming, inbound, webhook

CLERK, WARDEN, PARTNER = Actor("ana", {"clerk"}), Actor("wei", {"warden"}), Actor("partner", {"partner"})
SECRET = "whsec_" + "c2hl" * 10  # in real life one for each way, and never here: secret=SecretFile("beds.secret")


def asked(desk: Desk, message: Incoming) -> None:
    """Beds are asked for: a request begins, and remembers which message asked."""
    desk.open("request", {"persons": message.data["persons"], "reference": message.id})


def given(desk: Desk, message: Incoming) -> None:
    """A house was found for the case whose message it names, by tenant/case/entry/line."""
    desk.fire(message.data["reference"].split("/")[1], "place", {"house": message.data["house"]})


class Hooks(BaseHTTPRequestHandler):
    """Takes POST /SOURCE; under any web framework it is the same one call."""

    def do_POST(self) -> None:
        """Hand the message over as it came, and answer what became of it."""
        body = self.rfile.read(min(int(self.headers["Content-Length"]), 300_000))
        received = self.server.app.receive(self.path[1:], dict(self.headers), body)  # type: ignore[attr-defined]
        self.send_response(received.status)
        self.end_headers()


def office(case_type: CaseType, out: str, to: HTTPServer, source: str, take: Callable[..., object]) -> Casework:
    """An application that sends by the channel *out* and takes what *source* sends."""
    near: dict[str, Any] = {"allow_http": True, "allow": ("127.0.0.1/32",), "ports": (to.server_port,)}
    url = f"http://127.0.0.1:{to.server_port}/{out}"
    channel = webhook(out, url, secret=lambda: SECRET, delivery="at_least_once", **near)
    way_in = inbound(source, secret=lambda: SECRET, actor=PARTNER, takes={source: take})
    app = Casework(case_types=[case_type], parts=[channel, way_in])
    app.create_tables()
    return app


with HTTPServer(("127.0.0.1", 0), Hooks) as south, HTTPServer(("127.0.0.1", 0), Hooks) as north:
    station = south.app = office(search, "beds", north, "answers", given)  # type: ignore[attr-defined]
    shelter = north.app = office(request, "answers", south, "beds", asked)  # type: ignore[attr-defined]
    for server in (south, north):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    case = station.desk(CLERK).fire(station.desk(CLERK).open("search", persons=2), "ask")
    print("sent by the station:", station.send_waiting().sent)
    waiting = shelter.desk(WARDEN).find("request", field("persons") >= 1).cases[0]
    shelter.desk(WARDEN).fire(waiting, "give", house="river house")
    print("sent by the shelter:", shelter.send_waiting().sent)
    print("our case:", station.desk(CLERK).get(case.id).state, station.desk(CLERK).get(case.id).data["house"])
    for server in (south, north):
        server.shutdown()

"""Casework under ASGI, without a framework: a desk is asked in a thread, and the event loop never waits for it.

Run it with any ASGI server: `uvicorn --factory --app-dir examples asgi_app:from_environment`.
"""

import asyncio
import json
import os
from typing import Any

from casework import Actor, Case, Casework, Desk, Refused
from casework.rescue import rescue

STATUS = {"invalid-form": 422, "not-permitted": 403, "not-found": 404, "store-unavailable": 503}
LIMIT = 100_000  # bytes of a body


def shown(case: Case) -> dict[str, Any]:
    return {"id": case.id, "state": case.state, "revision": case.revision}


def answered(desk: Desk, method: str, path: str, body: bytes, key: str | None) -> tuple[int, Any]:
    """What a request comes to: ordinary code that knows nothing of ASGI."""
    try:
        form = json.loads(body) if body else {}
        match method, path.strip("/").split("/"):
            case _ if not isinstance(form, dict):
                return 400, {}
            case "GET", ["worklists", name]:
                return 200, [shown(case) for case in desk.worklist("rescue", name).cases]
            case "POST", ["cases"]:
                return 201, shown(desk.open("rescue", form, request_id=key))
            case "POST", ["cases", case_id, trigger]:
                return 200, shown(desk.fire(case_id, trigger, form, request_id=key))
        return 404, {}
    except Refused as no:
        return STATUS.get(no.refusal.code, 409), {"code": no.refusal.code, "message": no.refusal.sentence("zh")}
    except (ValueError, RecursionError):
        return 400, {}


class Server:
    def __init__(self, url: str) -> None:
        self.app = Casework(url, case_types=[rescue])
        self.app.create_tables()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request; in a real application the session says who acts."""
        told = {name.decode().lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}
        body, more = b"", scope["type"] == "http"
        while more and len(body) <= LIMIT:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        desk = self.app.desk(Actor(told.get("x-actor", "nobody"), told.get("x-roles", "").split(), unit="anlu"))
        asked = (desk, scope["method"], scope["path"], body, told.get("idempotency-key"))
        status, answer = (413, {}) if len(body) > LIMIT else await asyncio.to_thread(answered, *asked)
        kind = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": kind})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def from_environment() -> Server:
    return Server(os.environ["CASEWORK_STORE"])

"""Casework inside a small Flask application: worklist, case, trigger; a refusal becomes an HTTP answer.

Run it with ``flask --app "examples.flask_app:create('sqlite:///station.db')" run`` at the root of the tree. Who acts
comes from headers here; a real application takes it from its session.
"""

from typing import Any

from flask import Flask, Response, jsonify, request

from casework import Actor, Case, Casework, Desk, Refused
from casework.rescue import rescue

STATUS = {"invalid-form": 422, "not-permitted": 403, "not-found": 404, "request-reused": 422}
STATUS |= {"part-absent": 503, "part-failed": 500, "store-unavailable": 503, "outcome-unknown": 504}


def shown(case: Case) -> dict[str, Any]:
    """A case as JSON; what the actor may not read is not in it."""
    data = {name: value if isinstance(value, bool | int | str) else str(value) for name, value in case.data.items()}
    return {"id": case.id, "revision": case.revision, "state": case.state, "data": data, "hidden": case.hidden}


def create(url: str) -> Flask:
    """The application on the store of that URL."""
    server, app = Flask(__name__), Casework(url, case_types=[rescue])
    app.create_tables()

    def desk() -> Desk:
        roles = request.headers.get("X-Roles", "").split()
        return app.desk(Actor(request.headers.get("X-Actor", "nobody"), roles=frozenset(roles), unit="anlu"))

    @server.get("/worklists/<name>")
    def worklist(name: str) -> Response:
        page = desk().worklist("rescue", name, after=request.args.get("after"))
        return jsonify(cases=[shown(case) for case in page.cases], more=page.more, after=page.after)

    @server.post("/cases")
    def opened() -> tuple[Response, int]:
        return jsonify(shown(desk().open("rescue", **request.get_json()))), 201

    @server.get("/cases/<case_id>")
    def case(case_id: str) -> Response:
        return jsonify(**shown(desk().get(case_id)), available=desk().available(case_id))

    @server.post("/cases/<case_id>/<trigger>")
    def fire(case_id: str, trigger: str) -> Response:
        key = request.headers.get("Idempotency-Key")
        return jsonify(shown(desk().fire(case_id, trigger, request.get_json(), request_id=key)))

    @server.errorhandler(Refused)
    def refused(no: Refused) -> tuple[Response, int]:
        language = "zh" if (request.accept_languages.best or "").startswith("zh") else "en"
        fields = {problem.field: problem.text.in_(language) for problem in no.refusal.problems}
        answer = jsonify(code=no.refusal.code, message=no.refusal.sentence(language), fields=fields)
        return answer, STATUS.get(no.refusal.code, 409)

    return server

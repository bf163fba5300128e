"""Casework inside a small Flask application: worklist, case, trigger; a refusal becomes an HTTP answer."""

# Run it with `flask --app "examples.flask_app:create('sqlite:///station.db')" run` at the root of the tree.
import attrs
from flask import Flask, Response, abort, jsonify, request

from casework import Actor, Case, Casework, Desk, Refused
from casework.rescue import rescue

STATUS = {"invalid-form": 422, "not-permitted": 403, "not-found": 404, "request-reused": 422, "part-absent": 503}
STATUS |= {"part-failed": 500, "store-unavailable": 503, "outcome-unknown": 504}


def shown(case: Case) -> dict[str, object]:
    """A case as JSON; what the actor may not read is not in it."""
    data = {name: value if isinstance(value, bool | int | str) else str(value) for name, value in case.data.items()}
    return {"id": case.id, "revision": case.revision, "state": case.state, "data": data, "hidden": case.hidden}


def body() -> dict[str, object]:
    """The JSON object that was sent. It is a form, never keywords: those say unit, subjects and request id too."""
    return told if isinstance(told := request.get_json(), dict) else abort(400, "the body has to be a JSON object")


def create(url: str) -> Flask:
    """The application on the store of that URL."""
    server, app = Flask(__name__), Casework(url, case_types=[rescue])
    app.create_tables()

    def desk() -> Desk:
        told = request.headers  # a real application asks its session who acts
        return app.desk(Actor(told.get("X-Actor", "nobody"), told.get("X-Roles", "").split(), unit="anlu"))

    @server.get("/worklists/<name>")
    def worklist(name: str) -> Response:
        page = desk().worklist("rescue", name, after=request.args.get("after"))
        return jsonify(cases=[shown(case) for case in page.cases], more=page.more, after=page.after)

    @server.post("/cases")
    def opened() -> tuple[Response, int]:
        return jsonify(shown(desk().open("rescue", body()))), 201

    @server.get("/cases/<case_id>")
    def case(case_id: str) -> Response:
        return jsonify(**shown(desk().get(case_id)), available=desk().available(case_id))

    @server.post("/cases/<case_id>/<trigger>")
    def fire(case_id: str, trigger: str) -> Response:
        revision = request.headers.get("If-Match", type=lambda told: int(told.strip('"'))) or abort(428)
        seen, key = attrs.evolve(desk().get(case_id), revision=revision), request.headers.get("Idempotency-Key")
        return jsonify(shown(desk().fire(seen, trigger, body(), request_id=key)))

    @server.errorhandler(Refused)
    def refused(no: Refused) -> tuple[Response, int]:
        language = "zh" if (request.accept_languages.best or "").startswith("zh") else "en"
        fields = {problem.field: problem.text.in_(language) for problem in no.refusal.problems}
        answer = jsonify(code=no.refusal.code, message=no.refusal.sentence(language), fields=fields)
        return answer, STATUS.get(no.refusal.code, 409)

    return server

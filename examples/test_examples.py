"""The examples run, and say what they are here to show."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from stores import fresh

from casework import Actor, Casework
from casework.rescue import rescue

HERE = Path(__file__).parent
SCRIPTS = {
    "quickstart.py": ["sheltered: sheltered", "refused: wrong-state", "the store is whole: True"],
    "own_case_type.py": ["owner is known", "returned", "['scarf']", "given_away", "stateDiagram-v2"],
    "host_transaction.py": ["rolled back: a letter", "letters: 1 cases: 1 whole: True"],
    "async_app.py": ["['assessed', 'assessed', 'assessed', 'assessed'] whole: True"],
    "plugin_from_zero.py": [
        "card is known (books are lent on a card)",
        "the last digit",
        "-> lent",
        "recorded: loan 2",
    ],
}


def loaded(name: str) -> ModuleType:
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(f"example_{Path(name).stem}", HERE / name)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs_and_shows_what_it_promises(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main = getattr(loaded(name), "main", None)
    if main is not None:
        main()
    printed = capsys.readouterr().out

    assert [] == [text for text in SCRIPTS[name] if text not in printed]
    assert [] == list(tmp_path.iterdir())


def test_every_example_is_run_and_stays_short() -> None:
    python = {path.name for path in HERE.glob("*.py")} - {"test_examples.py"}

    assert {*SCRIPTS, "flask_app.py", "django_app.py", "asgi_app.py"} == python
    assert [] == [name for name in python if len((HERE / name).read_text("utf-8").splitlines()) > 65]


ANA = {"X-Actor": "ana", "X-Roles": "caseworker"}


@pytest.mark.usefixtures("on_each_database")
def test_the_flask_application_answers_with_cases_and_refusals() -> None:
    client = loaded("flask_app.py").create(fresh()).test_client()
    case = client.post("/cases", json={"found_at": "bridge", "found_by": "patrol"}, headers=ANA).get_json()

    assert [case["id"]] == [c["id"] for c in client.get("/worklists/to_assess", headers=ANA).get_json()["cases"]]
    assert "assess" in client.get(f"/cases/{case['id']}", headers=ANA).get_json()["available"]
    seen = {**ANA, "If-Match": f'"{case["revision"]}"'}
    wrong = client.post(f"/cases/{case['id']}/assess", json={"urgent": "no"}, headers=seen)
    assert (422, ["can_state_identity", "urgent"]) == (wrong.status_code, sorted(wrong.get_json()["fields"]))
    form, once = {"urgent": False, "can_state_identity": False}, {**seen, "Idempotency-Key": "k1"}
    answers = [client.post(f"/cases/{case['id']}/assess", json=form, headers=once) for _ in range(2)]
    assert [(200, "assessed", 2)] * 2 == [
        (a.status_code, a.get_json()["state"], a.get_json()["revision"]) for a in answers
    ]


@pytest.mark.usefixtures("on_each_database")
def test_the_flask_application_tells_strangers_nothing() -> None:
    client = loaded("flask_app.py").create(fresh()).test_client()
    case = client.post("/cases", json={"found_at": "bridge", "found_by": "patrol"}, headers=ANA).get_json()

    hidden = client.get(f"/cases/{case['id']}", headers={"X-Actor": "eve", "Accept-Language": "zh"})
    assert (404, "没有这个案件") == (hidden.status_code, hidden.get_json()["message"])
    assert hidden.get_json() == client.get("/cases/none", headers={"Accept-Language": "zh"}).get_json()
    assert 403 == client.post("/cases", json={}, headers={"X-Actor": "eve"}).status_code
    assert 409 == client.post(f"/cases/{case['id']}/reunite", json={}, headers={**ANA, "If-Match": "1"}).status_code


@pytest.mark.usefixtures("on_each_database")
def test_the_flask_application_takes_a_body_as_a_form_and_nothing_else() -> None:
    client = loaded("flask_app.py").create(fresh()).test_client()
    found = {"found_at": "bridge", "found_by": "patrol"}
    smuggled = {"unit": "wuhan", "subjects": {"person": "p"}, "request_id": "r"}

    for name, value in smuggled.items():
        answer = client.post("/cases", json={**found, name: value}, headers=ANA)
        assert (422, [name]) == (answer.status_code, list(answer.get_json()["fields"]))
    for told in ("[]", '"x"', "null", "3", "{"):
        assert 400 == client.post("/cases", data=told, content_type="application/json", headers=ANA).status_code
    assert [] == client.get("/worklists/to_assess", headers=ANA).get_json()["cases"]


@pytest.mark.usefixtures("on_each_database")
def test_the_flask_application_refuses_a_stale_screen() -> None:
    client = loaded("flask_app.py").create(fresh()).test_client()
    case = client.post("/cases", json={"found_at": "bridge", "found_by": "patrol"}, headers=ANA).get_json()
    form, where = {"minor": False, "needs_escort": False}, f"/cases/{case['id']}/screen"
    answers = [client.post(where, json=form, headers={**ANA, "If-Match": '"1"'}) for _ in range(2)]

    assert [200, 409] == [answer.status_code for answer in answers]
    assert "stale" == answers[1].get_json()["code"]
    for match in ({}, {"If-Match": "*"}, {"If-Match": "new"}):
        assert 428 == client.post(where, json=form, headers={**ANA, **match}).status_code


def asked(server: Any, method: str, path: str, body: object = None, who: str = "ana", key: str = "") -> Any:
    """Status and answer of one request, as an ASGI server would make it."""
    told = [(b"x-actor", who.encode()), (b"x-roles", b"caseworker" if who == "ana" else b"")] + (
        [(b"idempotency-key", key.encode())] if key else []
    )
    parts = [{"body": b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()}]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(server({"type": "http", "method": method, "path": path, "headers": told}, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.mark.usefixtures("on_each_database")
def test_the_asgi_application_answers_with_cases_and_refusals() -> None:
    server = loaded("asgi_app.py").Server(fresh())
    found = {"found_at": "bridge", "found_by": "patrol"}
    _, case = asked(server, "POST", "/cases", found, key="k1")

    assert (201, case) == asked(server, "POST", "/cases", found, key="k1"), "the same request opens nothing twice"
    assert (200, [case]) == asked(server, "GET", "/worklists/to_assess")
    assess = {"urgent": False, "can_state_identity": False}
    assert "assessed" == asked(server, "POST", f"/cases/{case['id']}/assess", assess)[1]["state"]
    assert 404 == asked(server, "POST", f"/cases/{case['id']}/assess", assess, who="eve")[0], "strangers learn nothing"
    assert 409 == asked(server, "POST", f"/cases/{case['id']}/reunite", {})[0]
    assert [400, 400, 400, 413] == [
        asked(server, "POST", "/cases", bad)[0] for bad in (b"{", b"[]", b"[" * 9_999, b" " * 100_001)
    ]
    server.app.dispose()


DJANGO = """
import django_app
from django.test import Client

client = Client(headers={"X-Actor": "ana", "X-Roles": "caseworker", "Accept-Language": "zh"})
case = client.get("/worklists/to_assess").json()["cases"][0]
form = {"urgent": False, "can_state_identity": False}
print(client.post(f"/cases/{case['id']}/assess", form, "application/json").json()["state"])
answer = client.post(f"/cases/{case['id']}/reunite", {}, "application/json")
print(answer.status_code, answer.json()["code"])
print(Client().post(f"/cases/{case['id']}/reunite", {}, "application/json").status_code)
"""


@pytest.mark.usefixtures("on_each_database")
def test_the_django_application_answers_with_cases_and_refusals() -> None:
    url = fresh()
    app = Casework(url, case_types=[rescue])
    app.create_tables()
    app.desk(Actor("li", {"caseworker"}, unit="anlu")).open("rescue", found_at="bridge", found_by="patrol")
    app.dispose()
    # A process of its own, for Django is configured once in a process.
    environment = {**os.environ, "PYTHONPATH": str(HERE), "CASEWORK_STORE": url}
    done = subprocess.run([sys.executable, "-c", DJANGO], env=environment, capture_output=True, text=True, timeout=60)

    assert ["assessed", "409 wrong-state", "404"] == done.stdout.splitlines(), done.stderr

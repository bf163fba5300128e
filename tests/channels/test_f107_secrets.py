"""A secret is looked up when it is used, and stands nowhere: no definition, no store, no log, no error, no repr."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from channels.laboratory import CLERK, LAB, NOW, SECRET, TAKES
from channels.receivers import answering, serving
from stores import fresh, on_sqlite

from casework import (
    CaseType,
    Casework,
    FrozenClock,
    InvalidValue,
    Message,
    Send,
    SetupError,
    State,
    Transition,
    Workflow,
)
from casework.channels import DeliveryFailed, SecretEnv, SecretFile, email, inbound, signatures, verified, webhook

CANARY = b"canary of a secret, 32 bytes ..."
HOOK = "whsec_" + base64.b64encode(CANARY).decode()
WORD = "canary-password"
TRACES = (CANARY, HOOK.encode(), HOOK[6:].encode(), CANARY.hex().encode(), WORD.encode())

NOTICE = CaseType(
    "notice",
    chain=[
        Workflow(
            "notice",
            initial="new",
            states=[State("new"), State("told", final=True)],
            transitions=[
                Transition(
                    "tell",
                    "new",
                    "told",
                    roles="clerk",
                    effects=[Send("hook", to="lab"), Send("mail", to="a@example.org")],
                )
            ],
        )
    ],
    roles=["clerk"],
    opens="clerk",
    grants={"view": "clerk"},
)


def test_f107_a_secret_stands_nowhere(
    on_each_database: None, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "hook").write_text(HOOK + "\n")
    monkeypatch.setenv("CASEWORK_MAIL_WORD", WORD)
    url, shown = fresh(), list[object]()
    with serving(answering("500 Oops")) as receiver:
        parts = [
            webhook(
                "hook",
                f"http://127.0.0.1:{receiver.port}/",
                secret=SecretFile(tmp_path / "hook"),
                delivery="at_least_once",
                allow=("127.0.0.1/32",),
                allow_http=True,
                ports=(receiver.port,),
            ),
            email(
                "mail",
                "127.0.0.1",
                sender="a@example.org",
                subject="x",
                text="x",
                user="me",
                password=SecretEnv("CASEWORK_MAIL_WORD"),
                delivery="at_most_once",
                port=receiver.port,
                timeout=timedelta(seconds=1),
            ),
            inbound("lab", secret=SecretFile(tmp_path / "hook"), actor=LAB, takes=TAKES),
        ]
        app = Casework(url, case_types=[NOTICE], parts=parts, clock=FrozenClock(NOW))
        app.create_tables()
        case = app.desk(CLERK).open("notice")
        app.desk(CLERK).fire(case, "tell")
        shown += [app.send_waiting(), parts, app.receive("lab", {"webhook-id": "x"}, b"{}")]
        headers = {"webhook-id": "m", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": "v1,eA=="}
        shown += [app.receive("lab", headers, b"{}"), app.manifests, app.desk(CLERK).history(case)]
        app.dispose()

    assert 1 == len(receiver.requests), "the message was tried, and signed"
    assert receiver.requests[0].headers["webhook-signature"].startswith("v1,")
    told = repr(shown).encode() + caplog.text.encode() + repr([vars(record) for record in caplog.records]).encode()
    assert [] == [trace for trace in TRACES if trace in told]
    if on_sqlite():
        stored = b"".join(path.read_bytes() for path in Path(url.removeprefix("sqlite:///")).parent.iterdir())
        assert [] == [trace for trace in TRACES if trace in stored]


@pytest.mark.parametrize("given", [HOOK, HOOK.encode(), [HOOK], (), None, 3])
@pytest.mark.parametrize("made", ["webhook", "inbound", "email"])
def test_f107_a_secret_itself_is_no_reference_to_it(made: str, given: Any) -> None:
    making: dict[str, Callable[[], object]] = {
        "webhook": lambda: webhook("x", "https://example.org/", secret=given, delivery="at_least_once"),
        "inbound": lambda: inbound("x", secret=given, actor=LAB, takes=TAKES),
        "email": lambda: email(
            "x",
            "example.org",
            sender="a@b.org",
            subject="s",
            text="t",
            password=() if given is None else given,
            delivery="at_least_once",
        ),
    }

    with pytest.raises(InvalidValue) as caught:
        making[made]()
    assert HOOK not in str(caught.value)


def test_a_secret_file_is_read_anew_each_time(tmp_path: Path) -> None:
    secret = SecretFile(tmp_path / "hook")
    (tmp_path / "hook").write_text(SECRET)
    told = signatures([secret()], "m", 1, b"x")
    (tmp_path / "hook").write_text(HOOK)

    assert verified([SECRET], "m", "1", b"x", told)
    assert not verified([secret()], "m", "1", b"x", told)


@pytest.mark.parametrize("content", [b"", b"  \n", b"x" * 70_000, "秘密".encode()])
def test_f107_what_is_no_secret_is_refused_without_being_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "hook").write_bytes(content)

    with pytest.raises(SetupError) as caught:
        SecretFile(tmp_path / "hook")()
    assert str(tmp_path) not in str(caught.value)


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASEWORK_NOTHING", raising=False)

    with pytest.raises(SetupError, match="CASEWORK_NOTHING"):
        SecretEnv("CASEWORK_NOTHING")()


def test_a_secret_that_is_away_fails_the_delivery_before_anything_leaves(tmp_path: Path) -> None:
    with serving(answering("200 OK")) as receiver:
        channel = webhook(
            "hook",
            f"http://127.0.0.1:{receiver.port}/",
            secret=SecretFile(tmp_path / "nothing"),
            delivery="at_least_once",
            allow=("127.0.0.1/32",),
            allow_http=True,
            ports=(receiver.port,),
        )
        with pytest.raises(DeliveryFailed) as caught:
            channel.deliver(Message("hook", "x", ()), "k")

    assert (False, 0) == (caught.value.reached, receiver.connections)


def test_what_comes_in_while_the_secret_is_away_is_not_taken(tmp_path: Path, on_each_database: None) -> None:
    way = inbound("lab", secret=SecretFile(tmp_path / "nothing"), actor=LAB, takes=TAKES)
    app = Casework(fresh(), parts=[way], clock=FrozenClock(NOW))
    app.create_tables()
    at = str(int(NOW.timestamp()))
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": at,
        "webhook-signature": signatures([SECRET], "m", int(at), b"{}"),
    }

    assert 503 == app.receive("lab", headers, b"{}").status
    app.dispose()

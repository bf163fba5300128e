"""Mail goes over a secured line, says what was to be said and no more, and nobody writes its headers."""

from __future__ import annotations

import email as stdlib_email
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from channels.receivers import Receiver, certificate, serving, trusting

from casework import FrozenClock, InvalidValue, Message
from casework.channels import DeliveryFailed, Gone, email

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MESSAGE = Message("letter", "nurse@example.org", (("case", "c-1"), ("name", "canary-name"), ("ward", "三病区")))


@attrs.define
class Office:
    """A mail server with a script; what it was told lies in *mails*, each with its envelope."""

    upgrade: ssl.SSLContext | None = None
    refuse: dict[str, str] = attrs.field(factory=dict)
    hang_at: str = ""
    mails: list[tuple[str, str, bytes]] = attrs.field(factory=list)
    logins: int = 0

    def __call__(self, line: socket.socket, receiver: Receiver) -> None:
        self._talk(line, receiver)

    def _talk(self, line: socket.socket, receiver: Receiver) -> None:
        stream, sender, to = line.makefile("rwb"), "", ""
        _say(stream, "220 here")
        while told := stream.readline().decode().strip():
            word = told.partition(" ")[0].upper()
            if word == self.hang_at:
                receiver.stopping.wait(5)
                return
            if word in self.refuse:
                _say(stream, self.refuse[word])
            elif word == "EHLO":
                offers = ["STARTTLS"] if self.upgrade and not isinstance(line, ssl.SSLSocket) else ["AUTH PLAIN"]
                _say(stream, "250-here", *(f"250 {offer}" for offer in offers))
            elif word == "STARTTLS":
                _say(stream, "220 go")
                assert self.upgrade is not None
                line = self.upgrade.wrap_socket(line, server_side=True)
                stream = line.makefile("rwb")
            elif word == "DATA":
                _say(stream, "354 go")
                lines = []
                while (row := stream.readline()) != b".\r\n":
                    lines.append(row.removeprefix(b"."))
                self.mails.append((sender, to, b"".join(lines)))
                _say(stream, self.refuse.get("END", "250 taken"))
            else:
                self.logins += word == "AUTH"
                sender = told.partition(":")[2] if word == "MAIL" else sender
                to = told.partition(":")[2] if word == "RCPT" else to
                _say(stream, "235 you" if word == "AUTH" else "250 fine")
        line.close()


def _say(stream: Any, *lines: str) -> None:
    stream.write("".join(f"{line}\r\n" for line in lines).encode())
    stream.flush()


def letter(port: int, **more: Any) -> Callable[[Message, str], None]:
    """A channel to a mail server on this machine."""
    told: dict[str, Any] = {
        "sender": "station@example.org",
        "subject": "Something waits for you 有待办事项",
        "text": "Please look at your worklist.\n请查看待办。",
        "delivery": "at_least_once",
        "line": "plain",
        "port": port,
        "timeout": timedelta(seconds=2),
        "clock": FrozenClock(NOW),
        **more,
    }
    return email("letter", "127.0.0.1", **told).deliver


def test_a_letter_says_the_fixed_text_and_only_the_named_fields() -> None:
    office = Office()
    with serving(office) as receiver:
        letter(receiver.port, fields=("case",))(MESSAGE, "main/c/1/0")

    ((sender, to, raw),) = office.mails
    mail = stdlib_email.message_from_bytes(raw)
    assert ("<station@example.org>", "<nurse@example.org>") == (sender, to.partition(" ")[0])
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "Please look at your worklist.\n请查看待办。\ncase: c-1\n" == body.decode().replace("\r\n", "\n")
    assert b"canary-name" not in raw and "三病区".encode() not in body
    assert ("auto-generated", "Mon, 02 Mar 2026 08:00:00 +0000") == (mail["Auto-Submitted"], mail["Date"])
    assert mail["Message-ID"].endswith("@example.org>")


def test_the_same_message_again_has_the_same_id_and_another_has_another() -> None:
    office = Office()
    with serving(office) as receiver:
        deliver = letter(receiver.port)
        for key in ("k/1/0/0", "k/1/0/0", "k/2/0/0"):
            deliver(MESSAGE, key)

    ids = [stdlib_email.message_from_bytes(raw)["Message-ID"] for _, _, raw in office.mails]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    "to",
    [
        "a@example.org\r\nBcc: all@example.org",
        "a@example.org\nBcc: all@example.org",
        "a@example.org, b@example.org",
        "A <a@example.org>",
        "a@example.org>",
        "a b@example.org",
        "a@[127.0.0.1]",
        "@example.org",
        "a@",
        "a",
        "",
        "甲@example.org",
        "a" * 65 + "@example.org",
        "-oQ/tmp@",
    ],
    ids=ascii,
)
def test_what_is_not_one_address_is_dead_at_once_and_nobody_is_asked(to: str) -> None:
    with serving(Office()) as receiver, pytest.raises(Gone):
        letter(receiver.port)(Message("letter", to, ()), "k")

    assert 0 == receiver.connections


def test_a_value_cannot_write_headers() -> None:
    office = Office()
    with serving(office) as receiver:
        letter(receiver.port, fields=("x",))(
            Message("letter", "a@example.org", (("x", "\r\n.\r\nMAIL FROM:<e@e>"),)), "k"
        )

    assert 1 == len(office.mails)


@pytest.mark.parametrize("wrong", [{"sender": "x"}, {"subject": "a\nBcc: b"}, {"line": "maybe"}, {"password": "text"}])
def test_an_unfit_setting_makes_no_channel(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        letter(25, **wrong)


def test_a_server_without_starttls_gets_nothing() -> None:
    office = Office()
    with serving(office) as receiver, pytest.raises(DeliveryFailed) as caught:
        letter(receiver.port, line="starttls", user="u", password=lambda: "p")(MESSAGE, "k")

    assert not caught.value.reached
    assert ([], 0) == (office.mails, office.logins)


def test_the_password_goes_over_the_secured_line_only(tmp_path: Path) -> None:
    office = Office(upgrade=certificate(tmp_path, "127.0.0.1"))
    with serving(office) as receiver:
        told: dict[str, Any] = {"line": "starttls", "user": "u", "password": lambda: "p"}
        letter(receiver.port, **told, context=trusting(tmp_path))(MESSAGE, "k")
        with pytest.raises(DeliveryFailed):
            letter(receiver.port, **told)(MESSAGE, "k")

    assert (1, 1) == (len(office.mails), office.logins)


def test_a_line_can_be_secured_from_its_beginning(tmp_path: Path) -> None:
    office = Office()
    with serving(office, certificate(tmp_path, "127.0.0.1")) as receiver:
        letter(receiver.port, line="tls", context=trusting(tmp_path))(MESSAGE, "k")

    assert 1 == len(office.mails)


@pytest.mark.parametrize(
    ("word", "answer", "kind", "reached"),
    [
        ("MAIL", "451 later", DeliveryFailed, False),
        ("MAIL", "550 no", DeliveryFailed, False),
        ("RCPT", "450 later", DeliveryFailed, False),
        ("RCPT", "550 nobody", Gone, True),
        ("END", "452 full", DeliveryFailed, False),
        ("END", "554 no", DeliveryFailed, False),
    ],
)
def test_what_the_server_refuses_ends_as_it_is_told(
    word: str, answer: str, kind: type[DeliveryFailed], reached: bool
) -> None:
    with serving(Office(refuse={word: answer})) as receiver, pytest.raises(DeliveryFailed) as caught:
        letter(receiver.port)(MESSAGE, "k")

    assert (kind, reached) == (type(caught.value), caught.value.reached)


def test_a_farewell_that_fails_undoes_nothing() -> None:
    office = Office(refuse={"QUIT": "500 what?"})
    with serving(office) as receiver:
        letter(receiver.port)(MESSAGE, "k")

    assert 1 == len(office.mails)


@pytest.mark.parametrize(("word", "reached"), [("EHLO", False), ("RCPT", False), ("DATA", True)])
def test_a_server_that_hangs_ends_in_time(word: str, reached: bool) -> None:
    with serving(Office(hang_at=word)) as receiver:
        begun = time.monotonic()
        with pytest.raises(DeliveryFailed) as caught:
            letter(receiver.port, timeout=timedelta(seconds=0.5))(MESSAGE, "k")
        took = time.monotonic() - begun

    assert reached == caught.value.reached
    assert took < 3


def test_a_server_that_is_not_there_was_not_reached() -> None:
    with serving(Office()) as receiver:
        port = receiver.port

    with pytest.raises(DeliveryFailed) as caught:
        letter(port)(MESSAGE, "k")
    assert not caught.value.reached

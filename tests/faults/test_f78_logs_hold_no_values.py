"""What cases know is in no line of any log, however something fails; no stored text forges a line."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from files import PDF
from shelter import LI, START, shelter
from sqlalchemy import text

from casework import (
    Actor,
    CaseType,
    Casework,
    Channel,
    Deadline,
    Field,
    FrozenClock,
    Given,
    Refused,
    Run,
    Send,
    State,
    Transition,
    View,
    Workflow,
    effect,
    guard,
    hookimpl,
    hours,
)
from casework.logs import FIELDS, JsonLines, failure, json_logs

pytestmark = pytest.mark.both

CANARIES = [f"kanarienvogel-{name}" for name in ("name", "ill", "note", "to", "file", "bytes", "word", "card")]


class Sinks:
    """Everything that anybody logs meanwhile, in the form of casework and in that of a host that knows no better."""

    def __init__(self) -> None:
        self.lines, self.plain = io.StringIO(), io.StringIO()

    @property
    def text(self) -> str:
        """All of it."""
        return self.lines.getvalue() + self.plain.getvalue()


@pytest.fixture
def sinks() -> Iterator[Sinks]:
    """At DEBUG, on the root of all loggers; the drivers and SQLAlchemy too."""
    found, root = Sinks(), logging.getLogger()
    handlers = [logging.StreamHandler(found.lines), logging.StreamHandler(found.plain)]
    handlers[0].setFormatter(JsonLines())
    handlers[1].setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    loud = [root, *(logging.getLogger(name) for name in ("casework", "sqlalchemy", "sqlalchemy.engine", "psycopg"))]
    before = [logger.level for logger in loud]
    for handler in handlers:
        root.addHandler(handler)
    for logger in loud:
        logger.setLevel(logging.DEBUG)
    try:
        yield found
    finally:
        for handler in handlers:
            root.removeHandler(handler)
        for logger, level in zip(loud, before, strict=True):
            logger.setLevel(level)


@guard("trap.guard", reads="name")
def trap_guard(view: View) -> bool:
    """is not sprung"""
    raise ValueError(f"guard saw {view.data['name']}")


@effect("trap.effect", reads="name", writes="place")
def trap_effect(view: View) -> NoReturn:
    """springs"""
    raise RuntimeError(f"effect saw {view.data['name']}")


def _post(message: Any, key: str) -> None:
    raise ConnectionError(f"cannot send {message.to}: {message.body}")


@hookimpl
def casework_recorded(recorded: Any) -> None:
    """An observer that chatters when it fails."""
    raise LookupError(CANARIES[0])


TRAP = CaseType(
    "trap",
    chain=[
        Workflow(
            "trap",
            initial="set",
            states=[State("set", grants={"edit": "clerk", "note": "clerk"}), State("over", final=True)],
            transitions=[
                Transition("ask", "set", roles="clerk", guards="trap.guard"),
                Transition("act", "set", roles="clerk", effects=Run("trap.effect")),
                Transition(
                    "send",
                    "set",
                    roles="clerk",
                    form=[Field("to", field_class="personal"), Field("word", field_class="personal")],
                    effects=Send("post", Given("to"), {"word": Given("word")}),
                ),
                Transition("end", "set", "over", roles="clerk"),
                Transition("late", "set", effects=[Run("trap.effect")]),
            ],
            deadlines=[Deadline("soon", "set", hours(1), trigger="late")],
        )
    ],
    data=[
        Field("place"),
        Field("name", field_class="personal"),
        Field("ill", field_class="health"),
        Field("card", field_class="identity", max_length=30),
    ],
    opens="clerk",
    roles=["clerk"],
    grants={"view": "clerk"},
    readers={"personal": "clerk"},
)


def _quietly(call: Any, *given: Any, **named: Any) -> BaseException | None:
    try:
        call(*given, **named)
    except Exception as error:
        return error
    return None


def _inserted_again(app: Casework, case_id: str, name: str) -> None:
    """What no table takes, so that the server quotes the whole row."""
    again = text("INSERT INTO case_trap (case__tenant, case__id, name) VALUES ('main', :b_case, :b_name)")
    with app._engine.store.transactions.write() as transaction:
        transaction.ask(again, {"b_case": case_id, "b_name": name})


def _failing(app: Casework, clock: FrozenClock) -> list[BaseException | None]:
    """Fail in every way that a case can be part of."""
    desk = app.desk(Actor("li", {"clerk"}, unit="anlu"))
    name, ill, note, to, file, content, word, card = CANARIES
    case = desk.open("trap", name=name, ill=ill, card=card)
    desk.note(case.id, note)
    found = [_quietly(desk.fire, case.id, trigger) for trigger in ("ask", "act", "late", "nothing")]
    found += [_quietly(desk.amend, case.id, card=card * 9), _quietly(desk.enclose, case.id, b"", name=file)]
    desk.enclose(case.id, PDF + content.encode(), name=f"{file}.pdf")
    desk.fire(case.id, "send", to=to, word=word)
    app.send_waiting()
    clock.advance(timedelta(hours=2))
    app.run_due()
    found.append(_quietly(_inserted_again, app, case.id, name))
    drop = "ALTER TABLE case_trap RENAME COLUMN place TO elsewhere"
    with app._engine.store.engine.begin() as connection:
        connection.exec_driver_sql(drop)
    found.append(_quietly(desk.amend, case.id, name=name, place=word))
    return found


def test_f78_no_canary_is_in_any_log(sinks: Sinks) -> None:
    clock = FrozenClock(START)
    post = Channel("post", _post, delivery="at_least_once")
    chatter = type("chatter", (), {"casework_recorded": staticmethod(casework_recorded)})
    app = shelter(case_types=[TRAP], parts=[post, trap_guard, trap_effect], clock=clock, plugins=[chatter])
    errors = _failing(app, clock)

    assert [] == [canary for canary in CANARIES if canary in sinks.text]
    assert {"trap.guard", "trap.effect", "post"} <= {
        told.get("part") or told.get("channel") for told in map(json.loads, sinks.lines.getvalue().splitlines())
    }
    assert [] == [told for told in map(_traced, errors) if any(canary in told for canary in CANARIES)]
    assert len(errors) - 1 <= len([error for error in errors if error is not None])


def _traced(error: BaseException | None) -> str:
    """What a host would log of it that knows no better: the whole traceback, causes included."""
    frames = () if error is None else traceback.format_exception(error)
    # A line of the source that was running is quoted too; those of this test hold the canaries' names only.
    return "".join(frames)


FORGED = 'a\r\n{"level":"error"}\x1b[31m\u202eb\x85\u2028c\ud800'


def test_f78_a_stored_text_is_one_line_and_moves_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    # The line is for nobody else: pytest would hand it on between processes, which half a character cannot cross.
    monkeypatch.setattr(logging.getLogger("casework"), "propagate", False)
    stream = io.StringIO()
    handler = json_logs(stream)
    log = logging.getLogger("casework.f78")
    log.error("channel %s failed", FORGED, extra={"channel": FORGED, "recipient": CANARIES[3]})
    logging.getLogger("casework").removeHandler(handler)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)

    assert stream.getvalue().isascii()
    assert f"channel {FORGED} failed" == told["event"]
    assert (FORGED, False) == (told["channel"], "recipient" in told)


def test_f78_of_an_exception_only_kind_code_and_place_are_told() -> None:
    record = logging.LogRecord("casework", logging.ERROR, __file__, 1, "it failed", (), None)
    with contextlib.suppress(Refused):
        app = shelter()
        try:
            app.desk(LI).fire("nowhere", "act")
        except Refused as error:
            record.exc_info = (type(error), error, error.__traceback__)
            raise
    told = json.loads(JsonLines().format(record))

    assert {"at", "level", "logger", "event", "error"} == set(told)
    assert ("Refused", "refused") == (told["error"]["type"], told["error"]["code"])
    assert told["error"]["place"].startswith("firing.py:")
    assert {"type", "code", "place"} == set(told["error"])


def test_f78_a_failure_is_told_without_its_words() -> None:
    try:
        raise ValueError(CANARIES[0])
    except ValueError as error:
        told = failure(error)

    assert told.startswith("ValueError at test_f78_logs_hold_no_values.py:")
    assert CANARIES[0] not in told


def test_f78_a_text_without_end_is_cut() -> None:
    record = logging.LogRecord("casework", logging.ERROR, __file__, 1, "x" * 10_000, (), None)

    assert 501 == len(json.loads(JsonLines().format(record))["event"])
    assert len(FIELDS) == len(set(FIELDS))

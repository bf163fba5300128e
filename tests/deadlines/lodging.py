"""A small house: a case type whose deadlines rules set, with pauses, an exception, months and working days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import stores

from casework import (
    Actor,
    CaseType,
    Casework,
    Deadline,
    Field,
    FrozenClock,
    State,
    Transition,
    Workflow,
    overdue,
    state,
)
from casework.rulebook import Rulebook, rulebook_from

START = datetime(2026, 9, 28, 2, tzinfo=UTC)

RULES = """
rulebook = "house"
zone = "Asia/Shanghai"
calendar = "cn"
last_day = "rolls"

[[rule]]
id = "house.letter"
title = {en = "a letter to the court", zh = "致函法院"}
value = 7
unit = "working days"
authority = {en = "House Act", zh = "住宿法"}
article = "§3"
confidence = "F"
source = "its text"

[[rule]]
id = "house.stay"
title = {en = "ten days in the house", zh = "住宿十日"}
value = 10
unit = "days"
last_day = "stands"
pauses = {state = "body", eq = "away"}
applies = {not = {field = "guest", eq = true}}
authority = "House Act"
confidence = "Fp"
source = "a page"

[[rule]]
id = "house.home"
title = {en = "a home after three months", zh = "三个月安置"}
value = 3
unit = "months"
authority = "House Act"
confidence = "F"
source = "its text"

[[rule]]
id = "house.look"
title = {en = "a look within a day", zh = "一日内查看"}
value = 24
unit = "hours"
pauses = {state = "body", eq = "away"}
authority = "House Act"
confidence = "F"
source = "its text"
"""
BOOK = rulebook_from(RULES, source="house.toml")

_MAIN = Workflow(
    "main",
    initial="here",
    states=[State("here"), State("long"), State("left", final=True)],
    transitions=[
        Transition("leave", ("here", "long"), "left", roles="clerk"),
        Transition("overstay", "here", "long", roles="clerk"),
        Transition("settle", "here", "long", automatic=True, condition=overdue("home")),
    ],
    deadlines=[
        Deadline("letter", ("here", "long"), rule="house.letter", extenders="head"),
        Deadline("stay", "here", rule="house.stay", trigger="overstay", extenders="head"),
        Deadline("home", "here", rule="house.home", extenders="head"),
    ],
)
_BODY = Workflow(
    "body",
    initial="in",
    states=[State("in"), State("away"), State("gone", final=True)],
    transitions=[
        Transition("go_out", "in", "away", roles="clerk"),
        Transition("come_in", "away", "in", roles="clerk"),
        Transition("look", "in", "in", roles="clerk"),
        Transition("end", ("in", "away"), "gone", automatic=True, condition=state("main") == "left"),
    ],
    deadlines=[Deadline("look", ("in", "away"), rule="house.look")],
)


def lodging(book: Rulebook = BOOK) -> CaseType:
    """The case type, with the rules of *book*."""
    plain = CaseType(
        "lodging",
        chain=[_MAIN, _BODY],
        data=[Field("guest", "boolean"), Field("name", field_class="personal")],
        roles=["clerk", "head"],
        opens="clerk",
        grants={"view": ("clerk", "head"), "edit": "clerk", "correct": "head", "adopt": "head", "import": "head"},
        readers={"personal": "clerk"},
    )
    return book.applied_to(plain)


CLERK = Actor("li", roles={"clerk"}, unit="anlu")
HEAD = Actor("wang", roles={"head", "clerk"}, unit="anlu")


def house(clock: FrozenClock, book: Rulebook = BOOK, **more: Any) -> Casework:
    """An app with the case type, its tables made."""
    app = Casework(stores.quick(), case_types=[lodging(book)], clock=clock, **more)
    app.create_tables()
    return app

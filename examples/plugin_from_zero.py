"""A plugin in one module: a guard, an effect, a requirement on somebody else's transition, an observer.

An installed one names its module as an entry point in the group ``casework``; here it is handed over.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta

import casework as cw

# The host: a library lends books.
asked, lent = cw.State("asked"), cw.State("lent", final=True)
lend = cw.Transition("lend", "asked", "lent", roles="desk", guards="cards.valid", effects=cw.Run("cards.due"))
loan = cw.CaseType(
    "loan",
    data=[cw.Field("title", required=True), cw.Field("card"), cw.Field("back_by", "instant")],
    opens="desk",
    grants={"view": "desk", "edit": "desk"},
    chain=[cw.Workflow("loan", initial="asked", states=[asked, lent], transitions=[lend])],
)


# The plugin: readers' cards. The first line of a guard's docstring is what a refusal says.
@cw.guard("cards.valid", reads="card")
def valid(view: cw.View) -> bool:
    """the last digit of the card's number checks the others"""
    digits = [int(letter) for letter in str(view.data.get("card", "")) if letter.isdigit()]
    return len(digits) > 1 and sum(digits[:-1]) % 10 == digits[-1]


@cw.effect("cards.due", writes="back_by")
def due(view: cw.View) -> Iterator[cw.Set]:
    yield cw.Set("back_by", view.now + timedelta(days=28))


@cw.hookimpl
def casework_parts() -> list[cw.Part]:
    return [valid, due]


@cw.hookimpl
def casework_requirements() -> list[cw.Require]:
    return [cw.Require("loan.lend", cw.field("card").known, because="books are lent on a card")]


@cw.hookimpl
def casework_recorded(recorded: cw.Recorded) -> None:
    print("recorded:", recorded.case_type, recorded.number, recorded.trigger or recorded.kind)


# Both together.
app = cw.Casework(case_types=[loan], plugins=[sys.modules[__name__]])
app.create_tables()
desk = app.desk(cw.Actor("ana", roles={"desk"}))
for card in ({}, {"card": "1234"}, {"card": "1236"}):
    case = desk.open("loan", title="Wild Swans", **card)
    print(card, "->", desk.why_not(case, "lend") or desk.fire(case, "lend").state)

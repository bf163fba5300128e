"""The accounts of volunteering: the places of a task, and the time bank.

A place is one from its announcement to the books: ``seats → places → taken → came → counted`` is the way of
somebody who came and was credited; ``missed`` and ``uncounted`` are the others. What lies where tells how
far the task is, so that a task asks its own accounts how its services stand.
"""

from __future__ import annotations

from casework import Account, Text
from casework.volunteering.rules import USUAL, Rules

TASK, VOLUNTEER = "task", "volunteer"

seats = Account("seats", "place", owner=TASK, title=Text("places not announced", "未公布名额"))
places = Account("places", "place", owner=TASK, minimum=0, title=Text("free places", "空余名额"))
taken = Account("taken", "place", owner=TASK, minimum=0, title=Text("places taken", "已占名额"))
came = Account("came", "place", owner=TASK, minimum=0, title=Text("came, not yet settled", "已到岗待结算"))
counted = Account("counted", "place", owner=TASK, minimum=0, title=Text("came and credited", "已到岗并记入"))
uncounted = Account("uncounted", "place", owner=TASK, title=Text("came, not credited", "已到岗未记入"))
missed = Account("missed", "place", owner=TASK, title=Text("did not come", "未到岗"))

# Whoever waits draws a ticket and gives it back; a newcomer is not placed while one is out.
tickets = Account("tickets", "ticket", owner=TASK, title=Text("tickets of the waiting list", "候补号"))
queue = Account("queue", "ticket", owner=TASK, minimum=0, title=Text("waiting", "候补人数"))

PLACES = (seats, places, taken, came, counted, uncounted, missed, tickets, queue)

issued = Account("issued", "minute", owner="tenant", title=Text("minutes issued", "发放时间总额"))
spent = Account("spent", "minute", owner="tenant", title=Text("minutes spent on help", "已兑换时间"))
donated = Account("donated", "minute", owner="tenant", minimum=0, title=Text("donated minutes", "公益时间池"))

# How much somebody served stays on record when the minutes are spent or lie above the cap.
record = Account(
    "record", "minute served", owner=VOLUNTEER, minimum=0, title=Text("minutes served", "服务记录（分钟）")
)
records = Account("records", "minute served", owner="tenant", title=Text("minutes on record", "服务记录总额"))


def time_bank(rules: Rules = USUAL) -> Account:
    """The account of one person in the time bank: the same one in every case about that person."""
    title = Text("time bank", "志愿服务银行（分钟）")
    return Account("time_bank", "minute", owner=VOLUNTEER, minimum=0, maximum=rules.cap, title=title)


def bank(rules: Rules = USUAL) -> tuple[Account, ...]:
    """All accounts of the time bank."""
    return issued, spent, donated, record, records, time_bank(rules)

"""The accounts of volunteering: the places of a task, what holds of it and of a volunteer, and the time bank.

A place is one from its announcement to the books: ``seats → places → taken → came → counted`` is the way of
somebody who came and was credited; ``missed`` and ``uncounted`` are the others. What lies where tells how
far the task is, so that a task asks its own accounts how its services stand.
"""

from __future__ import annotations

from casework import Account, Text
from casework.volunteering.roles import DESK, STATION
from casework.volunteering.rules import LONGEST, USUAL, Rules

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

# What holds of a volunteer or a task is a mark on an account of theirs: a service asks it where it was put, and
# nothing is taken from whoever signs up.
marks = Account("marks", "mark", owner="tenant", title=Text("marks not given", "未加标记"))


def _mark(name: str, owner: str, title: Text, readers: tuple[str, ...] = ()) -> Account:
    return Account(name, "mark", owner=owner, minimum=0, maximum=1, readers=readers, title=title)


open_to_uninsured = _mark("open_to_uninsured", TASK, Text("without risks", "不存在风险"))
open_to_unqualified = _mark("open_to_unqualified", TASK, Text("asks for no qualification", "不要求资格"))

# The length of a task lies here from its announcement until it is over, so that a service reads it from the task.
plans = Account(
    "plans", "planned minute", owner="tenant", title=Text("length of tasks not announced", "未公布任务时长")
)
planned = Account(
    "planned",
    "planned minute",
    owner=TASK,
    minimum=0,
    maximum=LONGEST,
    title=Text("planned minutes of the announced task", "已公布任务计划时长（分钟）"),
)

TERMS = (open_to_uninsured, open_to_unqualified, plans, planned)


def standing(whose: str) -> tuple[Account, ...]:
    """What holds of one person: read by who places them, and by that person, whose role *whose* is."""
    titles = {
        "registered": Text("registered", "已注册"),
        "insured": Text("insured against accidents", "已投保人身意外险"),
        "qualified": Text("qualified", "具备相应资格"),
        "on_duty": Text("checked in", "已签到在岗"),
    }
    return tuple(_mark(name, VOLUNTEER, title, (*DESK, whose)) for name, title in titles.items())


issued = Account("issued", "minute", owner="tenant", title=Text("minutes issued", "发放时间总额"))
spent = Account("spent", "minute", owner="tenant", title=Text("minutes spent on help", "已兑换时间"))
donated = Account("donated", "minute", owner="tenant", minimum=0, title=Text("donated minutes", "公益时间池"))

records = Account("records", "minute served", owner="tenant", title=Text("minutes on record", "服务记录总额"))


def _time_bank(rules: Rules, readers: tuple[str, ...]) -> Account:
    """The account of one person in the time bank: the same one in every case about that person."""
    title = Text("time bank", "志愿服务银行（分钟）")
    return Account("time_bank", "minute", owner=VOLUNTEER, minimum=0, maximum=rules.cap, readers=readers, title=title)


def _record(readers: tuple[str, ...]) -> Account:
    """How much one person served; it stays on record when the minutes are spent or lie above the cap."""
    title = Text("minutes served", "服务记录（分钟）")
    return Account("record", "minute served", owner=VOLUNTEER, minimum=0, readers=readers, title=title)


def bank(rules: Rules = USUAL, *, whose: str) -> tuple[Account, ...]:
    """All accounts of the time bank. What somebody has is read by the station and by the person *whose* it is.

    Whoever certifies, was served, decides a dispute or audits sees the minutes of this service in its fields and
    its log, and has no business with all the others.
    """
    readers = (*STATION, whose)
    return issued, spent, donated, _record(readers), records, _time_bank(rules, readers)

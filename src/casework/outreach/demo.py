"""A week of heat told from a seed: a warning, patrols every night, people who accept, decline, or need a doctor."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from random import Random

from casework import Actor, Case, Casework, DemoRun, FrozenClock, Language, StoreOptions, Text, seeded_entropy
from casework.outreach import figures
from casework.outreach.accounts import ITEMS
from casework.outreach.alert import Alert, Area, Info
from casework.outreach.going import meet, put_on_roster
from casework.outreach.occasions import OCCASION_TITLES
from casework.outreach.proposing import for_alerts, propose
from casework.outreach.table import Table, table_from

_BEGINS = datetime(2026, 7, 13, 8, tzinfo=UTC)
_NIGHTS = 7
_UNIT = "anlu"
_PLACES = ("解放路桥下", "汽车站候车厅", "中心广场", "农贸市场", "河滨公园", "自助银行")
_PACKED = {"water": 400, "medicine": 40, "leaflet": 200}
_TABLE = """
table = "demo"
zone = "Asia/Shanghai"
areas = ["420982"]
[[alert]]
id = "heat"
occasion = "heat"
events = ["高温"]
at_least = "yellow"
rules = {orange = "patrol.heat_orange"}
routes = ["north loop", "riverside"]
starts = "19:00"
ends = "21:30"
"""
_USED = Text(
    "this store holds patrols already; choose an empty one (--store)", "此存储中已有巡查；请使用空的存储（--store）"
)
_STATES = {
    "brought_in": Text("brought to the station", "护送至救助站"),
    "helped": Text("helped on the spot", "现场救助"),
    "in_hospital": Text("taken to hospital", "送医"),
    "declined": Text("declined, to be looked for", "暂不接受，待再次查看"),
    "met_again": Text("met again later", "后续再次接触"),
}


class _Week:
    """Who plays, on one app, with chance from a seed."""

    def __init__(self, app: Casework, clock: FrozenClock, seed: int) -> None:
        self.app, self.clock, self.rng = app, clock, Random(seed)
        self.director, self.planner, self.worker = (
            app.desk(Actor(name, {role}, unit=_UNIT))
            for name, role in (("fang", "director"), ("zhou", "planner"), ("li", "outreach_worker"))
        )
        self.declined: deque[Case] = deque()

    def stocked(self) -> tuple[Case, ...]:
        """A store room with enough of everything; the places that are known."""
        room = self.director.open("store_room", name="物资库房")
        for item, count in _PACKED.items():
            self.planner.fire(room.id, "take_in", item=item, count=count * 2 * _NIGHTS)
        return tuple(
            self.planner.open("sleeping_place", where=where, kind="other", route="north loop", hazards=False)
            for where in _PLACES
        )

    def night(self, patrol: Case, people: int) -> None:
        """One patrol from its roster to its report."""
        patrol = self.planner.fire(patrol, "confirm")
        turns = [
            self.worker.fire(put_on_roster(self.planner, patrol, login, duty=duty, minor=False), "check_in")
            for login, duty in (
                (f"{patrol.data['route']} leader", "leader"),
                (f"{patrol.data['route']} medic", "medic"),
            )
        ]
        for item, count in _PACKED.items():
            self.worker.fire(patrol.id, "pack", item=item, count=count)
        patrol = self.worker.fire(patrol.id, "set_out")
        given = dict.fromkeys(_PACKED, 0)
        for _ in range(people):
            self.clock.advance(timedelta(minutes=self.rng.randint(1, 5)))
            self._meets(patrol, given)
        patrol = self.worker.fire(patrol.id, "come_back")
        for turn in turns:
            self.worker.fire(turn.id, "check_out")
        for item, count in _PACKED.items():
            if count > given[item]:
                self.worker.fire(patrol.id, "unpack", item=item, count=count - given[item])
        self.worker.fire(patrol.id, "report", report="巡查结束")

    def _meets(self, patrol: Case, given: dict[str, int]) -> None:
        again = self.declined.popleft() if self.declined and self.rng.random() < 0.4 else None
        urgent = self.rng.random() < 0.08
        contact = meet(
            self.worker,
            patrol,
            again=again,
            found_at=self.rng.choice(_PLACES),
            found_by="李",
            looks_minor=False,
            needs_doctor=urgent,
        )
        if urgent:
            contact = self.worker.fire(contact, "call_ambulance")
            self.worker.fire(contact, "take_to_hospital", brought_to="中医院")
            return
        for item in ("water", "leaflet"):
            contact = self.worker.fire(contact, "hand_out", item=item, count=1)
            given[item] += 1
        self._answers(contact)

    def _answers(self, contact: Case) -> None:
        chance = self.rng.random()
        if chance < 0.45:
            self.declined.append(
                self.worker.fire(contact, "decline", declined_because="wants_to_stay", leaflet_left=True)
            )
            return
        contact = self.worker.fire(contact, "accept")
        if chance < 0.7:
            self.worker.fire(contact, "bring_in", brought_to="救助站")
        else:
            self.worker.fire(contact, "conclude", ended_because="补充饮水食品后离开")


def _alert() -> Alert:
    told = Info(
        language="zh-CN",
        event="高温",
        urgency="Expected",
        severity="Severe",
        certainty="Likely",
        level="orange",
        expires=_BEGINS + timedelta(days=_NIGHTS),
        headline="气象台发布高温橙色预警信号",
        areas=(Area(name="安陆市", codes=(("GB/T 2260", "420982"),)),),
    )
    return Alert(
        identifier="demo-heat",
        sender="warning@weather.example",
        sent=_BEGINS - timedelta(hours=1),
        status="Actual",
        kind="Alert",
        scope="Public",
        infos=(told,),
    )


def run(asked: DemoRun) -> int:
    """Play the week and tell what came of it; the number of problems, 0 where the records are whole."""
    import casework.outreach as plugin

    clock = FrozenClock(_BEGINS)
    options = StoreOptions(sole_process=True, synchronous="NORMAL")
    app = Casework(asked.store, plugins=[plugin], clock=clock, entropy=seeded_entropy(asked.seed), options=options)
    try:
        app.create_tables()
        week = _Week(app, clock, asked.seed)
        if week.planner.find("patrol", limit=1).cases:
            asked.say(_USED.in_("zh" if asked.language == "zh" else "en"))
            return 1
        places = week.stocked()
        _play(week, asked, table_from(_TABLE), places)
        return _tell(week, asked)
    finally:
        app.dispose()


def _play(week: _Week, asked: DemoRun, table: Table, places: tuple[Case, ...]) -> None:
    met, alert = 0, _alert()
    for number in range(_NIGHTS):
        week.clock.set(_BEGINS + timedelta(days=number))
        found = propose(week.planner, for_alerts([alert], table, now=week.clock.now(), days=1))
        for index, proposed in enumerate(found):
            week.clock.set(max(week.clock.now(), proposed.proposal.starts_at))
            share = asked.cases * (2 * number + index + 1) // (2 * _NIGHTS) - met
            week.night(proposed.case, share)
            met += share
            asked.progress(met, asked.cases, proposed.proposal.route)
        for place in places[number % 2 :: 2]:
            week.worker.fire(place.id, "look", sleepers=week.rng.randint(0, 4))


def _tell(week: _Week, asked: DemoRun) -> int:
    language: Language = "zh" if asked.language == "zh" else "en"
    desk = week.worker
    contacts = tuple(figures.read_all(desk, "contact"))
    patrols = tuple(figures.read_all(desk, "patrol"))
    goods = figures.handed_out(desk.history(case) for case in contacts)
    covered = figures.coverage(figures.read_all(desk, "sleeping_place"), now=week.clock.now())
    wait = figures.median_wait(figures.responses(patrols, contacts))
    verdict = week.app.verify()
    item_titles = {choice.name: choice.title for choice in ITEMS}
    lines = [
        Text(f"{len(patrols)} patrols for {OCCASION_TITLES['heat'].en}", f"{len(patrols)} 次高温巡查"),
        *(
            Text(f"{count:>6,}  {_STATES[name].en}", f"{count:>6,}  {_STATES[name].zh}")
            for name, count in figures.answers(contacts).items()
        ),
        *(
            Text(f"{count:>6,}  {item_titles[item].en} handed out", f"{count:>6,}  件{item_titles[item].zh}已发放")
            for item, count in goods.items()
        ),
        Text(f"from the warning to the first contact: {wait}", f"预警至首次接触：{wait}"),
        Text(f"places looked at: {covered.seen} of {covered.known}", f"已查看点位：{covered.seen}/{covered.known}"),
        Text(
            f"{verdict.entries:,} entries in {verdict.cases:,} cases, whole: {verdict.whole}",
            f"{verdict.cases:,} 件案件、{verdict.entries:,} 条日志，完整：{'是' if verdict.whole else '否'}",
        ),
    ]
    for line in lines:
        asked.say(line.in_(language))
    unreported = sum(patrol.state != "reported" for patrol in patrols)
    return len(verdict.faults) + unreported + (len(contacts) != asked.cases)

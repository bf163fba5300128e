"""A heat-wave night: a warning at five past four, two patrols by seven, four people met, one of them brought in.

Run it with `python examples/heat_wave_night/story.py [FOLDER]`; the store and the roster are left in FOLDER.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import casework.outreach
import casework.outreach.rescue
import casework.rescue
from casework import Actor, Case, Casework, FrozenClock, hours, minutes
from casework.outreach import figures, meet, put_on_roster, rescue_case_of
from casework.outreach.cap import read_alert_file
from casework.outreach.proposing import for_alerts, propose
from casework.outreach.roster import roster_calendar
from casework.outreach.table import load_table

HERE = Path(__file__).parent
PLUGINS = (casework.rescue, casework.outreach, casework.outreach.rescue)
FANG = Actor("fang", {"director"}, unit="anlu")
ZHOU = Actor("zhou", {"planner"}, unit="anlu")
LI = Actor("li", {"outreach_worker"}, unit="anlu")
TANG = Actor("tang", {"caseworker"}, unit="anlu")
BRIDGE = {"found_at": "解放路桥下", "found_by": "李"}


class Night:
    """What happened, hour by hour; each method is a chapter."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, FrozenClock(datetime(2026, 7, 11, 8, 30, tzinfo=UTC))
        self.app = Casework(f"sqlite:///{folder / 'night.db'}", plugins=PLUGINS, clock=self.clock)
        self.app.create_tables()
        self.director, self.planner, self.worker = (self.app.desk(actor) for actor in (FANG, ZHOU, LI))
        self.turns: list[Case] = []

    def tell(self, text: str) -> None:
        """A line of the story, with its hour in China."""
        print(f"{self.clock.now() + hours(8):%H:%M}  {text}")

    def warned(self) -> None:
        """The warning comes in; what it calls for is proposed, and the planner decides."""
        alert = read_alert_file(HERE / "heat.xml")
        found = for_alerts([alert], load_table(HERE / "routes.toml"), now=self.clock.now(), days=1)
        for item in found:
            self.tell(f"proposed: {item.route}, {item.because.en}")
        north, river = (item.case for item in propose(self.planner, found))
        again = propose(self.planner, found)
        self.tell(f"the same warning again opens {sum(item.new for item in again)} patrols")
        self.planner.fire(river, "dismiss", reason="河边由水上救援队巡查")
        self.patrol = self.planner.fire(north, "confirm")

    def made_ready(self) -> None:
        """Kit and crew; the engine will not let one person go alone."""
        room = self.director.open("store_room", name="物资库房")
        for item, count in {"water": 200, "medicine": 20, "leaflet": 100}.items():
            self.planner.fire(room.id, "take_in", item=item, count=count)
        self.clock.set(datetime(2026, 7, 11, 10, 45, tzinfo=UTC))
        self._comes("li", "leader", minor=False)
        self._comes("xu", "volunteer", minor=True)
        refusal = self.worker.why_not(self.patrol, "set_out")
        assert refusal is not None
        self.tell(f"not yet: {refusal.sentence('en')}")
        self._comes("wu", "medic", minor=False)
        for item, count in {"water": 24, "medicine": 4, "leaflet": 20}.items():
            self.worker.fire(self.patrol.id, "pack", item=item, count=count)
        self.clock.set(datetime(2026, 7, 11, 11, tzinfo=UTC))
        self.patrol = self.worker.fire(self.patrol.id, "set_out")
        self.tell(f"{self.patrol.state}, led by {self.patrol.data['led_by']}")

    def _comes(self, login: str, duty: str, *, minor: bool) -> None:
        turn = put_on_roster(self.planner, self.patrol, login, duty=duty, minor=minor)
        self.turns.append(self.worker.fire(turn, "check_in"))

    def in_the_street(self) -> None:
        """One takes water, one declines, one needs an ambulance, one comes along."""
        self.clock.advance(minutes(20))
        thirsty = self._met(alias="瘦高个", age=40)
        thirsty = self.worker.fire(self.worker.fire(thirsty, "hand_out", item="water", count=2), "accept")
        self.worker.fire(thirsty, "conclude", ended_because="补充饮水后自行返回住处")
        self.clock.advance(minutes(15))
        stays = self._met(alias="老王", age=61)
        self.worker.fire(stays.id, "hand_out", item="leaflet", count=1)
        stays = self.worker.fire(stays.id, "decline", declined_because="wants_to_stay", leaflet_left=True)
        self.tell(
            f"{stays.data['alias']} {stays.state}; to be looked for by {stays.dues['look_again']:%d %b %H:%M} UTC"
        )
        self.clock.advance(minutes(10))
        faint = self._met(needs_doctor=True, apparent_condition="中暑，意识模糊")
        refusal = self.worker.why_not(faint, "accept")
        assert refusal is not None
        self.tell(f"help first: {refusal.sentence('en')}")
        faint = self.worker.fire(faint, "call_ambulance")
        self.worker.fire(faint, "take_to_hospital", brought_to="安陆市中医院")
        self.clock.advance(minutes(25))
        comes = self.worker.fire(self._met(alias="小陈", age=35, says_who_they_are=False), "accept")
        comes = self.worker.fire(comes, "bring_in", brought_to="安陆市救助站")
        case = self.app.desk(TANG).get(str(rescue_case_of(self.worker, comes)))
        self.tell(f"a rescue case: {case.state}, {case.data['alias']}, of that contact: {case.parent == comes.id}")

    def _met(self, **told: object) -> Case:
        return meet(self.worker, self.patrol, **{"looks_minor": False, "needs_doctor": False, **BRIDGE, **told})

    def home(self) -> bool:
        """Everybody home, every bottle accounted for, and what the night comes to."""
        self.clock.set(datetime(2026, 7, 11, 13, 30, tzinfo=UTC))
        self.worker.fire(self.patrol.id, "come_back")
        for turn in self.turns:
            self.worker.fire(turn.id, "check_out")
        for item, count in {"water": 22, "medicine": 4, "leaflet": 19}.items():
            self.worker.fire(self.patrol.id, "unpack", item=item, count=count)
        self.patrol = self.worker.fire(self.patrol.id, "report", report="接触四人，护送一人，送医一人")
        patrols, contacts = (tuple(figures.read_all(self.worker, name)) for name in ("patrol", "contact"))
        wait = figures.median_wait(figures.responses(patrols, contacts))
        self.tell(f"{self.patrol.state}; from the warning to the first contact: {wait}")
        self.tell(f"{dict(figures.answers(contacts))}; handed out: {self._handed_out(contacts)}")
        turns = tuple(figures.read_all(self.planner, "patrol_turn"))
        feed = roster_calendar(patrols, turns, now=self.clock.now(), language="en")
        (self.folder / "roster.ics").write_bytes(feed)
        verdict = self.app.verify()
        self.tell(f"{verdict.entries} entries in {verdict.cases} cases, whole: {verdict.whole}")
        self.app.dispose()
        return verdict.whole

    def _handed_out(self, contacts: tuple[Case, ...]) -> dict[str, int]:
        return dict(figures.handed_out(self.worker.history(case) for case in contacts))


def main(folder: Path) -> bool:
    """Tell the whole story in *folder*, anew each time."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "night.db").unlink(missing_ok=True)
    night = Night(folder)
    night.warned()
    night.made_ready()
    night.in_the_street()
    return night.home()


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1] if len(sys.argv) > 1 else "out")) else 6)

"""One man's way home, through every room: found at night, admitted, a clue on the ward, a report matched, reunited.

Both partners are told, and tell us, by files of their own standards: FHIR R4B for the ward, PFIF 1.4 for reports of
missing persons. Run it with `python examples/street_to_home/story.py [FOLDER]`; the files are left in FOLDER.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import attrs
import casework_hospital
import casework_hospital.rescue
import casework_police
import casework_police.rescue
from casework_hospital import fhir
from casework_police import matching, pfif

from casework import Actor, Casework, FrozenClock, days, hours
from casework import rescue as station

REPORT = Path(__file__).with_name("family-report.xml")
BASIS = {"asked_of": "安陆市公安局", "basis": "statutory_duty"}
PLUGINS = (station, casework_police, casework_police.rescue, casework_hospital, casework_hospital.rescue)

LI = Actor("li", {"caseworker"}, unit="anlu")
TANG = Actor("tang", {"tracer"}, unit="anlu")
FANG = Actor("fang", {"director"}, unit="anlu")
ZHAO = Actor("zhao", {"police_officer"}, unit="anlu")
MEI = Actor("mei", {"ward_nurse"}, unit="anlu")
WEI = Actor("wei", {"ward_manager"}, unit="anlu")


class Story:
    """What happened, day by day; each method is a chapter and leaves the case where the next one finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, FrozenClock(datetime(2026, 1, 9, 14, 40, tzinfo=UTC))
        self.app = Casework(f"sqlite:///{folder / 'station.db'}", plugins=PLUGINS, clock=self.clock)
        self.app.create_tables()
        self.exchange = fhir.Exchange(base="https://station.example/fhir", station="anlu")
        self.case = ""
        self.report = ""

    def tell(self, text: str) -> None:
        """A line of the story, with its day."""
        print(f"{self.clock.now():%d %b %H:%M}  {text}")

    def brought_at_night(self) -> None:
        """An officer hands a man over with a form; only the second signature makes him a case of the station."""
        office = self.app.desk(WEI).open("ward_office", name="合作医院")
        self.app.desk(WEI).fire(office, "add_beds", ward="ward_a", count=2)
        form = self.app.desk(ZHAO).open(
            "police_handover",
            referred_by="police",
            office="解放路派出所",
            brought_by="赵警官",
            found_at="安陆市解放路桥下",
            found_when=self.clock.now() - hours(1),
            alias="桥下老人",
            sex="male",
            age=70,
            can_state_identity=False,
            apparent_condition="发热，神志不清",
            dangerous_goods=False,
        )
        self.app.desk(ZHAO).fire(form, "sign", signed_by="赵警官")
        form = self.app.desk(LI).fire(form.id, "countersign", countersigned_by="李", belongings_agree=True)
        self.case = self.app.desk(LI).worklist("rescue", "to_assess").cases[0].id
        self.tell(f"handed over ({form.state}); a rescue case is open")

    def admitted(self) -> None:
        """Help first: to hospital at once; the ward answers by a message of its own."""
        li = self.app.desk(LI)
        li.fire(self.case, "assess", urgent=True, can_state_identity=False)
        li.fire(self.case, "admit", hospital="合作医院", diagnosis="肺炎")
        li.fire(self.case, "referral.request", ward="ward_a", priority="stat", diagnosis="肺炎，待查")
        self._answered("accepted")
        case = self._answered("admitted", admitted_at=self.clock.now())
        self.tell(f"in the ward: {case.state}, referral {case.states['referral']}")

    def _answered(self, state: str, **more: object) -> object:
        """Send the ward what it may know, let it answer, and carry its answer out."""
        name = f"{state}-{self.clock.now():%m%d}"
        # The director reads health, and answers for what leaves the house.
        referral = fhir.referral_of(self.app.desk(FANG).get(self.case))
        told = fhir.to_json(referral, self.exchange, self.clock.now())
        (self.folder / f"to-ward-{name}.json").write_text(told, "utf-8")
        known = fhir.from_json(told, self.exchange)
        answer = attrs.evolve(known, state=state, revision=known.revision + 1, **more)
        (self.folder / f"from-ward-{name}.json").write_text(
            fhir.to_json(answer, self.exchange, self.clock.now()), "utf-8"
        )
        content = (self.folder / f"from-ward-{name}.json").read_bytes()
        outcomes = fhir.receive(self.app.desk(MEI), content, self.exchange)
        assert [outcome.result for outcome in outcomes].count("parked") == 0, outcomes
        return self.app.desk(LI).get(self.case)

    def visited(self) -> None:
        """Treat while tracing: the weekly visit brings a clue, and a week in which nobody came stays visible."""
        self.app.desk(TANG).fire(self.case, "quick_check")
        self.clock.advance(days(7) + hours(1))
        self.app.run_due()
        self.tell(f"missed: {len(self.app.desk(LI).worklist('rescue', 'referral.visits_missed').cases)} visit(s)")
        tang = self.app.desk(TANG)
        tang.fire(
            self.case,
            "referral.visit",
            services="送去换洗衣物",
            condition="退热，能简单交谈",
            enquiries="家在哪里、家中何人",
            clue="自称曾庆喜，恩施口音，家在恩施市白果乡",
        )
        # What he says he is called is no identity yet; it goes where a name for the time being goes.
        self.app.desk(LI).amend(self.case, alias="曾庆喜")
        seen = tang.get(self.case)
        self.tell(f"a clue for tracing: {seen.data['clue']}; the diagnosis stays hidden: {'diagnosis' in seen.hidden}")

    def matched(self) -> None:
        """Another register's file is read; what fits is proposed with its reasons, and nothing more than proposed."""
        tang = self.app.desk(TANG)
        with REPORT.open("rb") as stream:
            now = self.clock.now()
            taken = pfif.import_records(tang, pfif.read(stream, now=now), domain="anlu.example", now=now)
        reports = tang.worklist("missing_person", "reports_to_take_on").cases
        for report in reports:
            agreed = tang.fire(report, "record_consent", consent="agencies", consent_paper="同意书 2026-017")
            tang.fire(agreed, "accept")
        ours = matching.of_case(tang.get(self.case))
        pool = [matching.of_case(tang.get(report.id)) for report in reports]
        proposal = matching.candidates(ours, pool)[0]
        self.tell(f"read {taken.read} reports; candidate with score {proposal.score:.2f} ({proposal.band}):")
        print("\n".join(f"    {line}" for line in proposal.explained("en").splitlines()))
        self._police_asked(proposal)
        matching.propose(tang, proposal.theirs, matching.compared(pool[-1], ours), asked="曾桂兰", trigger="propose")
        self.report = proposal.theirs

    def _police_asked(self, proposal: matching.Proposal) -> None:
        """The police are told what they need, on a basis; who it may be is for those to see who judge it."""
        self.app.desk(LI).fire(self.case, "police.request", shared="男，约七十岁，自称曾庆喜，恩施口音", **BASIS)
        self.app.desk(ZHAO).fire(self.case, "police.acknowledge", police_reference="鄂安公查〔2026〕12号")
        self.app.desk(ZHAO).fire(self.case, "police.search")
        matching.propose(self.app.desk(TANG), self.case, proposal, asked="赵警官")

    def confirmed(self) -> None:
        """Two persons: whoever proposed may not confirm, neither here nor on the family's side."""
        tang, fang = self.app.desk(TANG), self.app.desk(FANG)
        tang.fire(self.case, "propose_candidate", candidate_name="曾庆喜", identified_by="interview")
        self.tell(f"by the proposer alone: {tang.why_not(self.case, 'confirm_candidate', home='恩施市白果乡')}")
        fang.fire(self.case, "confirm_candidate", home="湖北省恩施市白果乡")
        proof = {"compared": "照片、左手食指、家人视频辨认", "found_through": "kin", "asked": "曾桂兰"}
        fang.fire(self.case, "police.confirm", **proof)
        fang.fire(self.report, "confirm", **proof)
        self.tell(f"confirmed: {self.app.desk(LI).get(self.case).state}")

    def home(self) -> None:
        """Nobody travels ill or unsigned for: the ward discharges, both sides sign, the family is told by file."""
        self.clock.advance(days(5))
        self._answered("discharge_planned", planned_for=self.clock.now().date(), needs="按时服药", medication="七日量")
        self._answered("discharged", discharged_at=self.clock.now(), certificate="出院证 88", disposition="station")
        li, tang = self.app.desk(LI), self.app.desk(TANG)
        self.tell(f"too early: {li.why_not(self.case, 'reunite')}")
        li.fire(self.case, "discharge", discharge_certificate="出院证 88", fit_to_travel=True)
        li.fire(self.case, "sign_handover", handed_over_by="李")
        tang.fire(self.case, "countersign_handover", received_by="曾桂兰", receiver_is="女儿")
        case = li.fire(self.case, "reunite")
        within = pfif.Within(recipient="寻人登记处")
        origin = pfif.Origin(domain="anlu.example", name="安陆市救助站")
        told = pfif.export(self.app.desk(FANG), within=within, origin=origin, now=self.clock.now())
        records = [record for record in told if not isinstance(record, pfif.PfifFinding)]
        with (self.folder / "to-registers.xml").open("wb") as stream:
            pfif.write(records, stream, now=self.clock.now())
        self.tell(f"{case.state}; every workflow at rest: {dict(case.states)}")

    def whole(self) -> bool:
        """Whether the store adds up, log and ledger and all."""
        verdict = self.app.verify()
        self.tell(f"{verdict.entries} entries in {verdict.cases} cases, whole: {verdict.whole}")
        self.app.dispose()
        return verdict.whole


def main(folder: Path) -> bool:
    """Tell the whole story in *folder*, anew each time."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "station.db").unlink(missing_ok=True)
    story = Story(folder)
    for chapter in (story.brought_at_night, story.admitted, story.visited, story.matched, story.confirmed, story.home):
        chapter()
    return story.whole()


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1] if len(sys.argv) > 1 else "out")) else 6)

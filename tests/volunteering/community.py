"""A small community: an app, desks for everybody, and the way of one service as far as a test needs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from stores import quick

from casework import Actor, Case, Casework, Desk, FrozenClock, Refused, seeded_entropy
from casework.volunteering import Rules, case_types, parts, sign_up

START = datetime(2026, 3, 5, 1, tzinfo=UTC)
UNIT = "changhe"
COORDINATOR = Actor("zhou", {"coordinator"})
LEADER = Actor("qian", {"leader"})
ARBITER = Actor("wu", {"arbiter"})
AUDITOR = Actor("audit", {"auditor"})
ANN, BEN, CLARA = "vol-1", "vol-2", "vol-3"
CERTIFIER, RECIPIENT = "cert-1", "res-1"


class Community:
    """An app on *url* with a clock that stands still, and desks of people by name."""

    def __init__(self, url: str | None = None, rules: Rules | None = None) -> None:
        self.clock = FrozenClock(START)
        self.app = Casework(
            url or quick(),
            case_types=case_types(rules),
            parts=parts(rules),
            clock=self.clock,
            entropy=seeded_entropy(7),
        )
        self.app.create_tables()
        self.coordinator = self.app.desk(COORDINATOR)
        self.leader = self.app.desk(LEADER)
        self.arbiter = self.app.desk(ARBITER)
        self.auditor = self.app.desk(AUDITOR)

    def person(self, number: str) -> Desk:
        """The desk of somebody without any role of the station."""
        return self.app.desk(Actor(number))

    def wait(self, length: timedelta) -> None:
        """Let time pass, and what is due then happen."""
        self.clock.set(self.clock.now() + length)
        self.app.run_due()

    def file(self, number: str) -> Case:
        """The file of a registered volunteer, opened under the number as subject."""
        case = self.coordinator.open(
            "volunteer",
            unit=UNIT,
            subjects={"volunteer": number},
            name=f"志愿者{number}",
            sex="female",
            born=date(1980, 5, 1),
            phone="0",
            area="昌和社区",
            skill="hands",
            intention="environment",
            consent=True,
            minor=False,
            employer="某单位",
            employer_told=number != BEN,
        )
        return self.coordinator.fire(case, "register", login=number)

    def task(self, count: int = 5, *, planned_minutes: int = 120, **told: bool) -> Case:
        """A task that recruits, with so many places."""
        asked = {"risky": False, "needs_licence": False, **told}
        case = self.coordinator.open("task", unit=UNIT, what="背街小巷整治", planned_minutes=planned_minutes, **asked)
        return self.coordinator.fire(case, "publish", count=count)

    def done(self, file: Case, task: Case, *, stayed: int | None = None) -> Case:
        """A service that is over after so many minutes, those planned by default; both sides are named."""
        desk = self.coordinator
        case = desk.fire(sign_up(desk, task, file), "place")
        case = desk.fire(case, "name_certifier", certifier_is=CERTIFIER)
        case = desk.fire(case, "name_recipient", recipient_is=RECIPIENT)
        case = desk.fire(case, "check_in")
        length = task.data["planned_minutes"] if stayed is None else stayed
        self.clock.set(self.clock.now() + timedelta(minutes=length))  # type: ignore[arg-type]
        return desk.fire(case, "check_out")

    def certify(self, case: Case, minutes: int, by: str = CERTIFIER) -> Case:
        """The certifier's statement."""
        return self.person(by).fire(case.id, "certify", self.statement("certified", minutes, case))

    def attest(self, case: Case, minutes: int, by: str = RECIPIENT) -> Case:
        """The statement of the person served."""
        return self.person(by).fire(case.id, "attest", self.statement("confirmed", minutes, case))

    def statement(self, side: str, minutes: int, case: Case) -> dict[str, object]:
        """A form that says so many minutes, until the volunteer of the service was checked out."""
        end = self.coordinator.get(case.id).data["left_at"]
        assert isinstance(end, datetime)
        form: dict[str, object] = {f"{side}_minutes": minutes, f"{side}_content": f"{side}: 清理楼道"}
        form |= {f"{side}_start": end - timedelta(minutes=minutes), f"{side}_end": end}
        return form if side == "certified" else {**form, "rating": "5"}

    def settled(self, case: Case, certified: int, confirmed: int) -> Case:
        """The service after both statements and their comparison, as the coordinator sees it."""
        self.certify(case, certified)
        self.attest(case, confirmed)
        self.wait(timedelta(minutes=1))
        return self.coordinator.get(case.id)

    def earned(self, file: Case, minutes: int) -> Case:
        """A service that is credited with so many minutes."""
        case = self.done(file, self.task(1, planned_minutes=minutes))
        return self.settled(case, minutes, minutes)


def code(call: Callable[[], object]) -> str:
    """The code with which a call is refused; empty where it is accepted."""
    try:
        call()
    except Refused as no:
        return no.refusal.code
    return ""

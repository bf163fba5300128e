"""Teams are set up and volunteers registered before the season begins; a few leave or donate while it lasts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import attrs

from casework import Case, Text
from casework.volunteering.demo.stage import Course, Stage
from casework.volunteering.demo.words import COMMUNITY, EMPLOYERS, GIVEN, STRENGTHS, SURNAMES, TEAMS
from casework.volunteering.yearly import CHINA

_SKILLS = {"law": "law", "doctor": "nursing", "culture": "teaching"}
_DAY = timedelta(days=1)


@attrs.define
class Community:
    """Who there is: the files of volunteers by number, their teams, and projects by team."""

    files: dict[str, str] = attrs.field(factory=dict)
    teams: dict[str, list[str]] = attrs.field(factory=dict)
    projects: dict[str, str] = attrs.field(factory=dict)

    def candidates(self, team: str, rng: Random) -> list[str]:
        """Who may sign up for something of *team*: its members first, then some others, in order of asking."""
        members = self.teams[team]
        others = [number for name, numbers in self.teams.items() if name != team for number in numbers]
        # Some come nearly always, many now and then: the first of the list are the keen ones.
        own = sorted(members, key=lambda number: rng.random() * (2 + members.index(number)))
        return own + rng.sample(others, min(len(others), max(1, len(own) // 3)))


def found(stage: Stage, volunteers: int) -> Community:
    """Register everybody; the community as the season finds it."""
    community = Community()
    for number, team in enumerate(TEAMS):
        _set_up(stage, community, team, volunteers // len(TEAMS) + 3)
        for member in range(number, volunteers, len(TEAMS)):
            _register(stage, community, f"vol-{member + 1:04}", team)
    return community


def _set_up(stage: Stage, community: Community, name: str, seats: int) -> None:
    desk, (title, purpose) = stage.coordinator, TEAMS[name]
    team = stage.open(desk, "team", unit=COMMUNITY, name=title.zh, purpose=purpose)
    stage.fire(desk, team, "name_leader", leader_is=f"leader-{name}")
    stage.fire(desk, team, "set_up_seats", count=min(seats, 1000))
    stage.fire(desk, team, "activate")
    community.teams[name] = []
    project = stage.open(desk, "project", unit=COMMUNITY, name=f"{title.zh}年度项目", purpose=purpose)
    stage.fire(desk, project, "start")
    community.projects[name] = project.id
    community.files[f"team {name}"] = team.id


def _register(stage: Stage, community: Community, number: str, team: str) -> None:
    rng, desk = stage.chance(number), stage.coordinator
    sex = rng.choice(("male", "female"))
    employed = rng.random() < 0.5
    minor = rng.random() < 0.04
    file = stage.open(
        desk,
        "volunteer",
        unit=COMMUNITY,
        subjects={"volunteer": number},
        name=rng.choice(SURNAMES) + rng.choice(GIVEN[sex]),
        sex=sex,
        born=date(
            rng.randint(2009, 2011) if minor else rng.randint(1948, 2006), rng.randint(1, 12), rng.randint(1, 28)
        ),
        phone=f"000-{rng.randint(0, 9999):04}",
        area="昌和社区",
        skill=_SKILLS.get(team, "hands"),
        strengths=rng.choice(STRENGTHS),
        intention=TEAMS[team][1],
        consent=True,
        minor=minor,
        employer=rng.choice(EMPLOYERS) if employed else None,
        employer_told=rng.random() < 0.8 if employed else None,
    )
    if minor:
        stage.slip(_NO_GUARDIAN, lambda: desk.fire(file.id, "register", login=number), "unmet")
        desk.amend(file.id, guardian_agrees=True)
    _equip(stage, file, number, team, rng)
    community.files[number] = file.id
    community.teams[team].append(number)


def _equip(stage: Stage, file: Case, number: str, team: str, rng: Random) -> None:
    desk = stage.coordinator
    stage.fire(desk, file, "register", login=number)
    stage.fire(desk, file, "join_team", team=team)
    if rng.random() < 0.9:
        stage.fire(desk, file, "insure", policy=f"志愿险{number[-4:]}")
    if team in ("law", "doctor") or rng.random() < 0.15:
        stage.fire(desk, file, "verify_licence", licence="资格证书（已核验）")


_NO_GUARDIAN = Text("registering a minor without the guardian", "未经监护人同意登记未成年志愿者")
_TOO_GENEROUS = Text("donating more than one has saved", "捐赠的时间多于已储蓄")


def donating(stage: Stage, number: str, file: str) -> Course:
    """Somebody gives some of their minutes away, now and then."""
    rng = stage.chance(f"donate {number}")
    for month in (4, 5, 6, 7):
        yield datetime(2026, month, rng.randint(2, 8), rng.randint(9, 17), tzinfo=CHINA)
        _donate(stage, number, file, 30 * rng.randint(1, 4))


def _donate(stage: Stage, number: str, file: str, minutes: int) -> None:
    desk = stage.person(number)
    case = stage.attempt(
        _TOO_GENEROUS, lambda: desk.fire(file, "donate", minutes=minutes), "limit-reached", "wrong-state"
    )
    stage.tally.given += minutes if case is not None else 0


def leaving(stage: Stage, number: str, file: str) -> Course:
    """Somebody moves away in the midst of the season."""
    rng = stage.chance(f"leave {number}")
    yield datetime(2026, 5, rng.randint(1, 30), 10, tzinfo=CHINA) + rng.random() * _DAY
    stage.fire(stage.person(number), file, "leave", reason="迁居外地")

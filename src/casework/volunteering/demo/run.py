"""The community's season from its registration to its report: play, verify, tell."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

from casework import Casework, DemoRun, FrozenClock, Language, StoreOptions, Text, seeded_entropy
from casework.volunteering import case_types, for_employers, honours, parts, years
from casework.volunteering.demo.census import take_census
from casework.volunteering.demo.grid import matter
from casework.volunteering.demo.helping import asking, matching
from casework.volunteering.demo.page import write_page
from casework.volunteering.demo.people import Community, donating, found, leaving
from casework.volunteering.demo.plan import SEASON, season
from casework.volunteering.demo.results import Results, disagreements
from casework.volunteering.demo.services import occasion
from casework.volunteering.demo.stage import AUDITOR, Stage
from casework.volunteering.demo.summary import summary
from casework.volunteering.demo.tables import write_tables
from casework.volunteering.demo.words import VOLUNTEERS
from casework.volunteering.yearly import CHINA, Standard

USUAL_CASES = 120
"""What ``--cases`` is unless it is given; it stands for the community as large as it is."""
_BEGINS = datetime(2026, 2, 16, 1, tzinfo=UTC)
_FEWEST = 12
_SEASON_STANDARD = Standard(minutes=10 * 60)
_USED = Text(
    "this store holds volunteers already; the season is played into an empty one (--store)",
    "此存储中已有志愿者档案；演示须使用空的存储（--store）",
)


def run(asked: DemoRun) -> int:
    """Play the season and report it; the number of problems, 0 where the records are whole."""
    clock = FrozenClock(_BEGINS)
    # The file can be made again by the same command, so the last second of it need not survive a power cut.
    options = StoreOptions(sole_process=True, synchronous="NORMAL")
    app = Casework(
        asked.store,
        case_types=case_types(),
        parts=parts(),
        clock=clock,
        entropy=seeded_entropy(asked.seed),
        options=options,
    )
    try:
        app.create_tables()
        if app.desk(AUDITOR).find("volunteer", limit=1).cases:
            asked.say(_USED.in_(_language(asked)))
            return 1
        return _run(asked, app, clock)
    finally:
        app.dispose()


def _language(asked: DemoRun) -> Language:
    return "zh" if asked.language == "zh" else "en"


def _run(asked: DemoRun, app: Casework, clock: FrozenClock) -> int:
    began = monotonic()
    total = (SEASON[1] - SEASON[0]).days

    def tell(at: datetime) -> None:
        day = at.astimezone(CHINA).date()
        asked.progress(min(max((day - SEASON[0]).days, 0), total), total, f"{day}")

    stage = Stage(app, clock, asked.seed, tell)
    volunteers = _play(stage, asked)
    played = monotonic() - began
    results = _results(asked, stage, volunteers)
    asked.out.mkdir(parents=True, exist_ok=True)
    page = write_page(results, asked.out / "volunteering.html", _language(asked))
    write_tables(results, asked.out)
    for line in summary(results, _language(asked), played, page):
        asked.say(line)
    return len(results.problems) + len(results.verdict.faults)


def _play(stage: Stage, asked: DemoRun) -> int:
    """Everything that happens; the number of volunteers."""
    scale = asked.cases / USUAL_CASES
    volunteers = max(_FEWEST, round(VOLUNTEERS * scale))
    community = found(stage, volunteers)
    for one in season(scale, asked.seed):
        stage.begin(occasion(stage, community, one))
    _begin_others(stage, community, scale)
    stage.play()
    return volunteers


def _begin_others(stage: Stage, community: Community, scale: float) -> None:
    for index in range(max(6, round(110 * scale))):
        stage.begin(asking(stage, community, index))
    for index in range(max(6, round(130 * scale))):
        stage.begin(matter(stage, index))
    stage.begin(matching(stage, community, max(1, round(3 * scale))))
    numbers = [number for numbers in community.teams.values() for number in numbers]
    rng = stage.chance("others")
    for number in rng.sample(numbers, max(2, len(numbers) // 8)):
        stage.begin(donating(stage, number, community.files[number]))
    for number in rng.sample(numbers, max(1, len(numbers) // 60)):
        stage.begin(leaving(stage, number, community.files[number]))


def _results(asked: DemoRun, stage: Stage, volunteers: int) -> Results:
    census = take_census(stage)
    found_years = years(stage.coordinator, SEASON[0].year)
    followed = stage.tally.followed
    case = None if followed is None else stage.auditor.get(followed)
    return Results(
        seed=asked.seed,
        until=stage.now,
        volunteers=volunteers,
        tally=stage.tally,
        census=census,
        years=found_years,
        honoured=honours(found_years, _SEASON_STANDARD),
        employers=for_employers(stage.coordinator, found_years),
        followed=None if case is None else (case, stage.auditor.history(case)),
        verdict=stage.app.verify(),
        problems=(*stage.tally.problems, *disagreements(stage.tally, census)),
    )

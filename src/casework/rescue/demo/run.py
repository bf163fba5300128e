"""The station's month from its register to its report: play, import, verify, tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from casework import Casework, DemoRun, FrozenClock, StoreOptions, SystemClock, Text, seeded_entropy
from casework.rescue.casetype import rescue
from casework.rescue.demo.census import levels, take_census
from casework.rescue.demo.generate import JULY_2026, generate
from casework.rescue.demo.imports import Imported, import_register
from casework.rescue.demo.page import write_page
from casework.rescue.demo.player import Player, Tally
from casework.rescue.demo.reading import Rejected, read_register
from casework.rescue.demo.register import STATION_TIME, Row
from casework.rescue.demo.results import Hop, Results, disagreements
from casework.rescue.demo.staff import AUDITOR, UNITS, Staff
from casework.rescue.demo.summary import rejected_line, summary
from casework.rescue.station import station

SHIPPED = 120, 2026
"""Cases and seed of the register that is shipped."""
_MONTH_ENDS = datetime(2026, 8, 1, tzinfo=STATION_TIME)
_BEGINS = datetime(2026, 6, 28, tzinfo=UTC)
_USED = Text(
    "this store holds rescue cases already; the month is played into an empty one (--store)",
    "此存储中已有救助案件；演示须使用空的存储（--store）",
)


def anlu() -> Path | None:
    """The folder with the shipped registers: beside an installed package, or in a checkout."""
    here = Path(__file__).resolve()
    folders = (here.parents[1] / "anlu", here.parents[4] / "examples" / "anlu")
    return next((folder for folder in folders if (folder / "register.csv").is_file()), None)


def run(asked: DemoRun) -> int:
    """Play the month and report it; the number of problems, 0 where the records are whole."""
    clock = FrozenClock(_BEGINS)
    # The file can be made again by the same command, so the last second of it need not survive a power cut.
    options = StoreOptions(sole_process=True, synchronous="NORMAL")
    app = Casework(
        asked.store, case_types=[rescue, station], clock=clock, entropy=seeded_entropy(asked.seed), options=options
    )
    try:
        app.create_tables()
        if app.desk(AUDITOR).find("rescue", limit=1).cases:
            asked.say(_USED.in_("zh" if asked.language == "zh" else "en"))
            return 1
        return _run(asked, app, clock)
    finally:
        app.dispose()


def _run(asked: DemoRun, app: Casework, clock: FrozenClock) -> int:
    began = monotonic()
    rows = _Rows(asked)
    player = Player(app, clock, asked.seed, _stations(app, rows.total), lambda tally: _tell(asked, tally, rows.total))
    tally = player.play(rows)
    played = monotonic() - began
    results = _results(asked, app, clock, tally, rows.problems)
    asked.out.mkdir(parents=True, exist_ok=True)
    page = write_page(results, asked.out / "rescue.html", "zh" if asked.language == "zh" else "en")
    for line in summary(results, "zh" if asked.language == "zh" else "en", played, page):
        asked.say(line)
    return len(results.problems) + len(results.verdict.faults)


class _Rows:
    """The lines of the register that was asked for, or made up from the seed; bad lines are told and skipped."""

    def __init__(self, asked: DemoRun) -> None:
        self._asked, self.problems = asked, list[str]()
        folder = anlu()
        shipped = folder / "register.csv" if folder is not None else None
        usual = (asked.cases, asked.seed) == SHIPPED and shipped is not None
        self._path = asked.register or (shipped if usual else None)
        self.total = asked.cases if self._path is None else _lines(self._path)

    def __iter__(self) -> Iterator[Row]:
        if self._path is None:
            yield from generate(self._asked.cases, self._asked.seed, JULY_2026)
            return
        until = _MONTH_ENDS if self._asked.register is None else max(_MONTH_ENDS, SystemClock().now())
        for item in read_register(self._path, until=until):
            if isinstance(item, Rejected):
                self.problems.append(f"line {item.line} of the register was not taken")
                for line in rejected_line(item, "zh" if self._asked.language == "zh" else "en"):
                    self._asked.say(line)
            else:
                yield item


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return max(sum(1 for _ in file) - 1, 0)


def _stations(app: Casework, people: int) -> dict[str, str]:
    """Open every station with its beds; that of Anlu has rather few for so many people, so that it fills up."""
    staff, found = Staff(app), {}
    for unit, name in UNITS.items():
        desk = staff.desk("director", unit)
        found[unit] = desk.open("station", name=name.zh).id
        many = people if unit == "anlu" else 0
        desk.fire(found[unit], "add_beds", sex="male", count=min(3 + round(many * 0.075), 1000))
        desk.fire(found[unit], "add_beds", sex="female", count=min(2 + round(many * 0.026), 1000))
    return found


def _tell(asked: DemoRun, tally: Tally, total: int) -> None:
    last = tally.arrived.astimezone(STATION_TIME) if tally.arrived is not None else None
    asked.progress(tally.outcomes.total(), total, f"{last:%Y-%m-%d}" if last is not None else "")


def _results(asked: DemoRun, app: Casework, clock: FrozenClock, tally: Tally, problems: list[str]) -> Results:
    census = take_census(app, clock.now())
    imported = _import(app, clock)
    verdict = app.verify()
    # The last arrival and a day more: afterwards the house empties, for nobody new is played.
    until = (tally.arrived or _BEGINS) + timedelta(days=1)
    return Results(
        seed=asked.seed,
        until=clock.now(),
        tally=tally,
        census=census,
        levels=tuple(levels(census, until)),
        hops=_hops(app, tally),
        imported=imported,
        verdict=verdict,
        problems=(
            *tally.problems,
            *disagreements(tally, census),
            *problems,
            *(imported.problems if imported is not None else ()),
        ),
    )


def _import(app: Casework, clock: FrozenClock) -> Imported | None:
    folder = anlu()
    if folder is None or not (folder / "register-with-errors.csv").is_file():
        return None
    return import_register(app, clock, folder / "register-with-errors.csv", _MONTH_ENDS)


def _hops(app: Casework, tally: Tally) -> tuple[Hop, ...]:
    desk = app.desk(AUDITOR)
    return tuple(Hop(unit, desk.get(case_id), desk.history(case_id)) for case_id, unit in tally.followed)

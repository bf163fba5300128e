"""A month is played through the engine, ends whole, and is the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from demo.playing import CASES, SEED, Told, digest, play
from stores import fresh

from casework import Actor, Case, Casework, Desk
from casework.rescue import rescue, station
from casework.rescue.demo import generate, write_register
from casework.rescue.demo.staff import AUDITOR, UNITS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(month: Told) -> Casework:
    return Casework(month.store, case_types=[rescue, station])


def everything(desk: Desk, case_type: str = "rescue") -> list[Case]:
    found, after = [], None
    while True:
        page = desk.find(case_type, after=after, limit=200)
        found += page.cases
        if not page.more:
            return found
        after = page.after


def test_the_month_ends_whole(month: Told, app: Casework) -> None:
    verdict = app.verify()
    app.dispose()

    assert 0 == month.problems, month.said
    assert verdict.whole and verdict.entries > 10 * CASES


def test_every_case_ends_as_the_register_says(app: Casework) -> None:
    cases = [case for case in everything(app.desk(AUDITOR)) if case.unit == "anlu"]
    reached = Counter(case.state if case.closed else "staying" for case in cases)
    app.dispose()

    assert Counter(row.outcome for row in generate(CASES, SEED)) == reached


def test_the_same_seed_gives_the_same_bytes_in_a_process_with_another_hash_seed(month: Told, tmp_path: Path) -> None:
    store = fresh()
    script = (
        "import sys; from pathlib import Path; a, b = sys.argv[1:]; from demo.playing import play; play(Path(a), b)"
    )
    paths = os.pathsep.join(str(ROOT / part) for part in ("src", "tests"))
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", script, str(tmp_path), store], env=environment, check=True, timeout=60)

    assert digest(month.store) == digest(store)
    assert month.page == (tmp_path / "out" / "rescue.html").read_text(encoding="utf-8")


def test_the_relay_has_three_hops_each_signed_by_two_people(app: Casework) -> None:
    desk = app.desk(AUDITOR)
    cases = everything(desk)
    by_parent = {case.parent: case for case in cases if case.parent is not None}
    (first,) = [case for case in cases if case.unit == "lianyungang"]
    chain = [first]
    while chain[-1].id in by_parent:
        chain.append(by_parent[chain[-1].id])
    logs = [desk.history(case) for case in chain]
    app.dispose()

    assert ["lianyungang", "xiaogan", "anlu"] == [case.unit for case in chain]
    assert ["transferred", "transferred", "reunited"] == [case.state for case in chain]
    for log in logs:
        doers = {entry.trigger: entry.person for entry in log}
        assert doers["sign_handover"] != doers["countersign_handover"]
    fired = [entry.trigger for entry in logs[-1]]
    assert fired.index("reunite") < fired.index("reopen") < fired.index("admit")


def test_no_bed_is_lost_and_none_is_left_taken_by_a_closed_case(app: Casework) -> None:
    director = {unit: app.desk(Actor("d", {"director"}, unit=unit)) for unit in UNITS}
    (house,) = [case for case in everything(director["anlu"], "station") if case.unit == "anlu"]
    moved: Counter[str] = Counter()
    desk = app.desk(AUDITOR)
    for case in [*everything(desk), house]:
        for entry in desk.history(case):
            for debit, credit, commodity, amount in entry.postings:
                if commodity == "bed":
                    moved[debit] -= amount
                    moved[credit] += amount
    lodged = Counter(case.unit for case in everything(desk) if case.states["care"] == "sheltered")
    app.dispose()

    assert lodged["anlu"] == sum(n for account, n in moved.items() if account.startswith("occupied|anlu"))
    assert all(n >= 0 for account, n in moved.items() if account.startswith("beds|anlu"))


@pytest.mark.usefixtures("unplotted")
def test_a_store_with_cases_in_it_is_left_alone(tmp_path: Path) -> None:
    first = play(tmp_path, fresh(), cases=3)
    before = digest(first.store)

    again = play(tmp_path, first.store, cases=3)

    assert 1 == again.problems and "--store" in again.said
    assert before == digest(first.store)


@pytest.mark.usefixtures("unplotted")
def test_a_register_of_ones_own_is_played_and_its_bad_line_told(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    write_register(generate(4, 1), path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines[2] = lines[2].replace(",男,", ",南,").replace(",女,", ",南,")
    path.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")

    told = play(tmp_path, fresh(), register=path, language="en")

    assert 1 == told.problems
    assert "line 3, sex: “南” is not one of the choices" in told.said
    assert "3 people" in told.said


def test_ten_thousand_arrivals_take_no_more_memory_at_the_end_than_at_the_start() -> None:
    rows = generate(10_000, SEED)
    count = sum(1 for _ in islice(rows, 9_000))
    tracemalloc.start()
    count += sum(1 for _ in rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert 10_000 == count
    assert peak < 100_000

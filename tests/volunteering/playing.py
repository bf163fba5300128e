"""Play a small season and see what it left behind."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import attrs

from casework import DemoRun
from casework.volunteering.demo.run import run

CASES, SEED = 12, 7
FILES = ("volunteering.html", "volunteering.md", "figures.json", "teams.csv", "years.csv")


@attrs.frozen
class Told:
    """What a run left behind: its answer, what it said, its store and its files."""

    problems: int
    said: str
    store: Path
    files: dict[str, str]


def play(folder: Path, language: str = "zh") -> Told:
    """Run the demo in *folder*."""
    lines: list[str] = []
    store = folder / "season.db"
    problems = run(
        DemoRun(
            store=f"sqlite:///{store}",
            cases=CASES,
            seed=SEED,
            out=folder / "out",
            language=language,
            progress=lambda done, total, note="": None,
            say=lines.append,
        )
    )
    found = {name: folder / "out" / name for name in FILES}
    files = {name: path.read_text(encoding="utf-8") for name, path in found.items() if path.exists()}
    return Told(problems, "\n".join(lines), store, files)


def digest(store: Path) -> str:
    """One hash over every byte of every entry of the log, sealed values among them."""
    whole = hashlib.sha256()
    with sqlite3.connect(store) as connection:
        rows = connection.execute(
            'SELECT tenant, case_id, number, body, hash, "values" FROM casework_entry ORDER BY tenant, case_id, number'
        )
        for row in rows:
            whole.update(repr(row).encode())
    connection.close()
    return whole.hexdigest()

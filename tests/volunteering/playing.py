"""Play a small season and see what it left behind."""

from __future__ import annotations

import hashlib
from pathlib import Path

import attrs
from outside import outside

from casework import DemoRun
from casework.volunteering.demo.run import run

CASES, SEED = 12, 7
FILES = ("volunteering.html", "volunteering.md", "figures.json", "teams.csv", "years.csv")


@attrs.frozen
class Told:
    """What a run left behind: its answer, what it said, its store and its files."""

    problems: int
    said: str
    store: str
    files: dict[str, str]


def play(folder: Path, store: str | None = None, language: str = "zh") -> Told:
    """Run the demo in *folder*, on a store of its own there where none is given."""
    lines: list[str] = []
    store = store or f"sqlite:///{folder / 'season.db'}"
    problems = run(
        DemoRun(
            store=store,
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


def digest(store: str) -> str:
    """One hash over every byte of every entry of the log, sealed values among them."""
    whole = hashlib.sha256()
    with outside(store) as connection:
        for row in connection.ask(
            'SELECT tenant, case_id, number, body, hash, "values" FROM casework_entry ORDER BY tenant, case_id, number'
        ):
            whole.update(repr(row).encode())
    return whole.hexdigest()

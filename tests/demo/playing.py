"""Play a month and see what it left behind."""

from __future__ import annotations

import hashlib
from pathlib import Path

import attrs
from outside import outside

from casework import DemoRun
from casework.rescue.demo.run import run

SEED = 7
CASES = 30


@attrs.frozen
class Told:
    """What a run left behind: its answer, what it said, its store and its page."""

    problems: int
    said: str
    store: str
    page: str


def play(
    folder: Path,
    store: str | None = None,
    *,
    cases: int = CASES,
    seed: int = SEED,
    language: str = "zh",
    register: Path | None = None,
) -> Told:
    """Run the demo in *folder*, on a store of its own there where none is given."""
    lines: list[str] = []
    store = store or f"sqlite:///{folder / 'month.db'}"
    problems = run(
        DemoRun(
            store=store,
            cases=cases,
            seed=seed,
            out=folder / "out",
            language=language,
            progress=lambda done, total, note="": None,
            say=lines.append,
            register=register,
        )
    )
    page = folder / "out" / "rescue.html"
    return Told(problems, "\n".join(lines), store, page.read_text(encoding="utf-8") if page.exists() else "")


def digest(store: str) -> str:
    """One hash over every byte of every entry of the log, sealed values among them."""
    whole = hashlib.sha256()
    with outside(store) as connection:
        for row in connection.ask(
            'SELECT tenant, case_id, number, body, hash, "values" FROM casework_entry ORDER BY tenant, case_id, number'
        ):
            whole.update(repr(row).encode())
    return whole.hexdigest()

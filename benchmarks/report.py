"""Telling: where it ran, a table for the terminal, JSON, Markdown and a plot for a folder."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import effects
from benchmarks.measure import Figure
from benchmarks.plot import plot

PACKAGES = ("casework", "attrs", "SQLAlchemy", "transitions", "psycopg")
HEADINGS = ("what", "figure", "against", "ratio", "middle half", "goal", "", "note")
Told = Mapping[str, Sequence[Figure]]


def machine() -> dict[str, str]:
    """Where this runs: machine, versions, and how busy it was."""
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "cores": str(os.cpu_count()),
        "load average": " ".join(f"{load:.2f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "from the tree"


def cells(figure: Figure) -> tuple[str, ...]:
    """One line of a table."""
    return (
        figure.name,
        f"{figure.value:,.{0 if figure.value >= 100 else 1}f} {figure.unit}",
        figure.against,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if figure.spread is None else f"{figure.spread[0]:.2f}–{figure.spread[1]:.2f}",
        "" if figure.goal is None else str(figure.goal),
        {None: "", True: "holds", False: "MISSED"}[figure.met],
        figure.note,
    )


def table(figures: Sequence[Figure]) -> str:
    """Figures in columns for the terminal."""
    rows = [HEADINGS, *map(cells, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def markdown(place: Mapping[str, str], told: Told) -> str:
    """All figures as tables for a page."""
    lines = [", ".join(f"{name} {value}" for name, value in place.items()) + "."]
    for name, figures in told.items():
        lines += ["", f"**{name}**", "", f"| {' | '.join(HEADINGS)} |", "|---|--:|---|--:|---|---|---|---|"]
        lines += [f"| {' | '.join(cells(figure))} |" for figure in figures]
    return "\n".join(lines) + "\n"


def write(folder: Path, place: Mapping[str, str], told: Told) -> None:
    """Write ``benchmarks.json``, ``benchmarks.md`` and, where altair is installed, plots in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"machine": place, "figures": {name: [_plain(each) for each in told[name]] for name in told}}
    (folder / "benchmarks.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "benchmarks.md").write_text(markdown(place, told), encoding="utf-8")
    for language in ("en", "zh"):
        plots = {"benchmarks": plot(told, language), "effects": effects.chart(told.get("effects", ()), language)}
        for name, drawn in plots.items():
            if drawn is not None:
                (folder / f"{name}-{language}.svg").write_text(drawn, encoding="utf-8")


def _plain(figure: Figure) -> dict[str, object]:
    goal = None if figure.goal is None else str(figure.goal)
    return {
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "against": figure.against,
        "ratio": figure.ratio,
        "middle_half": figure.spread,
        "goal": goal,
        "met": figure.met,
        "note": figure.note,
    }

"""Golden histories: stores in which cases of everything that ships have lived, to be read by every later casework.

``python -m golden.recorded`` in ``tests/`` records what ships now where it is not recorded yet, and drops what was
never released; ``--release`` notes what ships now as released, so that it is kept for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from cluster import in_memory

from casework import Actor, Case, CaseType, Casework, Field, FrozenClock, Refused, StoreOptions, seeded_entropy

FOLDER = Path(__file__).parent
RELEASED = FOLDER / "released.txt"
SETS: Mapping[str, tuple[str, ...]] = {
    "rescue": ("casework.rescue",),
    "volunteering": ("casework.volunteering",),
    "everything": (
        "casework.rescue",
        "casework.volunteering",
        "casework_police",
        "casework_police.rescue",
        "casework_hospital",
        "casework_hospital.rescue",
    ),
}
"""What is recorded together, by the modules of its plugins."""

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
EXPECTED = "-- expected: "
STEPS, CASES = 10, 2


def shipped(name: str, url: str = "sqlite://", **more: Any) -> Casework:
    """An application, by default in memory, of one set as it ships now."""
    return Casework(url, plugins=[import_module(module) for module in SETS[name]], **more)


def file_of(name: str) -> Path:
    """Where the histories of a set as it ships now are, or belong."""
    app = shipped(name)
    told = "\n".join(sorted(manifest.hash for manifest in app.manifests.values()))
    app.dispose()
    return FOLDER / f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:12]}.sql.gz"


def kept() -> tuple[Path, ...]:
    """Every recorded store."""
    return tuple(sorted(FOLDER.glob("*.sql.gz")))


def script_of(path: Path) -> str:
    """The statements that make a recorded store."""
    return gzip.decompress(path.read_bytes()).decode()


def expected_of(path: Path) -> dict[str, Any]:
    """The *roles* of who looked, and by id how all *cases* stood for them when they were recorded."""
    told: dict[str, Any] = json.loads(script_of(path).partition("\n")[0].removeprefix(EXPECTED))
    return told


def everybody(case_types: tuple[CaseType, ...], name: str = "ana") -> Actor:
    """Somebody who may do whatever some role may."""
    return Actor(name, roles={role.name for case_type in case_types for role in case_type.roles})


def standing(case: Case) -> dict[str, Any]:
    """What has to be the same for ever: states, data, due dates, as plain text."""
    return {
        "states": dict(case.states),
        "data": {name: repr(value) for name, value in sorted(case.data.items())},
        "dues": {name: at.isoformat() for name, at in sorted(case.dues.items())},
        "revision": case.revision,
        "closed": None if case.closed_at is None else case.closed_at.isoformat(),
    }


def _value(luck: random.Random, field: Field) -> Any:
    made: dict[str, Any] = {
        "text": f"word {luck.randint(0, 99)}",
        "integer": int(field.minimum or 0) + luck.randint(1, 3),  # type: ignore[call-overload]
        "decimal": Decimal(luck.randint(1, 9)),
        "float": 1.5,
        "boolean": luck.random() < 0.5,
        "date": date(1980, 1, luck.randint(1, 28)),
        "instant": START + timedelta(hours=luck.randint(0, 9)),
    }
    return luck.choice(field.choices).name if field.type == "choice" else made[field.type]


def _filled(luck: random.Random, fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        field.name: _value(luck, field)
        for field in fields
        if not field.managed and (field.required or luck.random() < 0.7)
    }


def _lives(app: Casework, clock: FrozenClock, luck: random.Random) -> Iterator[Case]:
    """Some cases of every type, each taken some steps along by two persons who may do everything."""
    desks = [app.desk(everybody(app.case_types, name)) for name in ("ana", "ben")]
    for case_type in app.case_types:
        for _ in range(CASES):
            try:
                case = desks[0].open(case_type.name, _filled(luck, case_type.data), unit="north")
            except Refused:
                continue  # some are opened by other cases only
            for _ in range(STEPS):
                case = _step(app, clock, luck, luck.choice(desks), case.id)
    for case_type in app.case_types:
        yield from desks[0].find(case_type.name).cases


def _step(app: Casework, clock: FrozenClock, luck: random.Random, desk: Any, case_id: str) -> Case:
    clock.advance(timedelta(hours=luck.choice((1, 5, 30))))
    app.run_due()
    app.send_waiting()
    case: Case = desk.get(case_id)
    triggers = desk.available(case)
    if triggers:
        trigger = luck.choice(triggers)
        chain = app.manifest(case).case_type.chain
        forms = [step.form for workflow in chain for step in workflow.transitions if step.trigger == trigger]
        fields = tuple({field.name: field for form in forms for field in form}.values())
        try:
            case = desk.fire(case, trigger, _filled(luck, fields))
        except Refused:
            case = desk.note(case, f"{trigger} was refused") if luck.random() < 0.3 else case
    return case


def record(name: str) -> Path:
    """Write the histories of a set as it ships now."""
    path, clock = file_of(name), FrozenClock(START)
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        store = Path(folder, "store.db")
        entropy, options = seeded_entropy(f"golden {name}"), StoreOptions(synchronous="NORMAL")
        app = shipped(name, f"sqlite:///{store}", clock=clock, entropy=entropy, options=options)
        app.create_tables()
        luck = random.Random(name)
        cases = {case.id: standing(case) for case in _lives(app, clock, luck)}
        expected = {"roles": sorted(everybody(app.case_types).roles), "cases": cases}
        assert app.verify().whole
        app.dispose()
        with closing(sqlite3.connect(store)) as connection:
            lines = [f"{EXPECTED}{json.dumps(expected, ensure_ascii=False, sort_keys=True)}", *connection.iterdump()]
    path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    return path


def main() -> None:
    """Record what is not recorded, drop what was never released; with ``--release`` note what ships as released."""
    present = {file_of(name): name for name in SETS}
    if "--release" in sys.argv:
        RELEASED.write_text("".join(f"{name}\n" for name in sorted({*released(), *(path.name for path in present)})))
    for path in kept():
        if path not in present and path.name not in released():
            path.unlink()
    for path, name in present.items():
        if not path.exists():
            print(record(name).name)


def released() -> frozenset[str]:
    """The files that were released, to be kept for ever."""
    return frozenset(RELEASED.read_text().split()) if RELEASED.exists() else frozenset()


if __name__ == "__main__":
    main()

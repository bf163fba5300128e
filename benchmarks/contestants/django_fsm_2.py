"""django-fsm-2 on Django's ORM: a protected state, one condition, an audit row, all in one transaction."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings

FOLDER, NUMBER = Path(sys.argv[1]), int(sys.argv[2])
ROUND = ("admit", "discharge", "trace", "arrange", "reassess")
STATES = ("assessed", "hospitalized", "sheltered", "traced", "arranged")

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / "django.db",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    },
    INSTALLED_APPS=[],
    USE_TZ=True,
)
django.setup()

from django.db import connection, models, transaction  # noqa: E402 -- Django wants its settings first
from django_fsm import FSMField, transition  # noqa: E402


def _methods() -> dict[str, Any]:
    def moving(trigger: str, source: str, target: str) -> Any:
        def move(self: Any) -> None:
            """Nothing besides the state."""

        move.__name__ = trigger
        return transition(field="state", source=source, target=target, conditions=[lambda case: case.age < 130])(move)

    targets = (*STATES[1:], STATES[0])
    return {t: moving(t, s, d) for t, s, d in zip(ROUND, STATES, targets, strict=True)}


def _model(name: str, fields: dict[str, Any]) -> Any:
    meta = type("Meta", (), {"app_label": "bench"})
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


Case = _model(
    "Case",
    {"state": FSMField(default="assessed", protected=True), "age": models.IntegerField(), **_methods()},
)
Audit = _model(
    "Audit",
    {
        "case": models.IntegerField(),
        "trigger": models.CharField(max_length=40),
        "at": models.DateTimeField(auto_now=True),
    },
)


def main() -> None:
    """Make the cases, then a round for every line."""
    with connection.schema_editor() as editor:
        editor.create_model(Case)
        editor.create_model(Audit)
    ids = [Case.objects.create(age=30).pk for _ in range(NUMBER)]
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        for pk in ids:
            for trigger in ROUND:
                with transaction.atomic():
                    case = Case.objects.get(pk=pk)
                    getattr(case, trigger)()
                    case.save(update_fields=["state"])
                    Audit.objects.create(case=pk, trigger=trigger)
        print(len(ids) * len(ROUND), time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    os.chdir(FOLDER)
    main()

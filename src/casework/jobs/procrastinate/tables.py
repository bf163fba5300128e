"""Make Procrastinate's tables, and bring those that we made up to the version that is installed."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import Any

from casework.errors import SetupError

_MADE = "CREATE TABLE casework_runner (runner text PRIMARY KEY, version text NOT NULL)"
_KEPT = """
INSERT INTO casework_runner (runner, version) VALUES ('procrastinate', %s)
ON CONFLICT (runner) DO UPDATE SET version = excluded.version
"""
_NAMED = re.compile(r"(\d+)\.(\d+)\.(\d+)_.*\.sql")


def prepare(connection: Any) -> None:
    """Make or migrate the tables, inside a transaction. Tables that somebody else made are left to them."""
    # Of several that start at once the others wait, and find it done.
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('casework runner', 0))")
    present = _present(connection, "procrastinate_jobs")
    if not _present(connection, "casework_runner"):
        connection.execute(_MADE)
    found = connection.execute("SELECT version FROM casework_runner WHERE runner = 'procrastinate'").fetchone()
    if not present:
        connection.execute(_schema())
    elif found is None:
        return
    elif found[0] == importlib.metadata.version("procrastinate"):
        return  # the account of an app may look, and change nothing
    else:
        for script in _later(_parsed(found[0])):
            connection.execute(script.read_text(encoding="utf-8"))
    connection.execute(_KEPT, (importlib.metadata.version("procrastinate"),))


def _present(connection: Any, table: str) -> bool:
    return connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()[0] is not None


def _schema() -> str:
    try:
        from procrastinate.schema import SchemaManager
    except ImportError:
        raise SetupError("Procrastinate is not installed: pip install 'casework[postgres]'") from None
    return SchemaManager.get_schema()


def _later(version: tuple[int, ...]) -> list[Path]:
    from procrastinate.schema import SchemaManager

    scripts = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    return [script for script in scripts if (found := _NAMED.match(script.name)) and _numbers(found) > version]


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(int(part) for part in found.groups())


def _parsed(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])

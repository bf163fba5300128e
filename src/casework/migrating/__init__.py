"""Migrations: what moves running cases into another definition, checked before one of them moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.migrating.route import Route, applies
from casework.model.migration import Begin, DeadlineMap, FieldMap, MarkMap, Migration, StateMap

if TYPE_CHECKING:
    from casework.loader.migration import digest_of, dump_migration, load_migration
else:

    def __getattr__(name: str) -> object:
        """What reads and writes documents; whoever moves no case has no need of it."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from casework.loader import migration

        return getattr(migration, name)


__all__ = [
    "Begin",
    "DeadlineMap",
    "FieldMap",
    "MarkMap",
    "Migration",
    "Route",
    "StateMap",
    "applies",
    "digest_of",
    "dump_migration",
    "load_migration",
]

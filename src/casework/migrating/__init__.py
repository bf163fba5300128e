"""Migrations: what moves running cases into another definition, checked before one of them moves."""

from casework.loader.migration import digest_of, dump_migration, load_migration
from casework.migrating.route import Route, applies
from casework.model.migration import Begin, DeadlineMap, FieldMap, MarkMap, Migration, StateMap

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

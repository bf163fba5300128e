"""Migrations as documents: YAML or JSON in, YAML out, and the digest by which the log names one."""

from __future__ import annotations

import hashlib
import json

from casework.loader.structure import migration_from_document, migration_to_document
from casework.loader.write import written
from casework.model.migration import Migration


def load_migration(text: str, source: str = "<text>") -> Migration:
    """The migration that *text* describes, or DocumentError with every mistake in it."""
    from casework.loader.document import read  # a process that reads no text has no need of a reader of YAML

    document = read(text, source)
    return migration_from_document(document.data, source, document.lines)


def dump_migration(migration: Migration) -> str:
    """The YAML text of a migration: what equals its default is left out."""
    return written(migration_to_document(migration))


def digest_of(migration: Migration) -> str:
    """The SHA-256 of the canonical document of a migration, in hexadecimal."""
    document = json.dumps(migration_to_document(migration), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(document.encode()).hexdigest()

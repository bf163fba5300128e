"""Put a store in memory back to what it held before, so that tests need not build the same one again and again."""

from __future__ import annotations

from sqlalchemy import Engine

from casework.errors import SetupError
from casework.storage.sql.engine import is_memory


def held(engine: Engine) -> bytes:
    """Everything that a store in memory holds. Raises SetupError for any other store."""
    _in_memory(engine)
    raw = engine.raw_connection()
    try:
        content: bytes = raw.driver_connection.serialize()  # type: ignore[union-attr]
        return content
    finally:
        raw.close()


def put_back(engine: Engine, content: bytes) -> None:
    """Make a store in memory hold *content* and nothing else. Raises SetupError for any other store."""
    _in_memory(engine)
    raw = engine.raw_connection()
    try:
        raw.driver_connection.deserialize(content)  # type: ignore[union-attr]
    finally:
        raw.close()


def _in_memory(engine: Engine) -> None:
    if not is_memory(engine):
        raise SetupError("only a store in memory is put back; what is kept in a file stays as it is")

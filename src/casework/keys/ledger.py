"""Who was erased, kept outside the database: so that whoever restores a backup of it erases them again.

It names subjects by their numbers, never by anything else; it is kept where the keys are, apart from the database
and from its backups, and nothing is ever taken out of it.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

import attrs

from casework.clock import from_micros, to_micros
from casework.errors import LedgerDamaged, SetupError, StoreUnavailable

FORMAT = "casework-erasure-1"
_OWNER_WRITES = 0o600


@attrs.frozen(kw_only=True)
class ErasureRecord:
    """One erasure that two persons agreed on."""

    tenant: str
    subject: str
    because: str
    asked_at: datetime
    asked_by: str
    confirmed_at: datetime
    confirmed_by: str
    leaves_balances: bool = False


@runtime_checkable
class ErasureLedger(Protocol):
    """Keeps erasures for ever. Several processes may write at once.

    Each method raises StoreUnavailable where it cannot be reached just now.
    """

    def add(self, record: ErasureRecord, /) -> None:
        """Keep a record; it is there to stay before this answers. One that is there already may be kept twice."""
        ...

    def records(self) -> Iterator[ErasureRecord]:
        """Every record, the oldest first. Raises LedgerDamaged where one cannot be read."""
        ...


class ErasureFile:
    """Keeps erasures in a file, one line of JSON each, synced before anything is erased.

    A line that a crash cut short was never answered for, and is passed over. Raises SetupError where the file cannot
    be made.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path).absolute()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, _OWNER_WRITES))
            _sync_folder(self._path.parent)
        except OSError as error:
            raise SetupError(f"erasures cannot be kept in {str(path)!r}: {error.strerror}") from error

    @property
    def path(self) -> Path:
        """Where the records are."""
        return self._path

    def add(self, record: ErasureRecord, /) -> None:
        """Append a line and sync it; other processes append theirs before or after it."""
        line = json.dumps(_plain(record), sort_keys=True, ensure_ascii=True).encode()
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
            try:
                # The end of line in front closes what a crash may have left open.
                if os.write(file, b"\n" + line + b"\n") != len(line) + 2:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise StoreUnavailable(f"the erasure cannot be kept: {error.strerror}") from error

    def records(self) -> Iterator[ErasureRecord]:
        """Every record of the file."""
        try:
            lines = self._path.read_bytes().split(b"\n")
        except OSError as error:
            raise StoreUnavailable(f"the erasures cannot be read: {error.strerror}") from error
        for number, line in enumerate(lines, start=1):
            if not line:
                continue
            found = _record(line)
            if found is not None:
                yield found
            elif not _cut_short(line):
                raise LedgerDamaged(str(self._path), number)


class ErasureMemory:
    """Keeps erasures as long as the process lives: for tests."""

    def __init__(self) -> None:
        self._records: list[ErasureRecord] = []

    def add(self, record: ErasureRecord, /) -> None:
        """Keep a record."""
        self._records.append(record)

    def records(self) -> Iterator[ErasureRecord]:
        """Every record."""
        return iter(tuple(self._records))


def _plain(record: ErasureRecord) -> dict[str, object]:
    told = attrs.asdict(record)
    return {
        **told,
        "format": FORMAT,
        "asked_at": to_micros(record.asked_at),
        "confirmed_at": to_micros(record.confirmed_at),
    }


def _record(line: bytes) -> ErasureRecord | None:
    try:
        told = json.loads(line)
        if told.pop("format") != FORMAT:
            return None
        told |= {name: from_micros(told[name]) for name in ("asked_at", "confirmed_at")}
        return ErasureRecord(**told)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _cut_short(line: bytes) -> bool:
    """Whether a line is the beginning of a record that a crash cut off."""
    return line[:1] == b"{" and line[-1:] != b"}"


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

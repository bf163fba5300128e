"""The folder of a backup: files written once, synced and digested, and a manifest that is written last."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import attrs

from casework.errors import InvalidValue, SetupError
from casework.keys.streaming import OpeningStream, SealingStream
from casework.storage.backup.envelope import Envelope

FORMAT = "casework-backup-1"
MANIFEST = "manifest.json"
CHUNK = 1 << 20
_OWNER_WRITES, _OWNER_ENTERS = 0o600, 0o700


class Readable(Protocol):
    """What a file of a backup is written from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


class Writable(Protocol):
    """What a file of a backup is copied into."""

    def write(self, content: bytes, /) -> int:
        """Take these bytes."""
        ...


@attrs.frozen
class Source:
    """What is backed up: the URL of the store, where PostgreSQL's programs are, whether nothing may lie there plain."""

    url: str = attrs.field(repr=False)
    programs: Path | None
    sealed: bool


@attrs.frozen
class Stored:
    """One file of a backup: its name in the folder, the SHA-256 and the size of its bytes as they are stored."""

    name: str
    digest: str
    size: int


@attrs.frozen(kw_only=True)
class Backup:
    """What the manifest of a backup tells.

    *database* is ``sqlite`` or ``postgresql``, *version* that of the tables, *at* an instant in UTC as text.
    *entries* is the length of the log, *leaves* how many of them are in the log of all entries, and *heads* the
    SHA-256 over the heads of all cases: two backups with equal heads hold the same logs. *sealed* is None where
    the backup is plain.
    """

    database: str
    version: str
    at: str
    cases: int
    entries: int
    leaves: int
    heads: str
    files: tuple[Stored, ...]
    lost: tuple[str, ...] = ()
    sealed: dict[str, str] | None = None

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)


class Archive:
    """A new backup while it is written. The folder is made; one that holds something is refused."""

    def __init__(self, folder: Path, envelope: Envelope | None) -> None:
        self.folder, self._envelope = folder, envelope
        try:
            folder.mkdir(mode=_OWNER_ENTERS, parents=True, exist_ok=True)
            full = any(folder.iterdir())
        except OSError as error:
            raise SetupError(f"{folder} cannot be a backup: {error.strerror}") from None
        if full:
            raise SetupError(f"{folder} is not empty; a backup is a folder of its own and is never written over")
        self._files: list[Stored] = []

    def add(self, name: str, content: Readable) -> None:
        """Write a file from *content*, sealed where the backup is."""
        path = self.folder / name
        path.parent.mkdir(mode=_OWNER_ENTERS, parents=True, exist_ok=True)
        source: Any = (
            content if self._envelope is None else SealingStream(_binary(content), self._envelope.of_file(name))
        )
        found, size = hashlib.sha256(), 0
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_WRITES), "wb") as file:
            while chunk := source.read(CHUNK):
                file.write(chunk)
                found.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        self._files.append(Stored(name, found.hexdigest(), size))

    def finish(self, told: Backup) -> Backup:
        """Write the manifest, which makes the folder a backup."""
        done = attrs.evolve(told, files=tuple(self._files))
        text = json.dumps({"format": FORMAT, **attrs.asdict(done)}, indent=1)
        with os.fdopen(
            os.open(self.folder / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_WRITES), "w"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return done


def _binary(content: Readable) -> BinaryIO:
    found: Any = content
    return found  # type: ignore[no-any-return]


def read_manifest(folder: Path) -> Backup:
    """The manifest of a backup. Raises SetupError where the folder has none, as after a backup that broke off."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SetupError(f"{folder} holds no {MANIFEST}: it is no backup, or one that broke off") from None
    except (OSError, ValueError):
        raise SetupError(f"the {MANIFEST} of {folder} cannot be read") from None
    if not isinstance(told, dict) or told.pop("format", None) != FORMAT:
        raise SetupError(f"{folder} is not a backup of the form {FORMAT}")
    files = tuple(Stored(**file) for file in told.pop("files"))
    if any(".." in Path(file.name).parts or Path(file.name).is_absolute() for file in files):
        raise InvalidValue("files", "a name leads out of the backup")
    return Backup(**{**told, "files": files, "lost": tuple(told["lost"])})


def check_files(folder: Path, told: Backup) -> tuple[str, ...]:
    """The names of files that are not there, or are not as they were written."""
    return tuple(file.name for file in told.files if _digest(folder / file.name) != file.digest)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


@contextmanager
def opened(folder: Path, name: str, envelope: Envelope | None) -> Iterator[BinaryIO]:
    """The plain bytes of a file of a backup."""
    with (folder / name).open("rb") as file:
        stream: Any = file if envelope is None else OpeningStream(file, envelope.of_file(name), name)
        yield stream


def poured(source: Readable, target: Writable) -> None:
    """Copy to the end."""
    while chunk := source.read(CHUNK):
        target.write(chunk)

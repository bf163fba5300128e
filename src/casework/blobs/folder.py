"""Blobs in a folder of the file system: written aside, synced, renamed to their digest, and never changed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from casework.blobs.port import StoredBlob
from casework.errors import BlobDamaged, StoreUnavailable
from casework.ids import Entropy, system_entropy

CHUNK = 1 << 16
_DIGEST = re.compile("[0-9a-f]{64}")
_UNFINISHED = "unfinished"
_OWNER_READS, _OWNER_WRITES, _OWNER_ENTERS = 0o400, 0o600, 0o700


class BlobFolder:
    """A folder with two levels of folders in it, ``ab/cd/abcd…``. Only the owner of the process can read it.

    A blob is written under a random name, synced and then renamed, so that a crash at any instant leaves
    all of it or nothing under its digest. *entropy* gives the random names.
    """

    def __init__(self, path: str | Path, *, entropy: Entropy = system_entropy) -> None:
        self._root, self._entropy = Path(path).absolute(), entropy

    def put(self, content: BinaryIO, /) -> str:
        """Keep the bytes. Whatever stood under their digest is replaced, so that a damaged blob is mended."""
        with _reached():
            self._folder(self._root / _UNFINISHED)
            aside = self._root / _UNFINISHED / self._entropy(16).hex()
            try:
                digest = _written(content, aside)
                target = self._place(digest)
                self._folder(target.parent)
                _renamed(aside, target)
            except BaseException:
                with suppress(OSError):
                    aside.unlink()
                raise
        return digest

    def open(self, digest: str, /) -> BinaryIO:
        """The bytes of a blob."""
        with _reached():
            try:
                return self._place(digest).open("rb")
            except FileNotFoundError:
                raise BlobDamaged(digest, "it is not there") from None

    def size(self, digest: str, /) -> int | None:
        """The size of a blob."""
        with _reached():
            try:
                return self._place(digest).stat().st_size
            except FileNotFoundError:
                return None

    def delete(self, digest: str, /) -> None:
        """Remove a blob."""
        with _reached():
            self._place(digest).unlink(missing_ok=True)

    def stored(self) -> Iterator[StoredBlob]:
        """Every blob; what else lies in the folder is left alone."""
        with _reached():
            for path in self._root.glob("??/??/*"):
                if _DIGEST.fullmatch(path.name) and path == self._place(path.name):
                    with suppress(FileNotFoundError):
                        told = path.stat()
                        yield StoredBlob(path.name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))

    def tidy(self, before: datetime, /) -> int:
        """Remove files that were begun and not renamed, as a killed process leaves them."""
        count = 0
        with _reached():
            for path in (self._root / _UNFINISHED).glob("*"):
                with suppress(FileNotFoundError):
                    if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                        path.unlink()
                        count += 1
        return count

    def _place(self, digest: str) -> Path:
        # The digest becomes a path: nothing else may ever come this far.
        if not _DIGEST.fullmatch(digest):
            raise BlobDamaged(digest, "it is not the digest of a blob")
        return self._root / digest[:2] / digest[2:4] / digest

    def _folder(self, path: Path) -> None:
        """Make a folder that lasts: its name is synced into the folder above it."""
        if path.is_dir():
            return
        if path != self._root:
            self._folder(path.parent)
        path.mkdir(mode=_OWNER_ENTERS, parents=path == self._root, exist_ok=True)
        _sync_folder(path.parent)


@contextmanager
def _reached() -> Iterator[None]:
    """What the file system raises, as StoreUnavailable; its words without the path."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the blobs cannot be used: {error.strerror or type(error).__name__}") from error


def _written(content: BinaryIO, path: Path) -> str:
    found = hashlib.sha256()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, _OWNER_WRITES), "wb") as file:
        while chunk := content.read(CHUNK):
            found.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(_OWNER_READS)
    return found.hexdigest()


def _renamed(aside: Path, target: Path) -> None:
    try:
        aside.replace(target)
    except PermissionError:
        # Some systems rename nothing over a file that is read-only, or being read; the same bytes are there already.
        if not target.exists():
            raise
        aside.chmod(_OWNER_WRITES)
        aside.unlink()
    _sync_folder(target.parent)


def _sync_folder(path: Path) -> None:
    """Have the names in a folder survive a power cut, where the system can do so."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

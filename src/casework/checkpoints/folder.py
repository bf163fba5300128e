"""Checkpoints in a folder: text files that only ever grow, so that ``chattr +a``, rsync and git all fit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casework.errors import StoreUnavailable

MOST_BYTES = 4 << 20
"""A file is followed by the next one when it is larger: some ten thousand checkpoints."""
_TAIL = 1 << 15
_BETWEEN = b"\n\n"
_LAST = "999999.notes"


class CheckpointFolder:
    """A folder with files ``000001.notes``, ``000002.notes`` …; notes stand in them with empty lines between.

    What a power cut leaves of a note is passed over, and the note is added again as a whole.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).absolute()

    def add(self, note: str, /) -> None:
        """Append a note and sync it."""
        with _reached():
            self.path.mkdir(parents=True, exist_ok=True)
            file = self._files()[-1] if self._files() else self.path / "000001.notes"
            if file.exists() and file.stat().st_size > MOST_BYTES and file.name != _LAST:
                file = self.path / f"{int(file.stem) + 1:06}.notes"
            _append(file, note)

    def notes(self) -> Iterator[str]:
        """Every note."""
        with _reached():
            for file in self._files():
                yield from _split(file.read_bytes())

    def recent(self) -> tuple[str, ...]:
        """The last notes of the newest file that has any."""
        with _reached():
            for file in reversed(self._files()):
                found = tuple(_split(_tail(file)))
                if found:
                    return found
        return ()

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("[0-9][0-9][0-9][0-9][0-9][0-9].notes"))


def _append(file: Path, note: str) -> None:
    fresh = not file.exists()
    opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        end = os.lseek(opened, 0, os.SEEK_END)
        os.lseek(opened, max(0, end - len(_BETWEEN)), os.SEEK_SET)
        torn = end > 0 and os.read(opened, len(_BETWEEN)) != _BETWEEN
        # One write, so that two processes that append at once do not mix their lines.
        content = (_BETWEEN if torn else b"") + note.encode() + b"\n"
        if os.write(opened, content) != len(content):
            raise OSError("the disk is full")
        os.fsync(opened)
    finally:
        os.close(opened)
    if fresh and hasattr(os, "O_DIRECTORY"):
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _tail(file: Path) -> bytes:
    """The end of a file, from the beginning of a note on."""
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - _TAIL))
        content = opened.read()
    if size <= _TAIL:
        return content
    blocks = content.split(_BETWEEN)
    signed = next((place for place, block in enumerate(blocks) if block.startswith("— ".encode())), len(blocks))
    return _BETWEEN.join(blocks[signed + 1 :])


def _split(content: bytes) -> Iterator[str]:
    """The notes of a file; the beginning of one that was cut off, and then added again, is left out."""
    parts: list[str] = []
    for block in content.decode(errors="replace").split("\n\n"):
        if block.startswith("— ") and parts and "\n\n" not in parts[-1]:
            parts[-1] += f"\n\n{block}\n"
        elif block.strip():
            parts.append(block.removeprefix("\n"))
    if parts and not content.endswith(_BETWEEN):
        parts.pop()
    for place, note in enumerate(parts):
        following = parts[place + 1] if place + 1 < len(parts) else ""
        if not following.startswith(note.removesuffix("\n")) or following == note:
            yield note


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the checkpoints cannot be reached: {error.strerror or error}") from error

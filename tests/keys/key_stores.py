"""Key stores and master keys for these tests."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from casework.ids import seeded_entropy
from casework.keys import KeyFolder, MasterKeys, new_master

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 8, tzinfo=UTC)


def master_file(folder: Path, *seeds: str) -> Path:
    """A file with one master key for each seed, the present one first, that only its owner can read."""
    file = folder / "master.keys"
    lines = [new_master(AT, seeded_entropy(seed)).line for seed in seeds or ("one",)]
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)
    return file


def masters(folder: Path, *seeds: str) -> MasterKeys:
    """The master keys of such a file."""
    return MasterKeys.from_file(master_file(folder, *seeds))


def key_folder(folder: Path) -> KeyFolder:
    """A folder of keys beside its master key."""
    return KeyFolder(folder / "keys", masters(folder))


def bytes_in(folder: Path) -> bytes:
    """Every byte of every file in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if os.path.isfile(path))

"""Where a store is: its URL without the password, its file, and what kind of file system that lies on."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from casework.errors import InvalidValue
from casework.storage.diagnosis.amiss import Amiss, note, problem

MOUNTS = Path("/proc/self/mounts")
_SHARED = ("nfs", "cifs", "smb", "9p", "ceph", "gluster", "afs", "ncp", "fuse.sshfs", "fuse.gluster", "fuse.s3fs")


def shown_url(url: str) -> str:
    """*url* without its password, for screens and logs."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        raise InvalidValue("store", "is not a URL of a database, such as sqlite:///station.db") from None


def file_of(url: str) -> Path | None:
    """The file that a SQLite URL names; None for memory and for servers."""
    shown_url(url)
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database or "")


def of_file(path: Path, mounts: Path = MOUNTS) -> Iterator[Amiss]:
    """What is amiss with where a SQLite file lies, and with who may read it (F9)."""
    kind = file_system(path, mounts)
    if kind.startswith(_SHARED):
        yield problem(
            "file-system",
            f"the file lies on {kind}; the locks of SQLite do not hold there: move it to a disk of this machine",
            f"文件位于网络文件系统 {kind}，SQLite 的锁在其上不可靠；请移到本机磁盘",
        )
    if os.name == "posix" and path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield note(
            "permissions",
            f"others on this machine may open the file; chmod 600 {path.name}",
            f"本机其他账号可以打开该文件；请执行 chmod 600 {path.name}",
        )


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that *path* lies on, as Linux names it; empty where nothing tells."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    wanted, depth, found = path.absolute(), 0, ""
    for line in lines:
        _, place, kind, *_ = (*line.split(" "), "", "", "")
        mounted = Path(place.replace("\\040", " "))
        # Of two mounts at one place the later one is what one sees.
        if wanted.is_relative_to(mounted) and len(mounted.parts) >= depth:
            depth, found = len(mounted.parts), kind
    return found

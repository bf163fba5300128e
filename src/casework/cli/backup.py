"""Back a store up with the files of its cases, and put a backup back into an empty place."""

from __future__ import annotations

from pathlib import Path

import attrs
import click

from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import BROKEN, OK
from casework.cli.session import Session
from casework.cli.upkeep import tell_verdict
from casework.cli.usage import Usage
from casework.storage.backup import Backup, back_up, new_backup_key
from casework.storage.backup import restore as put_back

_programs = option(
    "--programs",
    type=click.Path(path_type=Path),
    metavar="DIR",
    en="Where pg_dump and pg_restore are, if not on the path.",
    zh="pg_dump 与 pg_restore 所在文件夹（不在 PATH 中时）。",
)


@command(
    "backup",
    "Back up the store, and the files of its cases in --blobs, into a new folder, while it goes on working.\n"
    "Keys of persons are not part of it. Put the folder on another machine; `casework restore` reads and verifies it.",
    "将存储及 --blobs 中的案件附件备份到新文件夹，期间可照常工作。\n"
    "不含个人密钥。请将该文件夹放到另一台机器；`casework restore` 会还原并核验。",
)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@option(
    "--encrypt-to",
    "seal_for",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Seal it for the holder of the other half of this public key.",
    zh="用该公钥加密，仅持有对应私钥者可还原。",
)
@option(
    "--new-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Only make a key: the secret half in FILE, the public one in FILE.pub.",
    zh="仅生成密钥：私钥写入 FILE，公钥写入 FILE.pub。",
)
@_programs
@json_option
@click.pass_obj
def backup(
    session: Session,
    target: Path | None,
    seal_for: Path | None,
    new_key: Path | None,
    programs: Path | None,
    as_json: bool,
) -> None:
    """Make a backup, or a key for backups."""
    screen = session.screen
    if new_key is not None:
        public = new_backup_key(new_key)
        if as_json:
            screen.json({"secret": str(new_key), "public": str(public)})
        else:
            screen.line(screen.told(f"keep {new_key} away from the store", f"请将 {new_key} 与存储分开保管"))
        return
    if target is None:
        raise Usage("say into which new folder", "请指明新文件夹")
    blobs, now = session.blobs, session.now()
    found = back_up(session.url, target, at=now, blobs=blobs, seal_for=seal_for, programs=programs)
    if as_json:
        screen.json(_plain(found))
        return
    _told(session, found)
    if found.lost:
        count = len(found.lost)
        screen.note(f"{count} files of cases were not there; see `casework doctor`", f"缺失 {count} 份附件", "yellow")


@command(
    "restore",
    "Put a backup into an empty place: a file that is not there yet, a database without tables of casework.\n"
    "Then verify the store; ends with 6 if something does not add up.",
    "将备份还原到空的位置：尚不存在的文件，或没有 casework 数据表的数据库。\n随后核验；有不符之处时以 6 结束。",
)
@click.argument("source", type=click.Path(path_type=Path))
@option(
    "--open-with",
    "key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="The secret key, if sealed.",
    zh="加密备份的私钥。",
)
@_programs
@json_option
@click.pass_obj
def restore(session: Session, source: Path, key: Path | None, programs: Path | None, as_json: bool) -> int:
    """Restore and verify."""
    found = put_back(source, session.url, blobs=session.blobs, key=key, programs=programs)
    verdict = session.opened.verify(rehash=True)
    if as_json:
        session.screen.json({**_plain(found), "verdict": plain.verdict(verdict)})
    else:
        _told(session, found)
        tell_verdict(session, verdict)
        session.screen.note(
            "hold it against checkpoints kept elsewhere (`casework verify`), and erase again who was erased since",
            "请与另存的检查点比对（`casework verify`），并对备份之后已清除者重新清除",
        )
    return OK if verdict.whole else BROKEN


def _plain(found: Backup) -> dict[str, object]:
    told = attrs.asdict(found, filter=lambda attribute, _: attribute.name != "files")
    return {**told, "sealed": found.sealed is not None, "files": len(found.files), "bytes": found.size}


def _told(session: Session, found: Backup) -> None:
    screen = session.screen
    screen.pairs(
        (
            (screen.told("made", "备份时间"), found.at),
            (screen.told("cases", "案件"), f"{found.cases:,}"),
            (screen.told("entries of the log", "记录"), f"{found.entries:,}"),
            (screen.told("in the log of all entries", "已入总日志"), f"{found.leaves:,}"),
            (screen.told("heads", "链首摘要"), found.heads),
            (screen.told("files", "文件"), f"{len(found.files):,} ({found.size:,} bytes)"),
            (screen.told("sealed", "加密"), screen.told("yes", "是") if found.sealed else screen.told("no", "否")),
        )
    )

"""The keys of a store: master keys made, keys wrapped anew, looked through, and put to use on what is plain."""

from __future__ import annotations

from pathlib import Path

import attrs
import click

from casework.cli.command import command, group, json_option
from casework.cli.looks import moment
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.keys import add_master


@command(
    "new",
    "Make a master key, in FILE and in front of those that are there. Keep it apart from the store and its backups.",
    "新建主密钥，写在文件最前。请与存储及其备份分开保管。",
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def _new(session: Session, file: Path, as_json: bool) -> None:
    """Make a master key."""
    made = add_master(file, session.now())
    if as_json:
        session.screen.json({"master": made.id, "file": str(file)})
        return
    session.screen.line(session.screen.told(f"master key {made.id} is in {file}", f"主密钥 {made.id} 已写入 {file}"))


@command(
    "rotate",
    "Wrap every key under the first master key of the file. No sealed value is touched; broken off, it goes on.",
    "用文件中的第一个主密钥重新包裹全部密钥。已加密的内容不变；中断后可继续。",
)
@json_option
@click.pass_obj
def _rotate(session: Session, as_json: bool) -> None:
    """Wrap the keys anew."""
    count = session.opened.keys.rotate()
    if as_json:
        session.screen.json({"wrapped": count})
        return
    session.screen.line(session.screen.told(f"{count:,} keys wrapped anew", f"已重新包裹 {count:,} 个密钥"))


@command(
    "list",
    "Look whether every key is there and is the right one, and show whose keys were destroyed.",
    "核对全部密钥是否齐全无误，并列出已销毁的密钥。",
)
@json_option
@click.pass_obj
def _list(session: Session, as_json: bool) -> None:
    """Look through the keys."""
    keyring, screen = session.opened.keys, session.screen
    count, gone = keyring.check(), keyring.destroyed()
    if as_json:
        told = [{"tenant": item.tenant, "subject": item.subject, "at": item.at.isoformat()} for item in gone]
        screen.json({"keys": count, "destroyed": told})
        return
    screen.line(screen.told(f"{count:,} keys, all there", f"{count:,} 个密钥，均完好"))
    if gone:
        columns = (
            Column(screen.told("destroyed", "已销毁")),
            Column(screen.told("tenant", "租户")),
            Column(screen.told("subject", "当事人"), whole=True),
        )
        screen.table(columns, [(moment(item.at), item.tenant, item.subject) for item in gone])


@command(
    "seal",
    "Seal what was kept plain before there were keys; broken off, it goes on.\nVerify the store afterwards.",
    "将启用密钥之前的明文逐件加密；中断后可继续。\n完成后请核验存储。",
)
@json_option
@click.pass_obj
def _seal(session: Session, as_json: bool) -> None:
    """Seal what is plain."""
    screen, done = session.screen, session.opened.keys.seal()
    if as_json:
        screen.json(attrs.asdict(done))
        return
    told = (
        f"{done.values:,} values of {done.cases:,} cases sealed",
        f"已加密 {done.cases:,} 件案件的 {done.values:,} 项内容",
    )
    screen.line(screen.told(*told))
    if done.files:
        screen.note(
            f"{done.files:,} files were enclosed before there were keys and stay as they are",
            f"{done.files:,} 份附件存入时尚无密钥，保持原样",
        )


keys = group(
    "keys",
    "The keys under which values of persons are sealed.",
    "加密个人信息的密钥。",
    (_new, _rotate, _list, _seal),
)

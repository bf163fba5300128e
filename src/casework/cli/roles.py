"""Who may do what in a PostgreSQL store: show the grants, or carry them out."""

from __future__ import annotations

import click

from casework import StoreOptions
from casework.cli.command import command, json_option, option
from casework.cli.session import Session
from casework.storage.roles import Roles, grant, grants
from casework.storage.sql.engine import open_engine


@command(
    "roles",
    "Show the GRANTs that give each account of PostgreSQL what it needs and nothing else; --apply carries them out.\n"
    "The app may add to the log and never change it. Run it as the owner of the tables, after each `casework migrate`.",
    "列出 PostgreSQL 各账号所需的最小权限（GRANT）；--apply 直接执行。\n"
    "应用账号只能追加记录，不能改动。请以数据表所有者身份、在每次 `casework migrate` 之后运行。",
)
@option("--app", required=True, metavar="ACCOUNT", en="Who serves people.", zh="应用账号。")
@option("--owner", metavar="ACCOUNT", en="Who owns the tables and migrates.", zh="数据表所有者，负责升级。")
@option("--worker", metavar="ACCOUNT", en="Who fires timers and sends.", zh="后台进程账号。")
@option(
    "--checkpointer",
    metavar="ACCOUNT",
    en="Who signs the log; without it the worker may.",
    zh="签署日志的账号；未指定时由后台账号签署。",
)
@option("--auditor", metavar="ACCOUNT", en="Who reads the log without values.", zh="审计账号，只读且不含具体内容。")
@option("--eraser", metavar="ACCOUNT", en="Who may empty values that are erased.", zh="清除账号，可清空应删除的内容。")
@option("--apply", "carry_out", is_flag=True, en="Carry them out.", zh="直接执行。")
@json_option
@click.pass_obj
def roles(session: Session, /, carry_out: bool, as_json: bool, **accounts: str | None) -> None:
    """Show or carry out the grants."""
    engine = open_engine(session.url, StoreOptions())
    try:
        named = Roles(**accounts)  # type: ignore[arg-type]
        statements = grant(engine, named) if carry_out else grants(engine, named)
    finally:
        engine.dispose()
    if as_json:
        session.screen.json({"applied": carry_out, "statements": list(statements)})
        return
    for statement in statements:
        session.screen.line(f"{statement};")
    if carry_out:
        session.screen.note("carried out", "已执行", "green")

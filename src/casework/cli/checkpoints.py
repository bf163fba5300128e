"""Checkpoints of the log: sign them, cosign them as a witness, hand the log and its verifier to an auditor."""

from __future__ import annotations

import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import TextIO

import click

from casework.app import Casework
from casework.checkpointing import Asked
from casework.checkpoints import Checkpoint, PublicKey, Signer, Witness
from casework.cli.command import command, group, json_option, option
from casework.cli.faults import BROKEN, OK
from casework.cli.session import Session
from casework.cli.usage import Usage
from casework.cli.working import stoppable
from casework.clock import SystemClock
from casework.errors import StoreUnavailable, WitnessRefused
from casework.storage.logexport import exported

WITNESS_SECONDS = 60
SIGNER = option("--signer", metavar="FILE", en="The private key that signs.", zh="用于签署的私钥文件。")
NEW_KEY = option("--new-key", metavar="FILE", en="Make a key there, show its public half.", zh="新建密钥并显示其公钥。")


@command(
    "checkpoint",
    "Take new entries into the log of all entries, sign it, and carry the checkpoint to --checkpoints.",
    "将新记录纳入总日志并签署，把检查点存到 --checkpoints 指定处。",
)
@SIGNER
@NEW_KEY
@option("--origin", metavar="NAME", en="The name of the log, for --new-key: example.org/station.", zh="日志名称。")
@option("--print", "shown", is_flag=True, en="Show the signed checkpoint itself.", zh="显示已签署的检查点。")
@option("--every", type=click.FloatRange(1), metavar="SECONDS", en="Go on until stopped.", zh="按此间隔持续运行。")
@option(
    "--witness", "witnesses", multiple=True, metavar="COMMAND", en="A witness to ask, by a command.", zh="见证命令。"
)
@option(
    "--accept-loss",
    metavar="REASON",
    en="Go on with a store that has less than was signed; the log tells it for ever.",
    zh="接受损失并继续；总日志将永久记载。",
)
@json_option
@click.pass_obj
def checkpoint(
    session: Session,
    signer: str | None,
    new_key: str | None,
    origin: str | None,
    shown: bool,
    every: float | None,
    witnesses: tuple[str, ...],
    accept_loss: str | None,
    as_json: bool,
) -> None:
    """Sign the log, or make a key for it."""
    if new_key is not None:
        if origin is None:
            raise Usage("name the log: --origin example.org/station", "请指明日志名称：--origin example.org/station")
        made = Signer.new(origin)
        made.save(new_key)
        _key(session, made.public, as_json=as_json)
        return
    key = signer_of(session, signer)
    app, asked = session.signing(key.public), [_asking(words) for words in witnesses]
    if accept_loss is not None:
        loss = app.accept_loss(key, by=session.actor.id, because=accept_loss)
        session.screen.note(f"the log goes on as {loss.origin}", f"日志以 {loss.origin} 继续")
    _tell(session, app.checkpoint(key, witnesses=asked), shown=shown, as_json=as_json)
    if every is not None:
        _go_on(session, app, key, asked, every)


def _tell(session: Session, found: Checkpoint | None, *, shown: bool, as_json: bool) -> None:
    """What was signed."""
    if as_json:
        session.screen.json({"checkpoint": None if found is None else _plain(found)})
    elif found is None:
        session.screen.line(session.screen.told("there is no entry yet", "尚无记录"))
    elif shown:
        click.echo(str(found.note), nl=False)
    else:
        told = f"{found.origin}: {found.size:,} entries signed", f"{found.origin}：已签署 {found.size:,} 条记录"
        session.screen.line(session.screen.told(*told))


def _go_on(session: Session, app: Casework, key: Signer, asked: list[Asked], every: float) -> None:
    """Round after round; what cannot be reached just now is tried again in the next one, a log that forked is not."""
    with stoppable() as stopped:
        while not stopped.wait(every):
            try:
                app.checkpoint(key, witnesses=asked)
            except (StoreUnavailable, WitnessRefused) as error:
                session.screen.note(f"{error}; trying again", f"{error}；将重试")


def signer_of(session: Session, named: str | None) -> Signer:
    """The private key of a file that was named, or of CASEWORK_SIGNER."""
    path = named or session.settings.environment.get("CASEWORK_SIGNER")
    if not path:
        raise Usage(
            "name the key: --signer FILE, or CASEWORK_SIGNER; `casework checkpoint --new-key FILE` makes one",
            "请指明私钥：--signer 文件，或设置 CASEWORK_SIGNER；`casework checkpoint --new-key 文件` 可新建",
        )
    return Signer.load(path)


def _key(session: Session, key: PublicKey, *, as_json: bool) -> None:
    if as_json:
        session.screen.json({"key": str(key)})
    else:
        click.echo(str(key))


def _plain(made: Checkpoint) -> dict[str, object]:
    at = None if made.at is None else made.at.isoformat()
    return {"origin": made.origin, "size": made.size, "root": made.root.hex(), "at": at, "note": str(made.note)}


def _asking(words: str) -> Asked:
    """A witness that a command reaches: the request goes in, signatures or the size that it knows come out."""

    def ask(request: str) -> str:
        done = subprocess.run(  # noqa: S603
            shlex.split(words), input=request, capture_output=True, text=True, encoding="utf-8", timeout=WITNESS_SECONDS
        )
        if done.returncode == OK:
            return done.stdout
        size = done.stdout.strip()
        if size.isdecimal():
            raise WitnessRefused(409, f"it knows the log up to size {size}", int(size))
        raise WitnessRefused(422, (done.stderr.strip().splitlines() or ["it said nothing"])[-1])

    return ask


@command(
    "witness",
    "Cosign a log that only ever grew: a request on stdin, the line of the signature on stdout.\n"
    "Ends with 6 where it does not cosign; where the request does not begin at the size that it knows, that size is\n"
    "on stdout.",
    "为只增不改的日志作见证：从标准输入读请求，向标准输出写签名行。\n"
    "不予见证时以 6 结束；若请求起点与已知条数不符，则输出已知条数。",
)
@SIGNER
@NEW_KEY
@option("--name", metavar="NAME", en="The name of the witness, for --new-key.", zh="见证人名称。")
@option(
    "--log", "logs", multiple=True, metavar="KEY", en="The public key of a log to witness.", zh="所见证日志的公钥。"
)
@option("--memory", metavar="FILE", default="witness.json", en="What it remembers (witness.json).", zh="见证记忆文件。")
@json_option
@click.pass_obj
def witness(
    session: Session,
    signer: str | None,
    new_key: str | None,
    name: str | None,
    logs: tuple[str, ...],
    memory: str,
    as_json: bool,
) -> int:
    """Be a witness."""
    if new_key is not None:
        if name is None:
            raise Usage("name the witness: --name witness.example.org", "请指明见证人：--name witness.example.org")
        made = Signer.new(name)
        made.save(new_key)
        _key(session, made.witness, as_json=as_json)
        return OK
    if not logs:
        raise Usage("name the logs: --log KEY", "请指明日志公钥：--log 公钥")
    known = Witness(signer_of(session, signer), [PublicKey.read(log) for log in logs], memory)
    try:
        line = known.add(sys.stdin.read(), at=SystemClock().now())
    except WitnessRefused as no:
        if no.size is not None:
            click.echo(no.size)
        session.screen.error_line(str(no))
        return BROKEN
    click.echo(line, nl=False)
    return OK


@command(
    "export",
    "Write the log for the stand-alone verifier, without values of cases.",
    "导出日志供独立核验程序使用，不含案件内容。",
)
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True))
@click.pass_obj
def _export(session: Session, file: TextIO) -> None:
    """Export the log."""
    with session.opened.reading() as transaction:
        for line in exported(transaction):
            file.write(f"{line}\n")


@command(
    "verifier",
    "Show the stand-alone verifier: one file of Python that needs no casework.",
    "输出独立核验程序：单个 Python 文件，无需安装 casework。",
)
def _verifier() -> None:
    """Show the verifier."""
    click.echo(verifier().read_text(encoding="utf-8"), nl=False)


def verifier() -> Path:
    """Where the stand-alone verifier lies."""
    return Path(str(files("casework.checkpoints").joinpath("verify_casework.py")))


log = group("log", "Hand the log of all entries to an auditor.", "将总日志交给审计人员。", (_export, _verifier))

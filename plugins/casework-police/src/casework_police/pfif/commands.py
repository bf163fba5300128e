"""``casework police pfif-check``, ``pfif-import``, ``pfif-export`` and ``pfif-expire``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from casework import Text
from casework.cli.commands import BROKEN, OK, REFUSED, Column, Session, command, json_option, option
from casework_police.bases import BASES
from casework_police.pfif.clearing import clear_expired
from casework_police.pfif.exporting import Exported, Origin, export
from casework_police.pfif.finding import PfifFinding
from casework_police.pfif.importing import RESULTS, import_records
from casework_police.pfif.reader import read
from casework_police.pfif.record import Record
from casework_police.pfif.tally import Tally
from casework_police.pfif.within import Within
from casework_police.pfif.writer import write

_RESULTS = {
    "opened": Text("reports opened", "新建报告"),
    "amended": Text("reports amended", "更新报告"),
    "unchanged": Text("unchanged", "无变化"),
    "cleared": Text("reports cleared, for they expired", "到期清除的报告"),
    "noted": Text("notes taken over", "转入备注"),
    "left_out": Text("left out", "未采用"),
    "rejected": Text("records with mistakes", "有错误的记录"),
    "persons": Text("persons", "人员记录"),
    "notes": Text("notes", "备注"),
    "tombstones": Text("expired persons", "已失效人员"),
}
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_dry = option("--dry-run", is_flag=True, en="Only tell what would be done.", zh="只报告将要办理的内容。")
_domain = option(
    "--domain",
    required=True,
    metavar="DOMAIN",
    envvar="CASEWORK_PFIF_DOMAIN",
    en="The domain that our own record ids begin with.",
    zh="本登记系统记录编号的域名。",
)


def _show(session: Session, findings: Iterable[PfifFinding]) -> None:
    for found in findings:
        style = "yellow" if found.level == "warning" else "red"
        session.screen.error_line(f"{found.sentence(session.screen.language)}  [{found.page}]", style)


def _counts(session: Session, counts: dict[str, int]) -> None:
    columns = (Column(session.screen.told("records", "记录")), Column(session.screen.told("count", "数量"), right=True))
    language = session.screen.language
    session.screen.table(columns, [(_RESULTS[name].in_(language), f"{count:,}") for name, count in counts.items()])


@command(
    "pfif-check",
    "Check a PFIF file: every mistake with its line. Needs no store.\nEnds with 6 where a record would be lost.",
    "检查 PFIF 文件，逐条指出错误及行号，无需存储。\n有记录无法读取时以 6 结束。",
)
@_file
@json_option
@click.pass_obj
def check(session: Session, file: Path, as_json: bool) -> int:
    """Check a file."""
    tally = Tally()
    findings = tally.findings(read(file, now=session.now()))
    if as_json:
        told = [found.plain() for found in findings]
        session.screen.json({**tally.plain(), "findings": told})
    else:
        _show(session, findings)
        names = ("persons", "notes", "tombstones", "rejected", "left_out")
        _counts(session, {name: getattr(tally, name) for name in names})
    return BROKEN if tally.errors else OK


@command(
    "pfif-import",
    "Take a PFIF file in: open, amend and clear reports, each once.\nEnds with 6 where a record did not come in.",
    "导入 PFIF 文件：新建、更新、清除失踪报告，重复导入不重复办理。\n有记录未能导入时以 6 结束。",
)
@_file
@_domain
@_dry
@json_option
@click.pass_obj
def import_file(session: Session, file: Path, domain: str, dry_run: bool, as_json: bool) -> int:
    """Import a file."""
    now = session.now()
    done = import_records(session.desk, read(file, now=now), domain=domain, now=now, dry_run=dry_run)
    if as_json:
        session.screen.json({"dry_run": dry_run, **done.plain()})
    else:
        _show(session, done.findings)
        _counts(session, {name: done.counts[name] for name in RESULTS})
        if dry_run:
            session.screen.note("nothing was written", "未写入任何内容")
    return OK if done.whole else BROKEN


@command(
    "pfif-export",
    "Write the reports that may leave to a PFIF file; each remarks it.\nEnds with 6 where one could not leave.",
    "将可共享的失踪报告导出为 PFIF 文件，并在各报告中留痕。\n有报告未能导出时以 6 结束。",
)
@option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), en="The file.", zh="输出文件。")
@option("--recipient", required=True, metavar="NAME", en="Who receives it.", zh="接收方名称。")
@option(
    "--audience",
    type=click.Choice(["agencies", "public"]),
    default="agencies",
    en="Whom the family's consent has to cover.",
    zh="须为家属同意范围所涵盖的接收方类别。",
)
@option(
    "--basis",
    type=click.Choice([choice.name for choice in BASES]),
    default="separate_consent",
    en="On which basis it is shared.",
    zh="提供依据。",
)
@option("--notes", is_flag=True, en="Pass on what others noted.", zh="一并提供他人的备注。")
@option("--name", required=True, metavar="NAME", envvar="CASEWORK_PFIF_NAME", en="Who we are.", zh="本单位名称。")
@_domain
@json_option
@click.pass_obj
def export_file(
    session: Session,
    out: Path,
    recipient: str,
    audience: str,
    basis: str,
    notes: bool,
    name: str,
    domain: str,
    as_json: bool,
) -> int:
    """Export to a file."""
    within = Within(recipient=recipient, audience=audience, basis=basis, notes=notes)  # type: ignore[arg-type]
    now, findings = session.now(), list[PfifFinding]()
    items = export(session.desk, within=within, origin=Origin(domain=domain, name=name), now=now)
    # A file that is there is whole: it takes its name when the last record is in it.
    part = out.with_name(f"{out.name}.part")
    with part.open("wb") as stream:
        written = write(_records(items, findings), stream, now=now)
    part.replace(out)
    counts = {"persons": written.persons, "notes": written.notes, "tombstones": written.tombstones}
    if as_json:
        session.screen.json({**counts, "findings": [found.plain() for found in findings]})
    else:
        _show(session, findings)
        _counts(session, counts)
    return BROKEN if findings else OK


def _records(items: Iterable[Exported], findings: list[PfifFinding]) -> Iterator[Record]:
    for item in items:
        if isinstance(item, PfifFinding):
            findings.append(item)
        else:
            yield item


@command(
    "pfif-expire",
    "Clear every open report whose last day is over.\nEnds with 3 where one could not be cleared.",
    "清除已过保存期限的未结失踪报告。\n有报告未能清除时以 3 结束。",
)
@_dry
@json_option
@click.pass_obj
def expire(session: Session, dry_run: bool, as_json: bool) -> int:
    """Clear what expired."""
    done = clear_expired(session.desk, now=session.now(), dry_run=dry_run)
    if as_json:
        session.screen.json({"dry_run": dry_run, "reports": [{"case": k, "result": v} for k, v in done.items()]})
    else:
        columns = (
            Column(session.screen.told("report", "报告"), whole=True),
            Column(session.screen.told("result", "结果")),
        )
        language = session.screen.language
        shown = {"cleared": _RESULTS["cleared"].in_(language)}
        session.screen.table(columns, [(case, shown.get(result, result)) for case, result in done.items()])
    return OK if set(done.values()) <= {"cleared"} else REFUSED


COMMANDS: tuple[click.Command, ...] = (check, import_file, export_file, expire)

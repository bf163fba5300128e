"""``casework hospital``: the beds of the wards, and referrals out and in as FHIR messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from casework import Case, InvalidValue, Text
from casework.cli.commands import OK, REFUSED, Column, Session, command, group, json_option, option
from casework_hospital.fhir.applying import Outcome, receive, retry
from casework_hospital.fhir.exchange import Exchange
from casework_hospital.fhir.strict import SIZE_LIMIT
from casework_hospital.fhir.value import Patient, referral_of
from casework_hospital.fhir.writing import to_json

_RESULTS = {
    "done": Text("done", "已办理"),
    "already": Text("was so already", "此前已办理"),
    "parked": Text("parked", "已暂存待处理"),
}

_base = option(
    "--base",
    required=True,
    metavar="URL",
    envvar="CASEWORK_FHIR_BASE",
    en="The address below which our own codes and numbers are named.",
    zh="本单位编码与编号的网址前缀。",
)
_station = option(
    "--station", default="station", metavar="NAME", en="The number of whoever sends.", zh="发送单位编号。"
)


@command("wards", "Show the beds that the partner wards have free.", "查看合作病区空余床位。")
@json_option
@click.pass_obj
def wards(session: Session, as_json: bool) -> int:
    """The free beds of every ward that has ever had one."""
    screen = session.screen
    offices = session.desk.find("ward_office", open_only=True, limit=1).cases
    left = _free(session, offices[0]) if offices else {}
    if as_json:
        screen.json({"wards": [{"ward": ward, "title": title, "free": free} for ward, (title, free) in left.items()]})
        return OK
    if not offices:
        screen.note("no office of wards is open; open a ward_office", "尚无病区管理案件，请先登记 ward_office")
        return OK
    columns = (
        Column(screen.told("ward", "病区"), whole=True),
        Column(screen.told("title", "名称")),
        Column(screen.told("free beds", "空余床位"), right=True, whole=True),
    )
    screen.table(columns, ([ward, title, str(free)] for ward, (title, free) in left.items()))
    return OK


def _free(session: Session, office: Case) -> dict[str, tuple[str, int]]:
    field = next(item for item in session.opened.manifests["ward_office"].case_type.data if item.name == "ward")
    titles = {choice.name: choice.title.in_(session.screen.language) or choice.name for choice in field.choices}
    return {
        ward: (titles.get(ward, ward), left)
        for (account, ward), left in session.desk.balances(office).items()
        if account == "ward_beds"
    }


@command(
    "fhir-export",
    "Write the referral of a case as a FHIR R4B message: no name, no address, and of the case only its referral.",
    "将案件的转诊导出为 FHIR R4B 消息：不含姓名与住址，仅含转诊信息。",
)
@click.argument("case_id", metavar="CASE")
@option("-o", "--out", required=True, metavar="FILE", type=click.Path(), en="The file to write.", zh="写入的文件。")
@_base
@_station
@option("--alias", metavar="TEXT", en="What the person is called for now.", zh="暂用称呼。")
@click.pass_obj
def fhir_export(session: Session, case_id: str, out: str, base: str, station: str, alias: str | None) -> int:
    """Write one message; a file that is there is not overwritten."""
    case = session.desk.get(case_id)
    message = to_json(referral_of(case, Patient(alias=alias)), Exchange(base=base, station=station), session.now())
    with Path(out).open("x", encoding="utf-8") as file:
        file.write(message)
    session.screen.note(f"written to {out}", f"已写入 {out}")
    return OK


@command(
    "fhir-import",
    "Read a ward's answer and do what it means; what cannot be done yet is parked with its reason.",
    "读取病区答复并据此办理；暂不能办理的连同原因一并暂存。",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@_base
@_station
@option(
    "--in",
    "unit",
    default="",
    metavar="UNIT",
    en="Where to park what is about a case that a login without a unit does not see.",
    zh="未限定单位的账号看不到案件时，消息暂存的单位。",
)
@json_option
@click.pass_obj
def fhir_import(session: Session, file: str, base: str, station: str, unit: str, as_json: bool) -> int:
    """Carry out one message; ends with 3 where anything was parked."""
    path = Path(file)
    if path.stat().st_size > SIZE_LIMIT:
        raise InvalidValue("FILE", f"holds more than {SIZE_LIMIT:,} bytes", f"文件不得超过{SIZE_LIMIT:,}字节")
    outcomes = receive(session.desk, path.read_bytes(), Exchange(base=base, station=station, unit=unit))
    if as_json:
        session.screen.json({"outcomes": [_plain(one) for one in outcomes]})
    for one in () if as_json else outcomes:
        told = _RESULTS[one.result].in_(session.screen.language)
        why = one.reason.in_(session.screen.language)
        session.screen.line(f"{one.meaning.case} {one.meaning.trigger}: {told}{f' ({why})' if why else ''}")
    if not outcomes and not as_json:
        session.screen.note("nothing is to be done", "无需办理")
    return REFUSED if any(one.result == "parked" for one in outcomes) else OK


@command("retry", "Do what a parked message means after all.", "重新办理暂存的病区消息。")
@click.argument("case_id", metavar="MESSAGE")
@click.pass_obj
def retry_message(session: Session, case_id: str) -> int:
    """Carry out a parked message and close its case."""
    session.screen.line(_RESULTS[retry(session.desk, case_id)].in_(session.screen.language))
    return OK


def _plain(one: Outcome) -> dict[str, Any]:
    return {
        "case": one.meaning.case,
        "trigger": one.meaning.trigger,
        "result": one.result,
        "code": one.code,
        "reason": {"en": one.reason.en, "zh": one.reason.zh},
        "parked": one.parked,
    }


hospital = group(
    "hospital",
    "Beds of partner wards, and referrals as FHIR messages.",
    "合作病区床位与转诊 FHIR 消息。",
    (wards, fhir_export, fhir_import, retry_message),
)

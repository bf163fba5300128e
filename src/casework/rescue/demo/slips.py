"""Mistakes that people make in a station, made on purpose, so that each refusal is seen with its reason."""

from __future__ import annotations

from types import MappingProxyType

from casework import Text
from casework.rescue.demo.acts import Act, Scene
from casework.rescue.demo.chance import Chance

SLIPS = MappingProxyType(
    {
        "check left empty": Act(
            "nurse",
            "check_arrival",
            {"urgent": False},
            expect="invalid-form",
            why=Text("the arrival check without a word on body and mind", "入站检查未填写身心状况"),
        ),
        "sex not settled": Act(
            "caseworker",
            "shelter",
            {"sex": "unknown"},
            expect="invalid-form",
            why=Text("a bed for somebody whose sex is not settled", "性别未明即安排住宿"),
        ),
        "no blankets": Act(
            "caseworker",
            "serve",
            {"service": "clothing", "quantity": 0},
            expect="invalid-form",
            why=Text("handing out nothing, and writing it down", "发放数量填写为零"),
        ),
        "home untraced": Act(
            "caseworker",
            "reunite",
            expect="wrong-state",
            why=Text("bringing somebody home before the identity is traced", "身份未查明即办理返乡"),
        ),
        "discharge nobody": Act(
            "nurse",
            "discharge",
            {"discharge_certificate": "?", "fit_to_travel": True},
            expect="wrong-state",
            why=Text("discharging somebody who is in no hospital", "为未住院人员办理出院"),
        ),
        "nurse traces": Act(
            "nurse",
            "publish_notice",
            {"notice_channel": "newspaper"},
            expect="not-permitted",
            why=Text("a nurse publishing a tracing notice", "医护人员自行发布寻亲公告"),
        ),
        "caseworker refuses help": Act(
            "caseworker",
            "refuse",
            {"refusal_reason": "out_of_scope", "refusal_notice": "?"},
            expect="not-permitted",
            why=Text("a caseworker refusing help without the director", "工作人员未经站长即不予救助"),
        ),
        "auditor amends": Act(
            "auditor",
            "",
            {"age": 50},
            kind="amend",
            expect="not-permitted",
            why=Text("an auditor changing what they came to look at", "监督人员修改案件内容"),
        ),
        "one pair of eyes": Act(
            "caseworker",
            "countersign_handover",
            {"received_by": "?", "receiver_is": "?"},
            expect="unmet",
            why=Text("signing for the other side of one's own hand-over", "移交人自行登记接收人签字"),
        ),
        "own candidate": Act(
            "tracer",
            "confirm_candidate",
            {"home": "?"},
            expect="unmet",
            why=Text("confirming the candidate whom one proposed", "提出人自行确认疑似身份"),
        ),
        "unsigned": Act(
            "caseworker",
            "reunite",
            expect="unmet",
            why=Text("bringing somebody home with no signature at all", "交接双方均未签字即返乡"),
        ),
        "leaves alone": Act(
            "caseworker",
            "leave",
            {"statement_number": "?"},
            expect="unmet",
            why=Text("letting somebody go alone who needs an escort", "让需护送人员自行离站"),
        ),
        "settled too soon": Act(
            "caseworker",
            "request_settlement",
            {"settlement_plan": "?"},
            expect="unmet",
            why=Text("asking for settlement before three months are over", "未满三个月即申请安置"),
        ),
        "old screen": Act(
            "second",
            "serve",
            {"service": "food", "quantity": 1},
            late=True,
            expect="stale",
            why=Text("acting on a screen that was loaded before a colleague acted", "依据同事办理之前的页面操作"),
        ),
        "next door": Act(
            "caseworker@xiaogan",
            "serve",
            {"service": "food", "quantity": 1},
            expect="not-found",
            why=Text("looking into a case of another station", "查看其他救助站的案件"),
        ),
        "undo a transfer": Act(
            "director",
            "",
            {"because": "sent to the wrong station"},
            kind="correct",
            expect="not-undoable",
            why=Text("undoing a transfer after the other station has the case", "外站已接收后撤销转送"),
        ),
        "beds in use": Act(
            "director",
            "remove_beds",
            {"sex": "male", "count": 1000},
            about="station",
            expect="limit-reached",
            why=Text("taking away beds that people sleep in", "停用正在使用的床位"),
        ),
    }
)


def slip(chance: Chance, name: str, share: float = 0.03) -> Scene:
    """Perhaps make the mistake of that name."""
    if chance.slips(name, share):
        yield SLIPS[name]


def reused(number: str) -> Act:
    """The mistake of a program: the request id of the intake, with other content."""
    return Act(
        "caseworker",
        "serve",
        {"service": "travel", "quantity": 1},
        request_id=f"intake {number}",
        expect="request-reused",
        why=Text("a program using one request id for two things", "程序将同一请求编号用于两件事"),
    )

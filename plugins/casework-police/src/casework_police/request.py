"""The case type of one request to the police: an identity query, a notice, or a DNA sample."""

from __future__ import annotations

from casework import CaseType, Condition, Invariant, Role, Text, Worklist, field, overdue, state
from casework_police.accounts import COUNTED
from casework_police.asking import asking, closed
from casework_police.counting import counting
from casework_police.custody import IN_HANDS, custody
from casework_police.publication import publication
from casework_police.request_data import REQUEST
from casework_police.roles import OFFICER, SEARCH, STAFF, STAFF_ROLES

_LABORATORY = Role("laboratory", title=Text("laboratory", "检验机构"))
_READING = (*STAFF, "police_officer")
_SAMPLE, _NOTICE, _COUNT = state("sample"), state("publication"), state("counting")


def _implies(if_: Condition, then: Condition) -> Condition:
    return ~if_ | then


_INVARIANTS = (
    Invariant(
        "somebody_has_the_sample",
        _implies(_SAMPLE.in_(*IN_HANDS), field("custodian").known),
        because=Text("somebody answers for a sample at every moment", "样本在任何时刻均须有保管人"),
    ),
    Invariant(
        "sealed_on_the_way",
        _implies(_SAMPLE.in_("sealed", "offered", "at_laboratory"), field("seal_number").known),
        because=Text("a sample travels under a numbered seal", "样本流转须有编号封签"),
    ),
    Invariant(
        "nobody_keeps_an_ended_sample",
        _implies(_SAMPLE.in_("compared", "spoiled", "over"), ~field("custodian").known),
        because=Text("an ended sample is in nobody's hands", "已比对或作废的样本不再有保管人"),
    ),
    Invariant(
        "nothing_stays_up",
        _implies(closed, (_NOTICE == "over") & (_SAMPLE == "over")),
        because=Text("a closed request leaves neither a notice nor a sample behind", "办结后不得遗留公告或样本"),
    ),
    Invariant(
        "open_is_counted",
        _COUNT.in_("counted", "counted_up") | closed,
        because=Text("an open request is counted for its person", "在办协查须计入该人员名下"),
    ),
    Invariant(
        "up_is_counted",
        _implies(_NOTICE == "up", _COUNT == "counted_up") & _implies(_COUNT == "counted_up", _NOTICE == "up"),
        because=Text("a notice that is up is counted for its person", "发布中的公告须计入该人员名下"),
    ),
    Invariant(
        "sent_on_a_basis",
        field("basis").known & field("shared").known,
        because=Text("what the police are told has a basis", "向公安机关提供信息须有依据"),
    ),
)

_WORKLISTS = (
    Worklist("requests_to_send", "prepared", roles=STAFF, title=Text("requests to send", "待发送的协查申请")),
    Worklist(
        "requests_unsent",
        "prepared",
        condition=overdue("sending"),
        roles=STAFF,
        title=Text("requests that nobody sent", "逾期未发送的协查申请"),
    ),
    Worklist(
        "requests_to_receive", "sent", roles="police_officer", title=Text("requests to receive", "待接收的协查申请")
    ),
    Worklist(
        "requests_to_answer", "received", roles="police_officer", title=Text("requests to answer", "待答复的协查申请")
    ),
    Worklist(
        "answers_overdue",
        ("sent", "received"),
        condition=overdue("answer"),
        roles=SEARCH,
        title=Text("answers overdue", "逾期未答复的协查"),
    ),
    Worklist(
        "notices_to_publish",
        "due",
        workflow="publication",
        roles=SEARCH,
        title=Text("notices to publish", "待发布的协查公告"),
    ),
    Worklist(
        "notices_late",
        "due",
        workflow="publication",
        condition=overdue("notice"),
        roles=SEARCH,
        title=Text("notices not published in time", "逾期未发布的协查公告"),
    ),
    Worklist("notices_up", "up", workflow="publication", roles=SEARCH, title=Text("notices up", "发布中的协查公告")),
    Worklist(
        "notices_to_check",
        "up",
        workflow="publication",
        condition=overdue("notice_check"),
        roles=SEARCH,
        title=Text("notices up for a month", "发布满一个月待核查的公告"),
    ),
    Worklist(
        "samples_late",
        ("to_request", "awaited"),
        workflow="sample",
        condition=overdue("dna_request") | overdue("dna_sampled"),
        roles=SEARCH,
        title=Text("samples late", "逾期的DNA采样"),
    ),
    Worklist(
        "samples_under_way",
        IN_HANDS,
        workflow="sample",
        roles=(*SEARCH, "police_officer"),
        title=Text("samples under way", "流转中的DNA样本"),
    ),
)

police_request = CaseType(
    "police_request",
    title=Text("request to the police", "公安协查申请"),
    chain=(asking, publication, custody, counting),
    data=REQUEST,
    roles=(*STAFF_ROLES, OFFICER, _LABORATORY),
    opens=STAFF,
    # Which requests may be imported is said by the states of `counting`.
    grants={"view": (*STAFF, "auditor"), "audit": "auditor"},
    readers={"personal": _READING, "identity": (*SEARCH, "police_officer")},
    worklists=_WORKLISTS,
    accounts=COUNTED,
    invariants=_INVARIANTS,
)

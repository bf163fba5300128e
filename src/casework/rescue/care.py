"""Care in the station and in hospital, beside the main workflow: bed, body and mind, the five basic services."""

from __future__ import annotations

from casework import Deadline, Given, Now, Post, Set, State, Text, Transition, Workflow, days, field, hours, keep
from casework.rescue import forms
from casework.rescue.roles import DESK, DIRECTOR, HEALTH
from casework.rescue.states import closed, living, no

_IN_STATION = ("awaiting", "checked", "sheltered", "discharged")
_PRESENT = ("checked", "sheltered", "discharged")
_WITHOUT_BED = ("awaiting", "checked", "admitted", "discharged")

_TAKE_BED = Post("beds", "occupied")
_FREE_BED = Post("occupied", "beds")

_CHECK = Text("check body and mind, on arrival or anew", "入站或在站身心检查")

_STATES = (
    State("awaiting", title=Text("awaiting the arrival check", "待入站检查"), phases="in_care"),
    State("checked", title=Text("checked", "已检查"), phases="in_care"),
    State("sheltered", title=Text("sheltered", "在站住宿"), phases="in_care"),
    State("admitted", title=Text("admitted to hospital", "住院治疗"), phases="in_care"),
    State("discharged", title=Text("discharged from hospital", "已出院"), phases="in_care"),
    State("gone", title=Text("out of care", "已离站"), final=True),
)

_ARRIVING = (
    Transition(
        "follow_assessment",
        "awaiting",
        "checked",
        automatic=True,
        # Whoever has judged whether a hospital is needed at once has looked at body and mind.
        condition=field("urgent").known & ~closed,
        title=Text("the assessment counts as the arrival check", "甄别时已查看身心状况"),
    ),
    Transition(
        "check_arrival",
        "awaiting",
        "checked",
        roles=(*HEALTH, "director"),
        form=forms.ArrivalCheck,
        effects=keep("urgent", "apparent_condition"),
        title=_CHECK,
    ),
    Transition(
        "check_arrival",
        _PRESENT,
        roles=(*HEALTH, "director"),
        form=forms.ArrivalCheck,
        # A first judgement that was wrong, or has become so, is mended by another look.
        effects=keep("urgent", "apparent_condition"),
        title=_CHECK,
    ),
    Transition(
        "return_to_station",
        "gone",
        "awaiting",
        roles=DESK,
        condition=living,
        # A new arrival needs a new look.
        effects=[Set("urgent", None), Set("fit_to_travel", None)],
        title=Text("come back to the station", "再次入站"),
        because=Text("the case has to be reopened first", "须先重新受理"),
    ),
)

_LODGING = (
    Transition(
        "shelter",
        ("checked", "discharged"),
        "sheltered",
        roles=(*DESK, "nurse"),
        form=forms.Lodge,
        condition=no("urgent"),
        effects=[keep("sex"), Set("room", Given("sex")), _TAKE_BED],
        title=Text("give a bed", "安排住宿"),
        because=Text("whoever needs a hospital at once goes there first", "需立即送医的人员应先送医救治"),
    ),
    Transition(
        "check_out",
        "sheltered",
        "checked",
        roles=(*DESK, "nurse"),
        effects=_FREE_BED,
        title=Text("give the bed back", "退出住宿"),
    ),
    Transition(
        "file_extension",
        _IN_STATION,
        roles=DIRECTOR,
        form=forms.Extend,
        effects=keep("extension_reason"),
        title=Text("file a longer stay", "报备延长救助期限"),
    ),
)

_TREATING = (
    Transition(
        "admit",
        ("awaiting", "checked", "discharged"),
        "admitted",
        roles=(*DESK, "nurse"),
        form=forms.Admit,
        effects=[keep("hospital", "diagnosis"), Set("fit_to_travel", False)],
        title=Text("admit to hospital", "送医住院"),
    ),
    Transition(
        "admit",
        "sheltered",
        "admitted",
        roles=(*DESK, "nurse"),
        form=forms.Admit,
        effects=[keep("hospital", "diagnosis"), Set("fit_to_travel", False), _FREE_BED],
        title=Text("admit to hospital", "送医住院"),
    ),
    Transition(
        "visit",
        "admitted",
        # Back into the same state: the week until the next visit begins again.
        "admitted",
        roles=(*DESK, "tracer", "nurse"),
        form=forms.Visit,
        effects=Set("visited_at", Now()),
        title=Text("visit in hospital", "到院探视与查询"),
    ),
    Transition(
        "discharge",
        "admitted",
        "discharged",
        roles=(*DESK, "nurse"),
        form=forms.Discharge,
        effects=[keep("discharge_certificate", "fit_to_travel"), Set("urgent", False)],
        title=Text("discharge from hospital", "办理出院"),
    ),
    Transition(
        "examine",
        _PRESENT,
        roles=(*HEALTH, "director"),
        form=forms.Examine,
        effects=keep("fit_to_travel"),
        title=Text("judge whether fit to travel", "评估能否返乡"),
    ),
)

_SERVING = (
    Transition(
        "serve",
        phase="in_care",
        roles=(*DESK, "nurse"),
        form=forms.Serve,
        effects=[Set("last_service", Given("service")), Post("services", "received", Given("quantity"))],
        title=Text("give a basic service", "提供衣食住行医服务"),
    ),
)

_ENDING = (
    Transition(
        "end_care",
        _WITHOUT_BED,
        "gone",
        automatic=True,
        condition=closed,
        title=Text("the case has closed", "结案后离站"),
    ),
    Transition(
        "end_stay",
        "sheltered",
        "gone",
        automatic=True,
        condition=closed,
        effects=_FREE_BED,
        title=Text("the case has closed; the bed is free", "结案后离站并腾出床位"),
    ),
)

_DEADLINES = (
    # The period of help is that in the station: the rule has it stand still in hospital.
    Deadline(
        "stay",
        (*_IN_STATION, "admitted"),
        rule="rescue.max_stay",
        extenders=DIRECTOR,
        title=Text("ten days in the station", "在站救助期限十日"),
    ),
    Deadline("arrival_check", "awaiting", hours(2), title=Text("look at body and mind", "两小时内入站检查")),
    # The station's own practice: each week somebody goes to the hospital, to help and to enquire.
    Deadline("hospital_visit", "admitted", days(7), title=Text("weekly visit in hospital", "每周到院探视")),
)

care = Workflow(
    "care",
    initial="awaiting",
    title=Text("care", "照料与医疗"),
    states=_STATES,
    transitions=(*_ENDING, *_ARRIVING, *_LODGING, *_TREATING, *_SERVING),
    deadlines=_DEADLINES,
)

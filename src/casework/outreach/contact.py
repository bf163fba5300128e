"""A contact: one person met in the street, who accepts help, declines it, or needs an ambulance first.

Help is a right, and so is declining it: whoever declines is left a way to ask for it, and is looked for again. Two are
not left to themselves: who needs a doctor at once, and who looks under age.
"""

from __future__ import annotations

from casework import (
    CaseType,
    Deadline,
    Given,
    Held,
    Invariant,
    Post,
    Retention,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    days,
    field,
    hours,
    keep,
    overdue,
    state,
)
from casework.outreach import accounts, contact_data, roles
from casework.outreach.answers import no, yes
from casework.outreach.roles import DIRECTOR, MEETING, OUT

_ON_THE_SPOT = {"edit": OUT, "note": MEETING, "correct": DIRECTOR, "adopt": DIRECTOR}
_AFTERWARDS = {"note": (*MEETING, "director"), "correct": DIRECTOR}

_STATES = (
    State("noticed", title=Text("noticed", "已发现")),
    State("met", title=Text("met", "已接触"), phases=("here", "living"), grants=_ON_THE_SPOT),
    State("accepted", title=Text("accepts help", "接受救助"), phases=("here", "living"), grants=_ON_THE_SPOT),
    State("declined", title=Text("declines help", "暂不接受救助"), phases=("here", "living"), grants=_ON_THE_SPOT),
    State(
        "ambulance_called",
        title=Text("ambulance called", "已呼叫急救"),
        phases=("here", "living"),
        grants=_ON_THE_SPOT,
    ),
    State("in_hospital", title=Text("in hospital", "已送医"), phases="living", grants=_ON_THE_SPOT),
    State("helped", title=Text("helped on the spot", "已现场救助"), final=True, grants=_AFTERWARDS),
    State("brought_in", title=Text("brought to a station", "已护送至救助站"), final=True, grants=_AFTERWARDS),
    State("left_to_hospital", title=Text("left to the hospital", "已由医院接收"), final=True, grants=_AFTERWARDS),
    State("met_again", title=Text("met again", "已再次接触"), final=True, grants=_AFTERWARDS),
    State("not_found_again", title=Text("not found again", "未再找到"), final=True, grants=_AFTERWARDS),
    State("died", title=Text("died", "已死亡"), final=True, grants=_AFTERWARDS),
)

_DOCTOR_FIRST = Text("whoever needs a doctor at once is helped by one first", "需立即送医的，须先行救治")
_NO_CHILD = Text(
    "whoever needs a doctor at once is helped by one first, and whoever looks under age is not left in the street",
    "需立即送医的须先行救治；疑似未成年人的，不得留在街面",
)

_ANSWERING = (
    Transition(
        "write_down",
        "noticed",
        "met",
        automatic=True,
        effects=[Set("minor", Held("looks_minor")), Set("urgent", Held("needs_doctor"))],
        title=Text("write down what was seen", "登记初步判断"),
    ),
    Transition(
        "accept",
        ("met", "declined"),
        "accepted",
        roles=OUT,
        condition=no("urgent"),
        title=Text("accepts help", "接受救助"),
        because=_DOCTOR_FIRST,
    ),
    Transition(
        "decline",
        ("met", "accepted", "declined"),
        "declined",
        roles=OUT,
        form=contact_data.Decline,
        condition=no("urgent") & no("minor"),
        effects=keep("declined_because", "leaflet_left"),
        title=Text("declines help", "不接受救助"),
        because=_NO_CHILD,
    ),
    # That somebody needs no doctor after all is for a nurse to say, or for the doctors who came.
    Transition(
        "judge",
        phase="living",
        roles="nurse",
        form=contact_data.Judge,
        effects=keep("urgent"),
        title=Text("a nurse looks how the person is", "医护人员重新查看身心状况"),
    ),
    Transition(
        "judge_age",
        phase="living",
        roles=OUT,
        form=contact_data.JudgeAge,
        effects=keep("minor"),
        title=Text("look anew how old the person is", "重新判断是否未成年"),
    ),
    Transition(
        "hand_out",
        phase="here",
        roles=OUT,
        form=contact_data.HandOut,
        effects=[
            Set("item", Given("item")),
            Post("kit", "received", Given("count")),
            Post("carried", "not_carried", Given("count")),
        ],
        title=Text("hand out", "发放物资"),
    ),
)

_AMBULANCE = (
    Transition(
        "call_ambulance",
        ("met", "accepted", "declined"),
        "ambulance_called",
        roles=OUT,
        effects=Set("urgent", True),
        title=Text("call an ambulance", "呼叫急救"),
    ),
    Transition(
        "take_to_hospital",
        ("met", "accepted", "declined", "ambulance_called"),
        "in_hospital",
        roles=OUT,
        form=contact_data.Brought,
        effects=keep("brought_to"),
        title=Text("taken to a hospital", "送医"),
    ),
    Transition(
        "treat_on_the_spot",
        "ambulance_called",
        "met",
        roles=OUT,
        effects=Set("urgent", False),
        title=Text("the doctors leave the person here", "急救人员现场处置后未送医"),
    ),
    Transition(
        "leave_to_hospital",
        "in_hospital",
        "left_to_hospital",
        roles=(*MEETING, "director"),
        form=contact_data.Ended,
        condition=no("minor"),
        effects=keep("ended_because"),
        title=Text("the hospital goes on alone", "由医院继续救治"),
        because=Text("whoever looks under age is brought to a station", "疑似未成年人的，须由救助机构接管"),
    ),
)

_ENDING = (
    Transition(
        "bring_in",
        ("accepted", "in_hospital"),
        "brought_in",
        roles=MEETING,
        form=contact_data.Brought,
        effects=keep("brought_to"),
        title=Text("bring to a station", "护送至救助站"),
    ),
    Transition(
        "conclude",
        "accepted",
        "helped",
        roles=OUT,
        form=contact_data.Ended,
        condition=no("urgent") & no("minor"),
        effects=keep("ended_because"),
        title=Text("helped on the spot", "现场救助结束"),
        because=_NO_CHILD,
    ),
    Transition(
        "meet_again",
        phase="living",
        target="met_again",
        roles=OUT,
        title=Text("met again on a later patrol", "后续巡查中再次接触"),
    ),
    Transition(
        "give_up",
        ("met", "declined", "ambulance_called"),
        "not_found_again",
        roles=(*OUT, "director"),
        form=contact_data.Ended,
        effects=keep("ended_because"),
        title=Text("the person is not found again", "未再找到该人员"),
    ),
    Transition(
        "record_death",
        phase="living",
        target="died",
        roles=(*MEETING, "director"),
        form=contact_data.Ended,
        effects=keep("ended_because"),
        title=Text("record a death", "登记死亡"),
    ),
)

_CLOCKS = (
    Deadline("answering", "met", hours(12), title=Text("no answer written down", "接触后未登记结果")),
    Deadline("bringing", "accepted", hours(12), title=Text("still to be brought", "接受救助后未护送")),
    Deadline("look_again", "declined", hours(24), title=Text("look again within a day", "一日内再次查看")),
    Deadline("ambulance", "ambulance_called", hours(1), title=Text("ambulance: where?", "急救车未到")),
    Deadline("hospital", "in_hospital", days(1), title=Text("ask in the hospital", "一日内到院查看")),
)


def _late(name: str, where: str, clock: str, en: str, zh: str) -> Worklist:
    return Worklist(name, where, condition=overdue(clock), roles=(*OUT, "planner"), title=Text(en, zh))


_WORKLISTS = (
    Worklist("to_answer", "met", roles=OUT, title=Text("met, no answer yet", "待登记接触结果")),
    Worklist("to_bring", "accepted", roles=MEETING, title=Text("to be brought or concluded", "待护送或办结")),
    Worklist("to_look_again", "declined", roles=OUT, title=Text("declined, to be looked for", "待再次查看")),
    Worklist("in_hospital", "in_hospital", roles=MEETING, title=Text("in hospital", "已送医待接管")),
    _late("unanswered", "met", "answering", "met, and nothing written down since", "逾时未登记接触结果"),
    _late("not_brought", "accepted", "bringing", "accepted, and nothing done since", "逾时未护送"),
    _late("look_again_due", "declined", "look_again", "to be looked for tonight", "应再次查看"),
    _late("ambulance_late", "ambulance_called", "ambulance", "an ambulance that has not come", "急救车逾时未到"),
    _late("hospital_due", "in_hospital", "hospital", "to be asked for in the hospital", "应到院查看"),
)

contact = CaseType(
    "contact",
    title=Text("contact in the street", "街面接触"),
    chain=(
        Workflow(
            "contact",
            initial="noticed",
            title=Text("contact", "街面接触"),
            states=_STATES,
            transitions=(*_ANSWERING, *_AMBULANCE, *_ENDING),
            deadlines=_CLOCKS,
        ),
    ),
    data=contact_data.Contact,
    subjects=(accounts.PERSON, accounts.PATROL),
    roles=roles.STAFF,
    opens=OUT,
    grants={"view": roles.VIEWERS, "import": DIRECTOR, **roles.ERASING},
    readers={
        "personal": (*MEETING, "director"),
        "whereabouts": (*MEETING, "director"),
        "health": (*OUT, "director"),
    },
    # A patrol is no person: what a contact tells is the one's who was met, and goes with them.
    retention=Retention(after=days(365), shared="first"),
    worklists=_WORKLISTS,
    accounts=(accounts.kit, accounts.received, accounts.not_carried, accounts.carried),
    invariants=(
        Invariant(
            "no_child_declines",
            ~(state("contact") == "helped") | ~yes("minor"),
            because=Text("nobody who looks under age is left in the street", "疑似未成年人不得留在街面"),
        ),
        Invariant(
            "told_where_help_is",
            ~(state("contact") == "declined") | field("leaflet_left").known,
            because=Text("whoever declines was told where help is to be had", "不接受救助的须告知求助方式"),
        ),
    ),
)

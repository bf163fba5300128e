"""Candidates for who somebody is: proposed, then confirmed or rejected by somebody else, and undone when wrong.

Each source of a proposal has a transition of its own, because rejecting and undoing lead back to where the
case stood before, and a target is fixed when it is written down.
"""

from __future__ import annotations

from casework import Choice, Field, Held, Set, Text, Transition, field, keep, slot
from casework_police.evidence import EVIDENCE, LINK, evidence, link
from casework_police.fields import reason
from casework_police.requesting import UNLINKED
from casework_police.roles import JUDGING

_ASKED = ("requested", "acknowledged", "searching")
_UNASKED = ("not_asked", "not_found", "refused", "withdrawn")
_STANDS = (*_ASKED, *_UNASKED)
_TITLES = {
    "requested": Text("police asked", "已提请公安协查"),
    "acknowledged": Text("taken on by the police", "公安机关已受理"),
    "searching": Text("police are searching", "公安机关查找中"),
    "not_asked": Text("police not asked", "未提请公安协查"),
    "not_found": Text("police found nobody", "公安协查无结果"),
    "refused": Text("police declined", "公安机关不予受理"),
    "withdrawn": Text("request withdrawn", "已撤回协查"),
}
_PROPOSED = Text("propose who it may be", "提出疑似对象")

STOOD = Field(
    "stood",
    "choice",
    managed=True,
    choices=tuple(Choice(name, title) for name, title in _TITLES.items()),
    title=Text("before the candidate", "提出疑似对象前的状态"),
)


def _proposal(source: str) -> Transition:
    return Transition(
        "propose",
        source,
        "candidate" if source in _ASKED else "suggested",
        roles=("asker", "tracer", "officer") if source in _ASKED else ("asker", "tracer"),
        form=(*link(JUDGING), *evidence(JUDGING)),
        effects=[keep(*LINK, *EVIDENCE), Set("stood", source)],
        title=_PROPOSED,
    )


def _rejection(target: str) -> Transition:
    return Transition(
        "reject",
        ("candidate" if target in _ASKED else "suggested", "to_confirm", "outdated"),
        target,
        roles="tracer",
        form=(*reason(JUDGING), *evidence(JUDGING)),
        condition=field("stood") == target,
        effects=UNLINKED,
        title=Text("reject the candidate", "排除疑似对象"),
    )


def _undoing(target: str) -> Transition:
    return Transition(
        "undo",
        ("confirmed", "closed"),
        target,
        roles="tracer",
        form=(*reason(JUDGING), *evidence(JUDGING)),
        condition=(field("stood") == target) & ~slot("over"),
        effects=UNLINKED,
        title=Text("undo a wrong confirmation", "撤销错误的核实"),
        because=Text("only what was confirmed can be undone, in a case that runs", "仅可撤销未办结案件中已核实的对象"),
    )


def _following(target: str) -> Transition:
    return Transition(
        "follow_revocation",
        "confirmed",
        target,
        automatic=True,
        condition=(field("stood") == target) & ~slot("identified"),
        effects=UNLINKED,
        title=Text("the identity turned out to be wrong", "身份认定已被撤销"),
    )


# A candidate who waited while one identity was confirmed and revoked is not judged under the next one: who proposed
# it thought of somebody else. It is not dropped either, for it may have been right: somebody rejects it, with reasons.
_WATCHING = (
    Transition(
        "await_confirmation",
        ("candidate", "suggested"),
        "to_confirm",
        automatic=True,
        condition=slot("identified") & ~slot("over"),
        title=Text("the case took the identity for confirmed", "本案已确认身份"),
    ),
    Transition(
        "outdate",
        "to_confirm",
        "outdated",
        automatic=True,
        condition=~slot("identified") & ~slot("over"),
        title=Text("the identity was revoked while a candidate waited", "疑似对象待核实期间身份认定被撤销"),
    ),
)

_CONFIRMATION = Transition(
    "confirm",
    phase="judging",
    target="confirmed",
    roles="tracer",
    form=evidence(JUDGING, proof=True),
    condition=slot("identified"),
    four_eyes="propose",
    effects=[keep(*EVIDENCE), Set("confirmed_case", Held("candidate_case"))],
    title=Text("confirm the candidate", "确认疑似对象"),
    because=Text(
        "the case itself takes the identity for confirmed, and somebody else than who proposed it confirms the link",
        "须本案已按规定确认身份，并由提出人以外的人员核实",
    ),
)

# Automatic steps first: an identity that was revoked is followed before anything else is asked.
CANDIDATES = (
    *(_following(name) for name in _STANDS),
    *_WATCHING,
    *(_proposal(name) for name in _STANDS),
    _CONFIRMATION,
    *(_rejection(name) for name in _STANDS),
    *(_undoing(name) for name in _STANDS),
)

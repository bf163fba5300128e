"""Plugins that are sound alone and unsound together, each as a row: who attaches what, and what has to be found."""

from __future__ import annotations

from typing import Any

import attrs

from casework import (
    Account,
    CaseType,
    Field,
    Invariant,
    Outfit,
    Post,
    Require,
    Set,
    Slot,
    State,
    Transition,
    Workflow,
    actor,
    attach,
    elapsed_since,
    field,
    keep,
    optional,
    overdue,
    slot,
    state,
)
from casework.condition.build import days, hours
from casework.condition.tree import Condition
from casework.model.attachment import Attachment
from casework.model.workflow import Deadline

PERMIT = Workflow(
    "permit",
    initial="filed",
    states=[State("filed"), State("checked"), State("granted", final=True), State("withdrawn", final=True)],
    transitions=[
        Transition(
            "check",
            "filed",
            "checked",
            roles="clerk",
            form=[Field("approved", "boolean", required=True)],
            effects=keep("approved"),
        ),
        Transition("grant", "checked", "granted", roles="chief"),
        Transition("withdraw", "filed", "withdrawn", roles="clerk"),
    ],
)
HOST = CaseType(
    "permit",
    chain=[PERMIT],
    data=[
        Field("paid", "boolean"),
        Field("level", "integer", minimum=1, maximum=3),
        Field("approved", "boolean", managed=True),
    ],
    roles=("clerk", "chief"),
    opens="clerk",
    grants={"view": ("clerk", "chief"), "edit": "clerk"},
    accounts=[Account("desks", "desk", owner="unit", minimum=0), Account("used", "desk", owner="unit")],
)
"""A permit is filed, checked and granted, or withdrawn before it was checked. What was filed stays as it is."""

SENT_BACK = Transition("send_back", "checked", "filed", roles="clerk")
ROUND = attrs.evolve(HOST, chain=[attrs.evolve(PERMIT, transitions=(*PERMIT.transitions[:2], SENT_BACK))])
ROUND = attrs.evolve(
    ROUND, chain=[attrs.evolve(ROUND.main, states=[s for s in ROUND.main.states if s.name != "withdrawn"])]
)
"""A permit that is sent back as often as one likes, and cannot be withdrawn."""
FORK = attrs.evolve(
    HOST,
    chain=[
        attrs.evolve(
            PERMIT,
            states=[*PERMIT.states, State("limited", final=True)],
            transitions=[
                PERMIT.transitions[0],
                Transition("grant", "checked", "granted", roles="chief", condition=field("level") == 3),
                Transition("grant", "checked", "limited", roles="chief"),
                Transition("drop", "checked", "withdrawn", roles="chief"),
            ],
        )
    ],
)
"""A permit that is granted in full or, by the same trigger, with limits."""

CLOSED = ~state("permit").in_("filed", "checked")


@attrs.frozen(kw_only=True)
class Plugin:
    """What one plugin brings to the host."""

    name: str
    attachments: tuple[Attachment, ...] = ()
    requirements: tuple[Require, ...] = ()


@attrs.frozen(kw_only=True)
class Composition:
    """Each of *plugins* fits alone, and each pair of three; all together the finding *code* is *about* something."""

    name: str
    plugins: tuple[Plugin, ...]
    code: str
    host: CaseType = HOST
    level: str = "error"
    about: str = ""
    timed: bool = False


def _step(trigger: str, source: str, target: str | None, **more: Any) -> Transition:
    return Transition(trigger, source, target, **{"roles": "clerk", **more})


def _beside(
    name: str, *steps: Transition, over: Condition | None = None, bound: dict[str, Any] | None = None, **more: Any
) -> Attachment:
    """A workflow beside the permit: it begins idle, has the states that its steps name, and is over with the permit."""
    names = dict.fromkeys(["idle", *(t for step in steps for t in (*step.source, step.target) if t is not None)])
    end = Transition("end", tuple(names), "over", condition=slot("closed"), automatic=True)
    extra = {"slots": [Slot("closed"), *(Slot(n, k) for n, k in more.pop("takes", ()))]}
    workflow = Workflow(
        name,
        initial="idle",
        states=[*map(State, names), State("over", final=True)],
        transitions=[*steps, end],
        **extra,
        **more,
    )
    return attach(workflow, "permit", closed=CLOSED if over is None else over, **(bound or {}))


def _asks(name: str, condition: Condition, trigger: str = "grant") -> Plugin:
    """A plugin that only requires something of the permit."""
    return Plugin(name=name, requirements=(Require(f"permit.{trigger}", condition, because=f"{name} asks for it"),))


def _needs(name: str, done: str, *attachments: Attachment, trigger: str = "grant") -> Plugin:
    """A plugin without whose workflow being *done* the permit does not go on."""
    required = Require(f"permit.{trigger}", state(name) == done, because=f"{name} comes first")
    return Plugin(name=name, attachments=attachments, requirements=(required,))


def _after(name: str, other: str, done: str = "passed") -> Plugin:
    """A workflow that passes when the *other* one has, where that is there at all."""
    step = _step("pass", "idle", "passed", condition=optional(other, state(other) == done))
    return _needs(name, "passed", _beside(name, step))


def _filling(name: str, other: str) -> Plugin:
    """A workflow that fills in a field of its own as soon as the field of the *other* one is filled in."""
    told = Field("told", "boolean", managed=True)
    step = _step("tell", "idle", None, condition=slot("ready"), effects=Set("told", True))
    ready = optional(other, field(f"{other}.told").known)
    attached = _beside(name, step, fields=[told], takes=[("ready", "condition")], bound={"ready": ready})
    required = Require("permit.grant", field(f"{name}.told").known, because=f"{name} has to tell")
    return Plugin(name=name, attachments=(attached,), requirements=(required,))


def _only(name: str, *steps: Transition, **more: Any) -> Plugin:
    return Plugin(name=name, attachments=(_beside(name, *steps, **more),))


def _signature(**limits: Any) -> Plugin:
    """A signature that may be given until a week has gone by."""
    limit = Deadline("limit", "idle", days(7), **limits)
    lapse = [_step("lapse", "idle", "lapsed", roles=())] if limits else []
    asked = {} if limits else {"condition": ~overdue("limit")}
    return _only("signature", _step("sign", "idle", "signed", **asked), *lapse, deadlines=[limit])


RECALL = _only(
    "recall",
    _step("take_back", "idle", "taken", condition=state("permit") == "checked", effects=Set("answer", None)),
    takes=[("answer", "field")],
    bound={"answer": "approved"},
)
STAMP = _only(
    "stamp",
    _step("overrule", "idle", "stamped", condition=state("permit") == "checked", effects=Set("answer", True)),
    takes=[("answer", "field")],
    bound={"answer": "approved"},
)
COURIER = _only("courier", _step("leave", "idle", "away"), _step("come_back", "away", "idle"))
AUDIT = Plugin(
    name="audit",
    attachments=(
        _beside(
            "audit",
            _step("read", "idle", "read"),
            outfit=Outfit(invariants=[Invariant("at_hand", optional("courier", state("courier") != "away"))]),
        ),
    ),
)
ARCHIVE = Plugin(
    name="archive",
    attachments=(
        _beside(
            "archive",
            _step("file_away", "idle", "filed_away"),
            takes=[("answer", "field")],
            bound={"answer": "approved"},
            outfit=Outfit(
                invariants=[Invariant("answered", (state("permit") != "checked") | field("answer").known)],
            ),
        ),
    ),
)
QUEUE = _only("queue", Transition("jump", "idle", "jumped", automatic=True, condition=state("permit") == "checked"))
CALM = Plugin(
    name="calm",
    attachments=(
        _beside(
            "calm",
            _step("look", "idle", "looked"),
            outfit=Outfit(invariants=[Invariant("in_turn", optional("queue", state("queue") != "jumped"))]),
        ),
    ),
)
INSPECTION = _only(
    "inspection",
    _step("see", "idle", "seen"),
    Transition("skip", "idle", "skipped", automatic=True, condition=state("permit") == "checked"),
)
LENDING = _only("lending", _step("lend", "idle", "lent"), over=CLOSED & optional("vault", state("vault") != "sealed"))
VAULT = Plugin(
    name="vault",
    attachments=(
        attach(
            Workflow(
                "vault",
                initial="idle",
                states=[State("idle"), State("sealed", final=True), State("over", final=True)],
                transitions=[
                    _step("seal", "idle", "sealed"),
                    Transition("end", "idle", "over", automatic=True, condition=slot("closed")),
                ],
                slots=[Slot("closed")],
            ),
            "permit",
            closed=CLOSED,
        ),
    ),
)


def _taking(name: str) -> Plugin:
    return _only(name, _step("take", "idle", "taken", effects=Post("desks", "used")))


COMPOSITIONS = (
    Composition(
        name="each passes after the other has",
        plugins=(_after("inspection", "insurance"), _after("insurance", "inspection")),
        code="CW609",
    ),
    Composition(
        name="three wait in a circle, of whom any two get on",
        plugins=(_after("fire", "water"), _after("water", "gas"), _after("gas", "fire")),
        code="CW609",
    ),
    Composition(
        name="each asks for a field that the other fills in later",
        plugins=(_filling("office", "bank"), _filling("bank", "office")),
        code="CW609",
    ),
    Composition(
        name="they wait for each other while the case goes round",
        plugins=(_after("inspection", "insurance"), _after("insurance", "inspection")),
        code="CW602",
        host=ROUND,
    ),
    Composition(
        name="one asks that the fee is paid, the other that it is not",
        plugins=(_asks("bank", field("paid") == True), _asks("relief", field("paid") == False)),  # noqa: E712
        code="CW601",
    ),
    Composition(
        name="one asks for a high level, the other for a low one",
        plugins=(_asks("hall", field("level") >= 2), _asks("hut", field("level") < 2)),
        code="CW601",
    ),
    Composition(
        name="an ending is asked for in two ways at once",
        plugins=(
            _asks("bank", field("paid") == True, "withdraw"),  # noqa: E712
            _asks("relief", ~(field("paid") == True), "withdraw"),  # noqa: E712
        ),
        code="CW603",
        about="permit.withdrawn",
    ),
    Composition(
        name="what both ask for leaves only what the first transition of the trigger takes",
        plugins=(
            _asks("bank", (field("level") == 3) | (field("paid") == True)),  # noqa: E712
            _asks("relief", (field("level") == 3) | (field("paid") == False)),  # noqa: E712
        ),
        code="CW605",
        level="warning",
        host=FORK,
    ),
    Composition(
        name="one asks for a day to think, the other for haste",
        plugins=(
            _asks("calm", elapsed_since("checked") >= days(2)),
            _asks("haste", elapsed_since("checked") < hours(24)),
        ),
        code="CW602",
        host=ROUND,
    ),
    Composition(
        name="one asks for a clerk, the other for nobody who is one",
        plugins=(_asks("house", actor.has_role("clerk")), _asks("board", ~actor.has_role("clerk"))),
        code="CW601",
    ),
    Composition(
        name="one asks for another person, the other for the same",
        plugins=(_asks("eyes", actor.differs_from("check")), _asks("one_hand", ~actor.differs_from("check"))),
        code="CW601",
    ),
    Composition(
        name="an automatic step leaves the state in which the other one acts",
        plugins=(INSPECTION, _asks("report", optional("inspection", state("inspection") == "seen"))),
        code="CW609",
    ),
    Composition(
        name="an invariant forbids where the other one's people go",
        plugins=(AUDIT, COURIER),
        code="CW606",
        about="audit.at_hand",
    ),
    Composition(
        name="an invariant forbids what the other one does by itself",
        plugins=(CALM, QUEUE),
        code="CW606",
        about="calm.in_turn",
    ),
    Composition(
        name="an invariant asks for what the other one takes back",
        plugins=(ARCHIVE, RECALL),
        code="CW606",
        about="archive.answered",
    ),
    Composition(
        name="what one waits for is cleared by the other for good",
        plugins=(_asks("proof", field("approved").known), RECALL),
        code="CW609",
    ),
    Composition(
        name="what two persons did is void by the other one's step for ever",
        plugins=(_asks("eyes", actor.differs_from("check")), STAMP),
        code="CW601",
    ),
    Composition(
        name="a deadline ends what the other one waits for",
        plugins=(
            _signature(trigger="lapse"),
            _asks("paper", optional("signature", state("signature") == "signed")),
        ),
        code="CW609",
        timed=True,
    ),
    Composition(
        name="what one waits for may not be done when its time is over",
        plugins=(_signature(), _asks("paper", optional("signature", state("signature") == "signed"))),
        code="CW609",
        timed=True,
    ),
    Composition(
        name="the case would close while one is left behind by the other",
        plugins=(LENDING, VAULT),
        code="CW607",
        about="lending",
    ),
    Composition(
        name="both take from one account with a limit",
        plugins=(_taking("hall"), _taking("market")),
        code="CW614",
        level="warning",
        about="desks",
    ),
)

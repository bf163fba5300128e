"""The loan of a wheelchair, a plugin that asks for a deposit, and what their authors claim of them."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from casework import (
    Account,
    Attachment,
    CaseType,
    Choice,
    Deadline,
    Field,
    Given,
    Part,
    Post,
    Require,
    Role,
    Run,
    Set,
    Slot,
    State,
    Transition,
    View,
    Workflow,
    actor,
    attach,
    balance,
    days,
    effect,
    elapsed_since,
    field,
    given,
    guard,
    keep,
    overdue,
    slot,
    state,
)
from casework.testing import access_table, never, whenever, workflow_machine

REASON = Field("reason", required=True, max_length=40)
COUNT = Field("count", "integer", required=True, minimum=1, maximum=3)


@guard("loan.no_name_twice", reads="borrower")
def no_name_twice(view: View) -> bool:
    """the chair is not lent to the clerk who lends it"""
    return view.data.get("borrower") != view.person


@effect("loan.write_slip", reads="borrower", writes="slip")
def write_slip(view: View) -> Iterable[Set]:
    yield Set("slip", f"{view.person}: {view.data.get('borrower', '?')}")


loan = CaseType(
    "loan",
    chain=[
        Workflow(
            "loan",
            initial="asked",
            states=[
                State("asked", grants={"edit": "clerk"}),
                State("lent", grants={"edit": "chief"}),
                State("returned"),
                State("lost"),
                State("closed", final=True),
            ],
            transitions=[
                Transition("settle", "returned", "closed", automatic=True, condition=field("inspected") == "good"),
                Transition(
                    "scrap", "asked", roles="chief", form=[COUNT], effects=Post("chairs", "out", Given("count"))
                ),
                Transition("check", "asked", roles="clerk", effects=Set("checked", True)),
                Transition(
                    "lend",
                    "asked",
                    "lent",
                    roles="clerk",
                    condition=field("checked") == True,  # noqa: E712
                    guards="loan.no_name_twice",
                    effects=[Post("chairs", "out"), Run("loan.write_slip")],
                ),
                Transition("give_back", "lent", "returned", roles="clerk", effects=Post("out", "chairs")),
                Transition(
                    "inspect",
                    "returned",
                    roles="clerk",
                    form=[Field("inspected", "choice", required=True, choices=(Choice("good"), Choice("worn")))],
                    effects=keep("inspected"),
                ),
                Transition("repair", "returned", roles="chief", effects=Set("inspected", "good")),
                Transition("report_loss", "lent", "lost", roles="clerk", form=[REASON], effects=keep("reason")),
                Transition("write_off", "lost", "closed", roles=("clerk", "chief"), four_eyes="report_loss"),
            ],
            deadlines=[Deadline("period", "lent", days(14))],
        )
    ],
    data=[
        Field("borrower", field_class="personal", max_length=20),
        Field("illness", field_class="health", max_length=20),
        Field("checked", "boolean", managed=True),
        Field("inspected", "choice", choices=(Choice("good"), Choice("worn")), managed=True),
        Field("reason", managed=True),
        Field("slip", managed=True),
    ],
    roles=["clerk", "chief", Role("owner", local=True)],
    opens=("clerk", "chief"),
    grants={"view": ("clerk", "chief"), "correct": "chief"},
    readers={"personal": ("clerk", "chief"), "health": "chief"},
    # Four chairs were there before anything was counted.
    accounts=[Account("chairs", "chair", minimum=-4), Account("out", "chair")],
)

deposit = Workflow(
    "deposit",
    initial="open",
    states=[State("open"), State("paid"), State("over", final=True)],
    transitions=[
        Transition("end", ("open", "paid"), "over", automatic=True, condition=slot("ended")),
        Transition("pay", "open", "paid", roles="taker"),
        Transition("give_back", "paid", "open", roles="taker"),
    ],
    slots=[Slot("taker", "role"), Slot("ended")],
)
paid = Require("loan.lend", state("deposit") == "paid", because="no chair without a deposit")

CLAIMS = (
    whenever("lend", before=field("checked") == True, because="whoever gets a chair was checked"),  # noqa: E712
    whenever("lend", before=state("deposit") == "paid", because="no chair without a deposit"),
    whenever("report_loss", before=given("reason").known, because="a loss is explained"),
    whenever("write_off", after=state("loan") == "closed", because="what is written off is over"),
    whenever("write_off", before=actor.differs_from("report_loss"), because="nobody writes off what they lost"),
    never((state("loan") == "closed") & ~field("inspected").known & ~field("reason").known, because="none goes unseen"),
    never((state("loan") == "closed") & (field("inspected") == "worn"), because="no worn chair goes back"),
    never(lambda case: case.data.get("slip") == "all_roles: all_roles", because="nobody lends to themselves"),
    never(balance("chairs") < -4, because="there are no more chairs than there are"),
    never((state("loan") == "returned") & overdue("period"), because="what is back is not overdue"),
    never(
        (state("loan") == "lent") & (elapsed_since("lent") >= days(14)) & ~overdue("period"), because="fourteen days"
    ),
)
ACCESS = """
open | clerk chief
view | clerk chief
edit in asked | clerk
edit in lent | chief
correct | chief
fire scrap in asked | chief
fire check in asked | clerk
fire lend in asked | clerk
fire give_back in lent | clerk
fire inspect in returned | clerk
fire repair in returned | chief
fire report_loss in lent | clerk
fire write_off in lost, not who fired report_loss | clerk chief
read personal | clerk chief
read health | chief
"""
QUICK = settings(
    max_examples=300,
    stateful_step_count=20,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@attrs.frozen
class Loans:
    """What the authors deliver: a case type, its parts, what the plugin attaches and requires."""

    case_type: CaseType = loan
    parts: tuple[Part, ...] = (no_name_twice, write_slip)
    attachments: tuple[Attachment, ...] = (attach(deposit, "loan", taker="clerk", ended=state("loan") == "closed"),)
    requirements: tuple[Require, ...] = (paid,)

    def table(self) -> None:
        """The authors' access table."""
        access_table(self.case_type, ACCESS)

    def run(self, examples: int = QUICK.max_examples) -> None:
        """The authors' machine, with their claims; who borrows is theirs to say, for the guard looks at it."""
        machine = workflow_machine(
            self.case_type,
            parts=self.parts,
            attachments=self.attachments,
            requirements=self.requirements,
            data=st.fixed_dictionaries({}, optional={"borrower": st.sampled_from(["all_roles", "wang"])}),
            claims=CLAIMS,
        )
        run_state_machine_as_test(machine, settings=settings(QUICK, max_examples=examples))


def program(error: BaseException) -> list[str]:
    """The steps of the program that a failure came about by."""
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith("The program that led here:")]
    return [line for line in notes[-1].splitlines()[1:] if " = app.desk(" not in line]

"""What a proposal of who somebody may be rests on: the candidate with its score, and the evidence of each act.

A candidate is a link to another case and nothing more. Confirming, rejecting and undoing each ask for evidence
of their own, and the log keeps all of it; records are never merged.
"""

from __future__ import annotations

from casework import Choice, Field, Text

PROOFS = (
    Choice("interview", Text("talks and clues", "谈话甄别与线索核查")),
    Choice("kin", Text("recognised by kin", "亲属辨认")),
    Choice("household_register", Text("household register", "户籍信息核对")),
    Choice("dna", Text("DNA comparison", "DNA比对")),
    Choice("fingerprint", Text("fingerprints", "指纹比对")),
    Choice("face", Text("face comparison", "人像比对")),
    Choice("notice", Text("answer to a notice", "公告反馈")),
)
# A score by itself confirms nobody (PIPL 24), so this way is there for proposals only.
WAYS = (*PROOFS, Choice("record_match", Text("comparison of records", "登记信息自动比对")))

LINK = ("candidate_case", "candidate_score", "candidate_reasons")
EVIDENCE = ("compared", "found_through", "paper_number", "asked")


def evidence(readers: tuple[str, ...] = (), *, proof: bool = False) -> tuple[Field, ...]:
    """A form's fields: what was compared, by which way, on which paper, who was asked.

    With *proof* a mere comparison of records is not among the ways.
    """
    return (
        Field(
            "compared",
            required=True,
            field_class="identity",
            readers=readers,
            title=Text("what was compared", "比对内容"),
        ),
        Field(
            "found_through",
            "choice",
            required=True,
            choices=PROOFS if proof else WAYS,
            title=Text("found through", "查找途径"),
        ),
        Field(
            "paper_number",
            field_class="identity",
            readers=readers,
            title=Text("number of the paper", "材料编号"),
            max_length=100,
        ),
        Field(
            "asked",
            required=True,
            field_class="personal",
            readers=readers,
            title=Text("who was asked", "询问对象"),
            max_length=200,
        ),
    )


def link(readers: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """A form's fields: the case of the candidate, the score in thousandths, and the reasons in words."""
    return (
        # Which case it is says who somebody may be, so the link is sealed.
        Field(
            "candidate_case",
            required=True,
            field_class="identity",
            readers=readers,
            title=Text("case of the candidate", "疑似对应案件"),
            max_length=128,
        ),
        Field(
            "candidate_score",
            "integer",
            minimum=0,
            maximum=1000,
            title=Text("score, in thousandths", "匹配分值（千分）"),
        ),
        Field(
            "candidate_reasons",
            field_class="identity",
            readers=readers,
            title=Text("why it may be", "匹配说明"),
            max_length=4000,
        ),
    )

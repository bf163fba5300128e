"""On which basis personal data may be handed to the police, each with the article that it rests on.

The articles are those of the Personal Information Protection Law of the People's Republic of China
(个人信息保护法): 13 on lawful bases, 23 on handing data to others, 29 on sensitive data, 31 on minors under fourteen.
"""

from __future__ import annotations

from casework import Choice, Condition, Field, Text, given

BASES = (
    Choice("statutory_duty", Text("statutory duty (PIPL 13(3))", "履行法定职责（个人信息保护法第十三条第三项）")),
    Choice(
        "emergency",
        Text("emergency to life or health (PIPL 13(4))", "紧急情况下保护生命健康（个人信息保护法第十三条第四项）"),
    ),
    Choice(
        "separate_consent",
        Text("separate consent (PIPL 23, 29)", "个人单独同意（个人信息保护法第二十三条、第二十九条）"),
    ),
    Choice("guardian_consent", Text("consent of the guardian (PIPL 31)", "监护人同意（个人信息保护法第三十一条）")),
)
CONSENTS = ("separate_consent", "guardian_consent")
SHARING = ("asked_of", "shared", "basis", "consent_paper")

consented_on_paper: Condition = ~given("basis").in_(*CONSENTS) | given("consent_paper").known
"""Whoever names a consent as the basis says where it is kept; for forms that ask for the fields of `sharing`."""

WITHOUT_PAPER = Text("a consent is on paper, and the paper has a number", "以同意为依据的，须填写同意书编号")


def sharing(readers: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """A form's fields: what is told, to whom, and on which basis."""
    return (
        Field("asked_of", required=True, title=Text("asked of", "受理单位"), max_length=100),
        Field(
            "shared",
            required=True,
            field_class="identity",
            readers=readers,
            title=Text("what is shared", "提供的信息"),
        ),
        Field("basis", "choice", required=True, choices=BASES, title=Text("basis", "提供依据")),
        Field(
            "consent_paper",
            field_class="personal",
            readers=readers,
            title=Text("where the consent is kept", "同意书编号"),
            max_length=100,
        ),
    )

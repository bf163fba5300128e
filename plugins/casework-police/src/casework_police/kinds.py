"""What the police are asked for: who somebody is, a notice, a comparison of DNA."""

from __future__ import annotations

from casework import Choice, Field, Text

KINDS = (
    Choice("identity_query", Text("identity query", "身份核查")),
    Choice("notice", Text("notice", "协查公告")),
    Choice("dna_sample", Text("DNA sample", "DNA采样比对")),
)
KIND = Field("kind", "choice", required=True, choices=KINDS, title=Text("kind of request", "协查类别"))

"""The case type of a family's report of a missing person."""

from __future__ import annotations

from casework import CaseType, Invariant, Text, Worklist, field, overdue, state
from casework_police.consent import sharing
from casework_police.missing_person import MissingPerson
from casework_police.roles import DIRECTOR, OFFICER, SEARCH, STAFF, STAFF_ROLES
from casework_police.search import search

_READING = (*STAFF, "police_officer")
_STATE = state("missing_person")

_WORKLISTS = (
    Worklist("reports_to_take_on", "reported", roles=STAFF, title=Text("reports to take on", "待受理的失踪报告")),
    Worklist(
        "reports_late",
        "reported",
        condition=overdue("taking_on"),
        roles=STAFF,
        title=Text("reports that nobody took on", "逾期未受理的失踪报告"),
    ),
    Worklist("missing", "searching", roles=_READING, title=Text("missing persons", "查找中的失踪人员")),
    Worklist("reports_to_judge", "candidate", roles=SEARCH, title=Text("candidates to judge", "待核实的疑似对象")),
    Worklist(
        "reports_to_renew",
        ("searching", "candidate"),
        condition=overdue("renewal"),
        roles=STAFF,
        title=Text("families to ask again", "待向家属核实"),
    ),
)

_INVARIANTS = (
    Invariant(
        "consent_is_asked",
        ~_STATE.in_("searching", "candidate", "found") | field("consent").known,
        because=Text("the family is asked what may be shared before anybody searches", "查找前须征询家属共享意愿"),
    ),
    Invariant(
        "candidate_is_linked",
        ~(_STATE == "candidate") | field("candidate_case").known,
        because=Text("a candidate is a link to a case", "疑似对象须对应案件"),
    ),
    Invariant(
        "found_is_linked",
        ~field("found_case").known | (_STATE == "found"),
        because=Text("no link outlives what it stood for", "撤销后不得保留对应关系"),
    ),
)

missing_person = CaseType(
    "missing_person",
    title=Text("missing person", "失踪人员"),
    chain=(search, sharing),
    data=MissingPerson,
    subjects=("person", "reporter"),
    roles=(*STAFF_ROLES, OFFICER),
    opens=STAFF,
    # Officers see a report where the family lets it be shared: the workflow beside says when.
    grants={"view": (*STAFF, "auditor"), "import": DIRECTOR, "audit": "auditor"},
    # The auditor sees that everything was done as it should, without learning about whom: no class is granted.
    readers={
        "personal": _READING,
        "identity": _READING,
        "whereabouts": _READING,
        "health": SEARCH,
    },
    worklists=_WORKLISTS,
    invariants=_INVARIANTS,
)

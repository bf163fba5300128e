"""How the due date of a case was derived, told from what its row and its manifest say, and derived once more."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework.calendars import DerivationStep, counted, of_days, steps
from casework.compiled import Compiled
from casework.compiled.ruled import Version
from casework.deciding.terms import version_of
from casework.errors import Refused
from casework.model.case import Snapshot
from casework.model.refusal import Problem, Refusal
from casework.model.rule import Rule
from casework.model.term import Term
from casework.text import Text


@attrs.frozen(kw_only=True)
class Derivation:
    """How one deadline of a case came to be due when it is.

    *rule* is the version that was in force when it started, None where none was. *due* is None while it stands still
    (*paused*), where the rule does not apply, and where it is not known yet; then it is not before *earliest*.
    *holds* says whether the due date comes out the same when it is derived again from *started*, the pauses, the
    extensions and the days that the calendar told of at the time.
    """

    deadline: str
    title: Text
    rule: Rule | None
    started: datetime
    due: datetime | None
    earliest: datetime | None
    paused: bool
    steps: tuple[DerivationStep, ...]
    holds: bool


def derivation(compiled: Compiled, case: Snapshot, name: str) -> Derivation:
    """The derivation of a running deadline. Refused where no rule sets it, or where it does not run."""
    term = case.terms.get(name)
    if term is None:
        known = ", ".join(case.terms) or "none"
        text = Text(f"no rule sets {name!r} now; rules set {known}", f"“{name}”现未按规则计算；现有：{known}")
        raise Refused(Refusal("invalid-form", case_id=case.id, problems=(Problem("deadline", text),)))
    version = version_of(compiled.ruled[name], term, case.tenant)
    told, holds = ((), True) if term.told or version is None else _again(term, version)
    if term.told:
        told = (DerivationStep("told", Text("the due date was told with the case", "届满日随案件转入时已注明")),)
    elif version is None:
        text = Text("no version of the rule was in force when it started", "起算时该规则没有有效版本")
        told = (DerivationStep("applies", text),)
    return Derivation(
        deadline=name,
        title=compiled.titles.text("deadline", name),
        rule=None if version is None else version.rule,
        started=term.started,
        due=term.due,
        earliest=term.earliest,
        paused=term.paused,
        steps=told,
        holds=holds,
    )


def _again(term: Term, version: Version) -> tuple[tuple[DerivationStep, ...], bool]:
    """The steps, and whether the due date comes out the same by what the term itself says."""
    # What is not known yet has no days of its own to go by.
    calendar = version.calendar if term.earliest is not None else of_days(version.calendar.name, term.days)
    longer = sum(item.value for item in term.extensions)
    found = counted(version.rule, term.started, pauses=term.pauses, longer=longer, calendar=calendar)
    same = not term.applies or (found.due, found.earliest) == (term.due, term.earliest)
    return steps(version.rule, term, found, calendar), same

"""Terms: what the rules of the deadlines say, followed as the case changes; nothing here asks what time it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from casework.calendars import counted, local_day, zone_of
from casework.compiled.ruled import Ruled, Version
from casework.model.term import Term

if TYPE_CHECKING:
    from casework.deciding.draft import Draft


def tick(draft: Draft) -> None:
    """Bring every term up to date with the case as it stands now, and its due date with it."""
    for name, ruled in draft.compiled.ruled.items():
        term = draft.terms.get(name)
        if term is None or term.told or (term.due is not None and (ruled.steady or term.due <= draft.now)):
            continue  # what has run out stays so until its states are left
        now = _followed(draft, ruled, term)
        if now is not term and now != term:
            draft.terms[name] = now
            put(draft, name, now)


def put(draft: Draft, name: str, term: Term) -> None:
    """Have the due date of a deadline be that of its term."""
    if term.due is None:
        draft.dues.pop(name, None)
    else:
        draft.dues[name] = term.due


def version_of(ruled: Ruled, term: Term, tenant: str) -> Version | None:
    """The version that was in force where and when the term started; None where none was."""
    if term.rule:
        return ruled.by_name.get(term.rule)
    for version in ruled.of_tenant(tenant):
        if version.rule.in_force(local_day(term.started, zone_of(version.rule.zone))):
            return version
    return None


def _followed(draft: Draft, ruled: Ruled, term: Term) -> Term:
    version = version_of(ruled, term, draft.before.tenant)
    if version is None:
        return attrs.evolve(term, rule="", due=None, earliest=None, days=())
    applies = version.applies(draft) is not False
    pausing = version.pauses(draft) is True
    settled = term.due is not None or term.paused or not term.applies
    if settled and term.rule and (pausing, applies) == (term.paused, term.applies):
        return term
    pauses = term.pauses
    if pausing and not term.paused:
        pauses = (*pauses, (draft.now, None))
    elif term.paused and not pausing:
        since = pauses[-1][0]
        pauses = (*pauses[:-1], *(((since, draft.now),) if since < draft.now else ()))
    changed = attrs.evolve(term, rule=version.rule.version, pauses=pauses, applies=applies)
    return recounted(changed, version)


def recounted(term: Term, version: Version) -> Term:
    """The term with its due date derived anew from what it says of its start, its pauses and its extensions."""
    if not term.applies:
        return attrs.evolve(term, due=None, earliest=None, days=())
    longer = sum(item.value for item in term.extensions)
    found = counted(version.rule, term.started, pauses=term.pauses, longer=longer, calendar=version.calendar)
    return attrs.evolve(term, due=found.due, earliest=found.earliest, days=found.days)

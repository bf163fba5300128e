"""Give the clock of a rule more time, on somebody's authority and for a reason."""

from __future__ import annotations

import attrs

from casework.deciding.draft import Draft
from casework.deciding.editing import text_of
from casework.deciding.follow import follow
from casework.deciding.refuse import stop
from casework.deciding.terms import put, recounted, version_of
from casework.model.refusal import Problem
from casework.model.term import Extension, Term
from casework.text import Text
from casework.titles import roles_text

MOST = 100_000


def extend(draft: Draft) -> None:
    """Extend a running deadline by so many units of its rule; one that has run out is not extended any more."""
    compiled, move = draft.compiled, draft.move
    if not compiled.access.may("view", draft.before.states, move.roles):
        raise stop(draft, "not-found")
    name = text_of(draft, "deadline")
    ruled = compiled.ruled.get(name)
    if ruled is None:
        known = ", ".join(compiled.ruled) or "none"
        raise _problem(
            draft, "deadline", f"no rule sets {name!r}; it sets {known}", f"规则未设定“{name}”；现有：{known}"
        )
    if move.roles.isdisjoint(ruled.deadline.extenders):
        who = roles_text(compiled.titles, ruled.deadline.extenders)
        text = Text(f"extending is for {who.en}", f"延长期限由{who.zh}办理")
        raise stop(draft, "not-permitted", text, roles=ruled.deadline.extenders)
    term = _running(draft, name)
    value = move.form.get("value")
    if type(value) is not int or not 1 <= value <= MOST:
        raise _problem(draft, "value", "takes a whole number of 1 or more", "须填写1以上的整数")
    reason, authority = text_of(draft, "because", limit=1_000), text_of(draft, "authority", limit=500)
    draft.extends = (name, value)
    draft.note = f"{reason} ({authority})"
    longer = attrs.evolve(
        term, extensions=(*term.extensions, Extension(value, draft.before.revision + 1)), due=None, earliest=None
    )
    version = version_of(ruled, term, draft.before.tenant)
    assert version is not None, "what runs has the version that it runs by"
    try:
        draft.terms[name] = recounted(longer, version)
    except (OverflowError, ValueError):
        raise _problem(draft, "value", "no calendar reaches so far", "超出日历范围") from None
    put(draft, name, draft.terms[name])
    follow(draft)


def _running(draft: Draft, name: str) -> Term:
    term = draft.terms.get(name)
    if term is None or not term.rule or term.told:
        raise _problem(draft, "deadline", f"{name!r} does not run by a rule here", f"“{name}”现未按规则计算")
    if term.due is not None and term.due <= draft.move.now:
        raise _problem(draft, "deadline", f"{name!r} is over already", f"“{name}”已经届满")
    return term


def _problem(draft: Draft, name: str, en: str, zh: str) -> Exception:
    return stop(draft, "invalid-form", problems=(Problem(name, Text(en, zh)),))

"""How a refusal is put together: the clauses that do not hold, who could act, which step would help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework.compiled import Clause, Compiled
from casework.condition import tree
from casework.condition.evaluate import Facts
from casework.condition.sentence import sentence
from casework.condition.tree import Condition
from casework.deciding.draft import Draft, Stop
from casework.model.refusal import HIDDEN_TEXT, Refusal, RefusalCode, Unmet
from casework.text import Text


def stop(draft: Draft, code: RefusalCode, text: Text | None = None, **more: Any) -> Stop:
    """A refusal of the draft's move, ready to be raised."""
    move, case = draft.move, draft.before
    return Stop(
        Refusal(code, trigger=move.trigger, case_id=case.id, revision=case.revision, text=text or Text(), **more)
    )


def unmet(draft: Draft, clauses: Iterable[Clause], *, probing: bool = False) -> tuple[Unmet, ...]:
    """The clauses that do not hold (or are not known to) on the draft as it stands."""
    found = []
    for clause in clauses:
        if probing and clause.asks_form:
            continue
        verdict = clause.read(draft)
        if verdict is not True:
            found.append(_unmet(draft, clause, unknown=verdict is None))
    return tuple(found)


def _unmet(draft: Draft, clause: Clause, unknown: bool) -> Unmet:
    if not draft.compiled.access.tells(clause.condition, draft.move.roles):
        return Unmet(HIDDEN_TEXT, hidden=True, source=clause.source)
    text = clause_text(draft.compiled, clause)
    if unknown:
        names = _unknown(draft, clause.condition)
        text = Text(
            f"{text.en} (not known: {', '.join(name.en for name in names)})" if names else text.en,
            f"{text.zh}（尚不清楚：{'、'.join(name.zh for name in names)}）" if names else text.zh,
        )
    return Unmet(text, clause.condition, unknown, source=clause.source, because=clause.because)


def clause_text(compiled: Compiled, clause: Clause) -> Text:
    """A clause in words, with the reason that the definition gives for it."""
    said = condition_text(compiled, clause.condition)
    if not clause.because:
        return said
    return Text(f"{said.en} ({clause.because.in_('en')})", f"{said.zh}（{clause.because.in_('zh')}）")


def condition_text(compiled: Compiled, condition: Condition) -> Text:
    """A condition in both languages, with the titles of its case type."""
    titles = compiled.titles
    return Text(sentence(condition, titles, "en"), sentence(condition, titles, "zh"))


def _unknown(draft: Draft, condition: Condition) -> list[Text]:
    """The facts named in the condition that are not known."""
    titles, facts = draft.compiled.titles, draft
    names: dict[tuple[str, str], None] = {}
    for node in tree.walk(condition):
        if isinstance(node, tree.Compare | tree.Among):
            kind = _missing(node.left, facts)
            if kind is not None:
                names[kind] = None
        elif isinstance(node, tree.Differs) and node.trigger not in facts.acts:
            names["trigger", node.trigger] = None
    return [titles.text(kind, name) for kind, name in names]


def _missing(left: tree.Operand, facts: Facts) -> tuple[str, str] | None:
    match left:
        case tree.FieldRef(name) if name not in facts.data:
            return "field", name
        case tree.GivenRef(name) if name not in facts.form:
            return "given", name
        case tree.ElapsedRef(mark) if mark not in facts.marks:
            return "mark", mark
        case tree.BalanceRef(account) if account not in facts.balances:
            return "account", account
    return None

"""How a refusal is put together: the clauses that do not hold, who could act, which step would help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casework.compiled import Clause, Compiled, CompiledTransition
from casework.condition import tree
from casework.condition.evaluate import Facts
from casework.condition.sentence import sentence
from casework.condition.tree import Condition
from casework.deciding.draft import Draft, Stop
from casework.model.command import Set
from casework.model.refusal import HIDDEN_TEXT, Help, Refusal, RefusalCode, Unmet
from casework.soundness.graph import shortest_path
from casework.text import Text


def stop(draft: Draft, code: RefusalCode, text: Text | None = None, **more: object) -> Stop:
    """A refusal of the draft's move, ready to be raised."""
    move, case = draft.move, draft.before
    return Stop(
        Refusal(code, trigger=move.trigger, case_id=case.id, revision=case.revision, text=text or Text(), **more)  # type: ignore[arg-type]
    )


def unmet(draft: Draft, clauses: Iterable[Clause], *, probing: bool = False) -> tuple[Unmet, ...]:
    """The clauses that do not hold (or are not known to) on the draft as it stands."""
    found = []
    for clause in clauses:
        if probing and clause.asks_form:
            continue
        verdict = clause.read(draft.facts)
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
    return Unmet(text, clause.condition, unknown, source=clause.source)


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
    titles, facts = draft.compiled.titles, draft.facts
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


def helping(draft: Draft, missing: Sequence[Unmet]) -> tuple[Help, ...]:
    """For each unmet clause a step that leads towards it, by the graph of its workflow; no promise, a direction."""
    steps: dict[str, Help] = {}
    for clause in missing:
        if clause.condition is not None and not clause.hidden:
            for transition in _towards(draft, clause.condition):
                steps.setdefault(transition.transition.trigger, _help(draft.compiled, transition))
    return tuple(steps.values())


def towards(draft: Draft, workflow: str, states: set[str]) -> tuple[Help, ...]:
    """The steps that lead *workflow* towards one of *states*, through what its automatic steps wait for."""
    steps = {item.transition.trigger: _help(draft.compiled, item) for item in _first_step(draft, workflow, states)}
    return tuple(steps.values())


def _towards(draft: Draft, condition: Condition) -> Iterable[CompiledTransition]:
    for node in tree.walk(condition):
        match node:
            case tree.Compare(tree.StateRef(workflow), "eq", right):
                yield from _first_step(draft, workflow, {str(right)})
            case tree.Among(tree.StateRef(workflow), values):
                yield from _first_step(draft, workflow, {str(value) for value in values})
            case tree.Known(tree.FieldRef(name)) | tree.Compare(tree.FieldRef(name)) | tree.Among(tree.FieldRef(name)):
                yield from _setters(draft, name)
            case tree.Differs(trigger) if trigger not in draft.acts:
                yield from (
                    draft.compiled.triggers[trigger].transitions[:1] if trigger in draft.compiled.triggers else ()
                )


def _first_step(draft: Draft, workflow: str, wanted: set[str]) -> Iterable[CompiledTransition]:
    compiled = draft.compiled.workflows.get(workflow)
    if compiled is None:
        return
    path = shortest_path(compiled.workflow, draft.states[workflow], wanted)
    if not path:
        return
    for item in compiled.transitions:
        if item.transition == path[0]:
            if item.transition.automatic:
                for clause in item.clauses:
                    yield from _towards(draft, clause.condition)
            else:
                yield item
            return


def _setters(draft: Draft, field: str) -> Iterable[CompiledTransition]:
    for trigger in draft.compiled.triggers.values():
        for item in trigger.by_state.get(draft.states[trigger.workflow], ()):
            if any(isinstance(effect, Set) and effect.field == field for effect in item.effects):
                yield item
                return


def _help(compiled: Compiled, item: CompiledTransition) -> Help:
    trigger, roles = item.transition.trigger, tuple(sorted(item.roles))
    title = compiled.titles.text("trigger", trigger)
    who = [compiled.titles.text("role", role) for role in roles]
    return Help(
        trigger,
        roles,
        Text(
            f"{' or '.join(role.en for role in who) or 'the system'} can '{trigger}' ({title.en})",
            f"{'或'.join(role.zh for role in who) or '系统'}可以“{title.zh}”（{trigger}）",
        ),
    )

"""Choose which transition a trigger takes: the workflow's machine asks, clauses and guards answer."""

from __future__ import annotations

from types import MappingProxyType

from casework.compiled import Clause, Compiled, CompiledTransition
from casework.deciding.draft import Draft, Stop
from casework.deciding.help import helping
from casework.deciding.refuse import stop, unmet
from casework.model.refusal import Unmet
from casework.parts import Declared, Guard, View
from casework.text import Text


def choose(draft: Draft, candidates: tuple[CompiledTransition, ...]) -> tuple[CompiledTransition, str]:
    """The first candidate in the machine whose clauses and guards all hold, and the state it ends in."""
    workflow = draft.compiled.workflows[candidates[0].workflow]
    numbered = {item.number: item for item in candidates}

    def permits(number: int) -> bool:
        item = numbered.get(number)
        return item is not None and holds(draft, item)

    found = workflow.machine.choose(draft.states[candidates[0].workflow], draft.move.trigger, permits)
    if found is None:
        raise _explain(draft, candidates)
    number, target = found
    return numbered[number], target


def holds(draft: Draft, item: CompiledTransition) -> bool:
    """Whether every clause and guard of *item* holds; one that needs a form is passed over while probing."""
    probing, timed = draft.move.probing, draft.move.kind == "timer"
    unknown = False
    for clause in item.clauses:
        if _skipped(clause, probing, timed):
            continue
        verdict = clause.read(draft)
        if verdict is False:
            return False
        unknown = unknown or verdict is None
    if unknown:
        # What a form may still rule out does not bar the transitions behind it.
        if item.transition.automatic or (probing and any(clause.asks_form for clause in item.clauses)):
            return False
        raise _unknown(draft, item)
    if item.absent:
        if item.transition.automatic:
            return False
        # A later transition of the trigger may not be taken in the stead of one that cannot be judged.
        raise _absent(draft, item)
    return all(asked(draft, item.workflow, guard) for guard in item.guards)


def _skipped(clause: Clause, probing: bool, timed: bool) -> bool:
    # A clause about who acts is for people; a deadline is fired by the system, which is no person.
    return (probing and clause.asks_form) or (timed and clause.asks_actor)


def asked(draft: Draft, workflow: str, guard: Guard) -> bool:
    """What a guard answers. One that raises, answers otherwise than yes or no, or changes its mind, refuses."""
    view = view_of(draft, workflow, guard.reads)
    try:
        answers = (guard.check(view), guard.check(view))
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        raise failed(draft, guard.name, beyond(draft, workflow, view) or type(error).__name__) from error
    strayed = beyond(draft, workflow, view)
    if strayed:
        raise failed(draft, guard.name, strayed)
    if answers[0] is not answers[1] or not isinstance(answers[0], bool):
        raise failed(draft, guard.name, "it did not answer yes or no, the same twice")
    return answers[0]


def view_of(draft: Draft, workflow: str, reads: tuple[str, ...], posts: tuple[str, ...] = ()) -> View:
    """The frozen view that a part gets, with only the fields and balances that it declared, as it calls them."""
    move, case, data = draft.move, draft.before, draft.data
    named = {name: draft.compiled.own_field(workflow, name) for name in reads}
    return View(
        case_id=case.id,
        case_type=case.case_type,
        trigger=move.trigger,
        unit=case.unit,
        now=move.now,
        person=move.actor.person,
        roles=move.roles,
        states=MappingProxyType(dict(draft.states)),
        data=Declared({name: data[full] for name, full in named.items() if full in data}, reads),
        form=MappingProxyType(dict(draft.form)),
        subjects=MappingProxyType(dict(case.subjects)),
        balances=Declared({name: draft.balances[name] for name in posts if name in draft.balances}, posts),
    )


def beyond(draft: Draft, workflow: str, view: View) -> str:
    """What a part asked its view for without declaring it, in words; empty where it kept to what it declared."""
    compiled = draft.compiled
    read, post = (told.beyond if isinstance(told, Declared) else None for told in (view.data, view.balances))
    if read is None and post is None:
        return ""
    if read is not None and compiled.own_field(workflow, read) in compiled.fields:
        return f"it did not declare to read {read!r}"
    if post is not None and post in compiled.accounts:
        return f"it did not declare to post {post!r}"
    # A name that the definition does not know may have been made of what the part was handed.
    return "it did not declare all that it looked at"


def failed(draft: Draft, part: str, how: str) -> Stop:
    """The refusal for a part that broke its promise; the text names the part, never what it was handed."""
    return stop(draft, "part-failed", Text(f"the part {part!r} failed: {how}", f"组件“{part}”出错：{how}"), part=part)


def _explain(draft: Draft, candidates: tuple[CompiledTransition, ...]) -> Stop:
    present = [item for item in candidates if not item.absent]
    if not present:
        return _absent(draft, candidates[0])
    reasons = min((_reasons(draft, item) for item in present), key=len)
    return stop(draft, "unmet", unmet=reasons, help=helping(draft, reasons))


def _unknown(draft: Draft, item: CompiledTransition) -> Stop:
    """The refusal for a transition that may not be passed over, for it is not known whether it holds."""
    reasons = unmet(draft, item.clauses, probing=draft.move.probing)
    return stop(draft, "unmet", unmet=reasons, help=helping(draft, reasons))


def _absent(draft: Draft, item: CompiledTransition) -> Stop:
    part = item.absent[0]
    workflow = part.partition(".")[0]
    en, zh = "the plugin that brings it", "提供该组件的插件"
    if workflow in draft.compiled.workflows:
        en, zh = f"the plugin that brings the workflow {workflow!r}", f"提供流程“{workflow}”的插件"
    text = Text(f"the part {part!r} is not installed; install {en}", f"组件“{part}”未安装；请安装{zh}")
    return stop(draft, "part-absent", text, part=part)


def _reasons(draft: Draft, item: CompiledTransition) -> tuple[Unmet, ...]:
    reasons = unmet(draft, item.clauses, probing=draft.move.probing)
    return reasons + tuple(
        _claim(draft.compiled, guard) for guard in item.guards if not asked(draft, item.workflow, guard)
    )


def _claim(compiled: Compiled, guard: Guard) -> Unmet:
    text = guard.because or Text(f"{guard.name} says yes", f"“{guard.name}”成立")
    return Unmet(Text(text.in_("en"), text.in_("zh")), source=guard.name)

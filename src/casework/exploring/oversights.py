"""What is not wrong, and likely not meant: deadlines that nobody handles, waiting for nobody, rights that grow."""

from __future__ import annotations

from collections.abc import Iterator

from casework.compiled import Compiled
from casework.condition import tree
from casework.condition.tree import Condition, walk
from casework.exploring.proof import Verdict
from casework.exploring.questions import Inquiry
from casework.exploring.words import configuration_text
from casework.model.command import Post
from casework.text import Text


def deadlines(inquiry: Inquiry) -> Iterator[Verdict]:
    """Every deadline can run out, its trigger does something then, and somebody is told or can ask."""
    result = inquiry.result
    compiled = result.alphabet.compiled
    seen = 0
    for configuration in result.found:
        seen |= configuration
    fired = {
        (jump.label.name, jump.move.passages != ())
        for out in result.out.values()
        for jump in out
        if jump.label.kind == "timer" and jump.onward(result.found[jump.source])
    }
    asked = {
        node.deadline
        for condition in _conditions(compiled)
        for node in walk(condition)
        if isinstance(node, tree.Overdue)
    }
    for workflow in compiled.workflows.values():
        for deadline in workflow.deadlines:
            title = compiled.titles.text("deadline", deadline.name)
            states = sum(result.alphabet.state(workflow.workflow.name, state) for state in deadline.during)
            if not seen & states:
                text = Text(f"the deadline {title.en!r} can never run", f"期限“{title.zh}”永远不会起算")
            elif deadline.trigger is not None and (deadline.name, True) not in fired:
                text = Text(
                    f"when the deadline {title.en!r} is over, {deadline.trigger!r} can never be fired",
                    f"期限“{title.zh}”届满时，“{deadline.trigger}”总不能执行",
                )
            elif deadline.trigger is None and deadline.name not in asked:
                text = Text(
                    f"when the deadline {title.en!r} is over, nothing happens and nothing asks for it",
                    f"期限“{title.zh}”届满后无人处理",
                )
                yield Verdict(code="CW611", answer="refuted", about=deadline.name, text=text, level="warning")
                continue
            else:
                continue
            yield Verdict(code="CW610", answer="refuted", about=deadline.name, text=text, level="warning")


def _conditions(compiled: Compiled) -> Iterator[Condition]:
    for workflow in compiled.workflows.values():
        for item in workflow.transitions:
            yield from (clause.condition for clause in item.clauses)
    case_type = compiled.case_type
    yield from (worklist.condition for worklist in case_type.worklists)
    yield from (invariant.condition for invariant in case_type.invariants)


def owners(inquiry: Inquiry) -> Iterator[Verdict]:
    """Where a case waits, somebody can do something, or a clock runs."""
    result = inquiry.result
    compiled = result.alphabet.compiled
    running = {
        state: True
        for workflow in compiled.workflows.values()
        for deadline in workflow.deadlines
        for state in (result.alphabet.state(workflow.workflow.name, name) for name in deadline.during)
    }
    for configuration, cases in result.found.items():
        if (
            result.final(configuration)
            or configuration not in result.out
            or any(configuration & state for state in running)
        ):
            continue
        if any(
            j.label.kind in ("fire", "wait", "timer") and j.onward(cases) for j in result.out.get(configuration, ())
        ):
            continue
        states = configuration_text(compiled.titles, result.alphabet.states_of(configuration))
        text = Text(f"nobody can act and no clock runs in {states.en}", f"处于{states.zh}时无人可办，也无期限")
        yield Verdict(code="CW612", answer="refuted", about=states.en, text=text, level="warning")
        return


def widened(inquiry: Inquiry) -> Iterator[Verdict]:
    """No attached workflow gives a role of the host a right on the whole case that the host itself never gives it."""
    compiled = inquiry.result.alphabet.compiled
    case_type = compiled.case_type
    own, attached = case_type.chain[: compiled.manifest.own], case_type.chain[compiled.manifest.own :]
    granted = {
        (permission, role)
        for grants in (case_type.grants, *(state.grants for workflow in own for state in workflow.states))
        for permission, roles in grants
        for role in roles
    }
    known = {role for _, role in granted} | set(case_type.opens)
    for workflow in attached:
        given = {(permission, role) for s in workflow.states for permission, roles in s.grants for role in roles}
        for permission, role in sorted(given - granted):
            if role in known and permission != "view":
                who = compiled.titles.text("role", role)
                text = Text(
                    f"{workflow.name!r} lets {who.en} {permission} the whole case, which its owner never does",
                    f"“{workflow.name}”使{who.zh}对整个案件有“{permission}”权限，而案件类型自身从未授予",
                )
                about = f"{workflow.name}: {permission} to {role}"
                yield Verdict(code="CW613", answer="refuted", about=about, text=text, level="warning")


def shared_accounts(inquiry: Inquiry) -> Iterator[Verdict]:
    """No two workflows of different owners take from one account with a limit: each could leave the other without."""
    compiled = inquiry.result.alphabet.compiled
    own = {workflow.name for workflow in compiled.case_type.chain[: compiled.manifest.own]}
    takers: dict[str, set[str]] = {}
    for name, workflow in compiled.workflows.items():
        for item in workflow.transitions:
            for effect in item.effects:
                if isinstance(effect, Post) and compiled.accounts[effect.debit].minimum is not None:
                    takers.setdefault(effect.debit, set()).add("" if name in own else name)
    for account, owners in takers.items():
        if len(owners) > 1:
            title = compiled.titles.text("account", account)
            names = ", ".join(sorted(owner or compiled.case_type.name for owner in owners))
            text = Text(
                f"{names} all take from {title.en!r}, which has a limit", f"{names}都从有限额的“{title.zh}”中支出"
            )
            yield Verdict(code="CW614", answer="refuted", about=account, text=text, level="warning")

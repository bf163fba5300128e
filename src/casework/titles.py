"""The titles that people read, for every name of a composed case type."""

from __future__ import annotations

from collections.abc import Iterable

from casework.model.casetype import CaseType
from casework.model.fields import Field
from casework.model.workflow import Workflow
from casework.text import Language, Text


class Titles:
    """Looks up the title of a named thing; a thing without one is called by its name, in plain words."""

    def __init__(self, case_type: CaseType) -> None:
        self._titles: dict[tuple[str, str], Text] = {}
        self._add("case_type", case_type.name, case_type.title)
        for role in case_type.roles:
            self._add("role", role.name, role.title)
        for account in case_type.accounts:
            self._add("account", account.name, account.title)
        for worklist in case_type.worklists:
            self._add("worklist", worklist.name, worklist.title)
        for field in (*case_type.data, *(field for workflow in case_type.chain for field in workflow.fields)):
            self._add_field("field", field)
        for workflow in case_type.chain:
            self._add("workflow", workflow.name, workflow.title)
            self._add_workflow(workflow)

    def _add_workflow(self, workflow: Workflow) -> None:
        for state in workflow.states:
            self._add("state", f"{workflow.name}.{state.name}", state.title)
            self._add("mark", f"{workflow.name}.{state.name}", state.title)
            self._add("mark", state.name, state.title)
        for deadline in workflow.deadlines:
            self._add("deadline", deadline.name, deadline.title)
        for transition in workflow.transitions:
            self._add("trigger", transition.trigger, transition.title)
            for field in transition.form:
                self._add_field("given", field)

    def _add_field(self, kind: str, field: Field) -> None:
        self._add(kind, field.name, field.title)
        for choice in field.choices:
            self._add("choice", f"{field.name}.{choice.name}", choice.title)

    def _add(self, kind: str, name: str, title: Text) -> None:
        if title or (kind, name) not in self._titles:
            self._titles[kind, name] = title

    def __call__(self, kind: str, name: str, language: Language) -> str:
        """The title of the *kind* of thing called *name*, in *language*."""
        title = self._titles.get((kind, name))
        if title:
            return title.in_(language)
        if kind == "given":
            return self("field", name, language)
        return (name.rpartition(".")[2] if kind in ("state", "mark", "choice") else name).replace("_", " ")

    def text(self, kind: str, name: str) -> Text:
        """The title in both languages."""
        return Text(en=self(kind, name, "en"), zh=self(kind, name, "zh"))


NOBODY = Text("nobody", "（无人）")


def roles_text(titles: Titles, roles: Iterable[str], nobody: Text = NOBODY) -> Text:
    """Whoever holds one of *roles*, in words; *nobody* where there is none."""
    who = [titles.text("role", role) for role in roles]
    return Text(" or ".join(role.en for role in who), "或".join(role.zh for role in who)) if who else nobody

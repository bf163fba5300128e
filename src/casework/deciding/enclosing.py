"""Enclosing a file in a case, and withdrawing one: who may, and what the entry says."""

from __future__ import annotations

from typing import Any

from casework.deciding.draft import Draft
from casework.deciding.editing import permit, text_of
from casework.deciding.refuse import stop
from casework.model.enclosure import Enclosed
from casework.model.fields import Field, FieldClass
from casework.text import Text


def enclose(draft: Draft) -> None:
    """Name a file whose bytes are kept; whoever may not read files of that class may not enclose one blindly."""
    permit(draft, "edit")
    told: Any = draft.move.form
    _readable(draft, told["field_class"])
    names = ("name", "digest", "media_type", "size", "field_class")
    draft.enclosed = Enclosed(**{name: told[name] for name in names}, sealed=draft.move.sealed_file)


def withdraw(draft: Draft) -> None:
    """Take a file back that does not belong here; the log keeps that it was there, and why it is no longer."""
    # A wrong photo has to go from a closed case too, where nobody edits any more.
    access, move = draft.compiled.access, draft.move
    permit(draft, "edit" if access.may("edit", draft.before.states, move.roles) else "correct")
    assert move.enclosure is not None, "the desk reads what a withdrawal takes back"
    draft.note = text_of(draft, "because", limit=2_000)
    draft.withdraws = move.enclosure.number


def _readable(draft: Draft, field_class: FieldClass) -> None:
    if not draft.compiled.access.reads(Field("enclosure", field_class=field_class), draft.move.roles):
        text = Text(
            f"files of the class {field_class} are not for you; name another class, or ask who may read it",
            f"您无权查看“{field_class}”类附件；请改用其他类别，或请有权者办理",
        )
        raise stop(draft, "not-permitted", text)

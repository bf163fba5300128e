"""One thing that somebody does, as a value that prints as the line of Python that does it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Literal

import attrs

from casework.model.actor import Actor

Verb = Literal["open", "fire", "amend", "note", "assign", "claim", "correct", "wait"]
RESERVED = {"request_id", "unit", "subjects"}


@attrs.frozen(kw_only=True, repr=False)
class Call:
    """A verb of a desk with what it takes, or a wait.

    *case* counts the cases that the program has named, from 1; *by_id* takes that case as it stands now,
    else it must still be at the revision that was seen. *name* is the case type, trigger, role or remark.
    Opening is *about* the same persons as *case*, by the names of subjects. One that *repeats* was carried out
    before under its request id; the other content is always a remark.
    """

    verb: Verb
    who: Actor
    case: int = 0
    by_id: bool = False
    name: str = ""
    values: dict[str, Any] = attrs.Factory(dict)
    person: str | None = None
    entry: int = 0
    request: str | None = None
    wait: timedelta = timedelta(0)
    about: tuple[str, ...] = ()
    repeats: Literal["", "same", "other"] = ""

    def __repr__(self) -> str:
        if self.repeats == "other":
            return f"{desk_name(self.who)}.note(case{max(self.case, 1)}.id, 'else', request_id={self.request!r})"
        if self.verb == "wait":
            return f"clock.advance({shown(self.wait)}); app.run_due()"
        return f"{desk_name(self.who)}.{self.verb}({', '.join(self._arguments())})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # Hypothesis would tell every field of an attrs value.
        printer.text(repr(self))

    def _arguments(self) -> list[str]:
        handed = self.case and self.verb != "open"
        told = [f"case{self.case}" + (".id" if self.by_id else "")] if handed else []
        told += [repr(self.name)] if self.name or self.verb == "note" else []
        if self.verb == "assign":
            told.append(repr(self.person))
        if self.verb == "correct":
            told += [str(self.entry), "because='a slip'"]
        plain = all(name.isidentifier() and name not in RESERVED for name in self.values)
        told += [f"{name}={shown(value)}" for name, value in self.values.items()] if plain else [shown(self.values)]
        if self.verb == "open":
            told.append("unit='here'")
        if self.about:
            persons = ", ".join(f"{name!r}: case{self.case}.subjects[{name!r}]" for name in self.about)
            told.append(f"subjects={{{persons}}}")
        return told + ([f"request_id={self.request!r}"] if self.request else [])


def desk_name(actor: Actor) -> str:
    """What the desk of *actor* is called in a program."""
    return re.sub(r"\W", "_", actor.id)


def desk_line(actor: Actor) -> str:
    """The line that makes the desk of *actor*."""
    told = [repr(actor.id)] + ([f"roles={sorted(actor.roles)}"] if actor.roles else [])
    told += [f"unit={actor.unit!r}"] if actor.unit is not None else []
    told += [f"person={actor.person!r}"] if actor.person != actor.id else []
    return f"{desk_name(actor)} = app.desk(Actor({', '.join(told)}))"


def shown(value: Any) -> str:
    """A value as somebody would type it who has imported the types of the standard library by name."""
    if isinstance(value, timedelta) and value % timedelta(hours=1) == timedelta(0):
        return f"hours({value // timedelta(hours=1)})"
    return re.sub(r"\bdatetime\.(?=datetime|date|timedelta|timezone)", "", repr(value))

"""A small case type of their own, on which the tests of the doors for plugins hang what they need."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from outside import outside
from stores import fresh

from casework import (
    Account,
    Actor,
    CaseType,
    Casework,
    Choice,
    Field,
    FrozenClock,
    Refusal,
    Refused,
    Role,
    State,
    StoreOptions,
    Transition,
    Workflow,
    hookimpl,
    seeded_entropy,
)

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANA = Actor("ana", roles={"clerk", "chief"}, unit="north")
BEN = Actor("ben", roles={"clerk"}, unit="north")

DATA = (
    Field("count", "integer", minimum=0, maximum=100),
    Field("remark", max_length=50),
    Field("ready", "boolean"),
    Field("size", "choice", choices=(Choice("small"), Choice("large"))),
    Field("diagnosis", field_class="health"),
    Field("seen_at", "instant"),
)
ACCOUNTS = (
    Account("stock", "box", minimum=0),
    Account("shelf", "box", maximum=5),
    Account("outside", "box"),
)
QUICK = StoreOptions(synchronous="NORMAL")
FORM = (Field("count", "integer"), Field("remark"))
EVERYTHING = ("view", "edit", "note", "assign", "correct")


def errand(*transitions: Transition, name: str = "errand", **more: Any) -> CaseType:
    """An errand is new, then under way, then done; *transitions* come before those that lead through it."""
    through = (
        Transition("start", "new", "doing", roles="clerk"),
        Transition("finish", "doing", "done", roles="clerk"),
    )
    told: dict[str, Any] = {
        "data": DATA,
        "accounts": ACCOUNTS,
        "roles": ("clerk", "chief", Role("minder", local=True)),
        "opens": "clerk",
        "grants": dict.fromkeys(EVERYTHING, "clerk"),
        "readers": {"health": "chief"},
        **more,
    }
    chain = (
        Workflow(
            name,
            initial="new",
            states=[State("new", phases="open"), State("doing", phases="open"), State("done", final=True)],
            transitions=(*transitions, *through),
        ),
        *told.pop("beside", ()),
    )
    return CaseType(name, chain=chain, **told)


def act(*effects: Any, trigger: str = "act", **more: Any) -> Transition:
    """A transition that may be fired while the errand runs, for the sake of its effects."""
    return Transition(trigger, phase="open", effects=list(effects), **{"roles": "clerk", "form": FORM, **more})


def plugin(name: str, **hooks: Callable[..., Any]) -> ModuleType:
    """A plugin as a module, with hooks named without their prefix."""
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, f"casework_{hook}", hookimpl(function))
    return module


def offering(name: str, **contributions: Any) -> ModuleType:
    """A plugin that contributes the given values."""
    return plugin(name, **{hook: lambda items=items: list(items) for hook, items in contributions.items()})


class Bench:
    """One store, and the apps that use it, one after another or beside each other."""

    _seeds = itertools.count()

    def __init__(self, url: str | None = None) -> None:
        self.url, self.clock = url or fresh(), FrozenClock(NOW)
        self._apps: list[Casework] = []

    def app(self, *case_types: CaseType, **more: Any) -> Casework:
        """An app on the store, its tables made."""
        entropy = seeded_entropy(f"{next(self._seeds)}")
        told: dict[str, Any] = {"clock": self.clock, "entropy": entropy, "options": QUICK, **more}
        app = Casework(self.url, case_types=case_types, **told)
        self._apps.append(app)
        app.create_tables()
        return app

    def rows(self) -> dict[str, list[Any]]:
        """Everything in the store, to be compared."""
        with outside(self.url) as store:
            return store.rows()

    def ask(self, sql: str, *values: object) -> list[Any]:
        """The rows of a plain query."""
        with outside(self.url) as store:
            return store.ask(sql, *values)

    def close(self) -> None:
        """Let go of the file."""
        for app in self._apps:
            app.dispose()


def refused(call: Callable[..., object], *arguments: Any, **more: Any) -> Refusal:
    """The refusal that a call must raise."""
    try:
        call(*arguments, **more)
    except Refused as no:
        return no.refusal
    raise AssertionError("nothing was refused")

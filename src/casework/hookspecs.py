"""Every hook that a plugin may implement: its signature and one sentence. This file is the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import attrs
import pluggy

from casework.model.attachment import Attachment, Require
from casework.model.casetype import CaseType
from casework.parts import Part
from casework.text import Text, as_text

PROJECT = "casework"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


def _proxy(states: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(states))


@attrs.frozen(kw_only=True)
class Recorded:
    """What an observer learns of an entry that was committed: no values of the case, only its course."""

    tenant: str
    case_id: str
    case_type: str
    number: int
    kind: str
    trigger: str
    states: Mapping[str, str] = attrs.field(converter=_proxy)
    unit: str
    actor: str
    at: datetime


class Progress(Protocol):
    """How a demo tells how far it is."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """*done* of *total* cases."""


@attrs.frozen(kw_only=True)
class DemoRun:
    """What `casework demo` asks of a demo: where to keep the cases, how many, from which seed, where to report."""

    store: str
    cases: int
    seed: int
    out: Path
    language: str
    progress: Progress
    say: Callable[[str], None]
    register: Path | None = None


@attrs.frozen
class Demo:
    """A domain's main job as one runnable story; *run* answers with the number of problems found.

    *takes_register* says that it can read its cases from a file (`DemoRun.register`); otherwise none is given.
    """

    name: str
    title: Text = attrs.field(converter=as_text)
    run: Callable[[DemoRun], int]
    takes_register: bool = attrs.field(default=False, kw_only=True)


@hookspec
def casework_case_types() -> Sequence[CaseType]:
    """The case types that the plugin provides."""
    raise AssertionError("a specification is never called")


@hookspec
def casework_parts() -> Sequence[Part]:
    """The guards, effects and channels that the plugin provides."""
    raise AssertionError("a specification is never called")


@hookspec
def casework_attachments() -> Sequence[Attachment]:
    """The workflows that the plugin attaches to case types it does not own."""
    raise AssertionError("a specification is never called")


@hookspec
def casework_requirements() -> Sequence[Require]:
    """What the plugin asks more of transitions of somebody else's workflow."""
    raise AssertionError("a specification is never called")


@hookspec
def casework_recorded(recorded: Recorded) -> None:
    """Told after each committed entry; what it raises is logged and changes nothing."""


@hookspec
def casework_demos() -> Sequence[Demo]:
    """The stories that `casework demo --domain NAME` can tell."""
    raise AssertionError("a specification is never called")


@hookspec
def casework_commands(cli: Any) -> None:
    """Add commands to the command line; *cli* is the click group."""

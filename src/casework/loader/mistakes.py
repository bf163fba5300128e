"""From what went wrong while structuring to findings: every mistake, by document key and line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
from cattrs.errors import AttributeValidationNote, BaseValidationError, ForbiddenExtraKeysError

from casework.loader.codes import Code
from casework.model.finding import Finding
from casework.model.migration import DeadlineMap, FieldMap, MarkMap, Migration, StateMap
from casework.model.workflow import Transition

Steps: TypeAlias = tuple[str | int, ...]
Lines: TypeAlias = Mapping[Steps, int]

ROOT = "document"
MESSAGE_LIMIT = 300

_ENDS = {"source": "from", "target": "to"}
RENAMED: dict[type, dict[str, str]] = {
    **dict.fromkeys((Transition, StateMap, FieldMap, DeadlineMap, MarkMap), _ENDS),
    Migration: {"name": "migration"},
}
"""Where the key of a document is not the name of the attribute."""

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


class Mistake(Exception):
    """One mistake, *steps* below the value that was being structured."""

    def __init__(self, code: Code, message: str, steps: Steps = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.steps = code, message, steps


class Mistakes(Exception):
    """What went wrong with several items or keys, each with the step that leads to it."""

    def __init__(self, found: Sequence[tuple[str | int, Exception]]) -> None:
        super().__init__(f"{len(found)} mistakes")
        self.found = tuple(found)


def each(items: Iterable[tuple[Any, Any]], build: Callable[[Any], Any]) -> list[Any]:
    """*build* applied to every (step, value); all mistakes are collected before any is raised."""
    built, found = [], []
    for step, value in items:
        try:
            built.append(build(value))
        except (Mistake, Mistakes, BaseValidationError) as error:
            found.append((step, error))
    if found:
        raise Mistakes(found)
    return built


def findings_of(error: Exception, lines: Lines) -> tuple[Finding, ...]:
    """One finding for each mistake inside *error*, in the order of the document."""
    found = [_finding(steps, code, message, lines) for steps, code, message in _flat(error, ())]
    return tuple(sorted(found, key=lambda finding: (finding.line or 0, finding.path)))


def _finding(steps: Steps, code: Code, message: str, lines: Lines) -> Finding:
    return Finding(code, shown(steps), shortened(message), line_of(steps, lines))


def line_of(steps: Steps, lines: Lines) -> int | None:
    """The line of *steps*, or of the nearest table around it that stands in the document."""
    while steps and steps not in lines:
        steps = steps[:-1]
    return lines.get(steps)


def shown(steps: Steps) -> str:
    """``transitions[0].to``, as a person would point at it."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{shortened(step, 60)}" for step in steps)
    return path.removeprefix(".") or ROOT


def shortened(message: str, limit: int = MESSAGE_LIMIT) -> str:
    """*message*, cut where a hostile document would fill the screen with it."""
    return message if len(message) <= limit else f"{message[:limit]}…"


def steps_of(where: str) -> Steps:
    """The steps of a place that a condition or literal named, such as ``.all[0].lt``."""
    return tuple(name or int(index) for name, index in _STEP.findall(where))


def _flat(error: Exception, steps: Steps) -> Iterator[tuple[Steps, Code, str]]:
    if isinstance(error, Mistake):
        yield (*steps, *error.steps), error.code, error.message
    elif isinstance(error, Mistakes):
        for step, inner in error.found:
            yield from _flat(inner, (*steps, step))
    elif isinstance(error, BaseValidationError):
        for part in error.exceptions:
            yield from _part(error.cl, part, steps)
    else:
        yield steps, "CW012", str(error)


def _part(cl: type, error: Exception, steps: Steps) -> Iterator[tuple[Steps, Code, str]]:
    key = _key(cl, error)
    if isinstance(error, ForbiddenExtraKeysError):
        for extra in error.extra_fields:
            yield (*steps, str(extra)), "CW010", _unknown(cl, str(extra))
    elif isinstance(error, KeyError) and key is not None:
        yield (*steps, key), "CW011", f"is missing; {_noun(cl)} needs it"
    else:
        yield from _flat(error, steps if key is None else (*steps, key))


def _key(cl: type, error: Exception) -> str | None:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return RENAMED.get(cl, {}).get(note.name, note.name)
    return None


def _unknown(cl: type, extra: str) -> str:
    renamed = RENAMED.get(cl, {})
    keys = [renamed.get(attribute.name, attribute.name) for attribute in attrs.fields(cl)]
    close = [renamed[extra]] if extra in renamed else difflib.get_close_matches(extra, keys, 1)
    hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(keys)}"
    return f"is not a key of {_noun(cl)}; {hint}"


def _noun(cl: type) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cl.__name__).lower()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"

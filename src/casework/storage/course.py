"""The course of a case from its log: which states were entered when, and who did what last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from casework.clock import from_micros
from casework.model.course import Course, Done, Entered, under_new_names
from casework.storage.log import Entry, Frame, parsed


@attrs.define
class _Way:
    """The course so far; correcting goes back to what it was."""

    entered: dict[str, tuple[Entered, ...]]
    done: dict[str, Done]

    def copy(self) -> _Way:
        return _Way(dict(self.entered), dict(self.done))

    def take(self, frame: Frame) -> None:
        content = frame.content
        if "adopts" in content:
            self._adopt(content["adopts"])
        for workflow, _, source, target, flags in content.get("steps", ()):
            if "s" not in flags:
                self.entered[workflow] = (*self.entered.get(workflow, ()), (frame.at, source, target))
        self._act(content.get("trigger", ""), frame)

    def _adopt(self, adopts: dict[str, Any]) -> None:
        for name in adopts["gone"]:
            self.entered.pop(name, None)
        told = adopts.get("map", {"states": {}, "fields": {}})
        for workflow, names in told["states"].items():
            self.entered[workflow] = under_new_names(self.entered.get(workflow, ()), names)
        fields: dict[str, str | None] = told["fields"]
        for name, done in self.done.items() if fields else ():
            changed = {fields.get(field, field) for field in done.changed} - {None}
            self.done[name] = Done(done.person, frozenset(map(str, changed)))

    def _act(self, trigger: str, frame: Frame) -> None:
        content = frame.content
        changed = {*content.get("set", ()), *content.get("set_apart", ())}
        for name, done in self.done.items() if changed else ():
            if name != trigger:
                self.done[name] = Done(done.person, done.changed | changed)
        if content["kind"] in ("fire", "timer") and trigger and "refused" not in content:
            self.done[trigger] = Done(content["actor"][1])


def course_of(initial: Mapping[str, str], entries: Iterable[Entry]) -> Course:
    """The course of a case whose workflows began in *initial*, after the last of its *entries*."""
    way = _Way({}, {})
    past: list[_Way] = []
    for entry in entries:
        frame = parsed(entry.body)
        if frame.content["kind"] == "open":
            way = _begun(initial, frame)
        if "corrects" in frame.content:
            way = past[frame.content["corrects"] - 2].copy()
        else:
            way.take(frame)
        past.append(way.copy())
    return Course(way.entered, way.done)


def _begun(initial: Mapping[str, str], frame: Frame) -> _Way:
    placed = frame.content.get("placed", {"states": initial, "marks": {}})
    marks = {mark: from_micros(at) for mark, at in placed["marks"].items()}
    entered: dict[str, tuple[Entered, ...]] = {
        name: ((marks.get(f"{name}.{state}", frame.at), "", state),) for name, state in placed["states"].items()
    }
    return _Way(entered, {})

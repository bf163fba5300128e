"""Hold an exported log against the definitions that its events ran on: was every step one that was allowed?

It reads nothing but the log and the manifests, and knows nothing of how the log was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from casework.errors import InvalidValue
from casework.hindsight.ocel import ENTRIES
from casework.manifest import Manifest
from casework.model.workflow import Workflow

Manifests = Callable[[str], Manifest | None]

_MOVED = ("adopt", "migrate")


@attrs.frozen
class Departure:
    """An event that its definition does not allow: of which case, in which entry, what is wrong."""

    case_id: str
    entry: int
    problem: str


def departures(log: Mapping[str, Any], manifests: Manifests) -> Iterator[Departure]:
    """Every event of an OCEL 2.0 document that the manifest which it ran on does not accept.

    *log* is the document as Python values, with the attributes that casework writes. Entries from before the reader's
    view began are *withheld*: of those nothing is held against anything. Raises InvalidValue where it is no such log.
    """
    try:
        traces, cases = _traces(log), _cases(log)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = "is no OCEL 2.0 document with the attributes that casework writes"
        raise InvalidValue("log", problem, "不是本系统导出的OCEL 2.0文档") from error
    for case_id, events in traces.items():
        trace = _Trace(case_id, manifests)
        yield from trace.departures(events)
        yield from trace.beside(cases.get(case_id))
    for case_id in cases.keys() - traces.keys():
        yield Departure(case_id, 0, "the case has no event")


def _traces(log: Mapping[str, Any]) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """By case its events: their type and attributes, in order."""
    traces: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for event in log["events"]:
        told = {str(item["name"]): str(item["value"]) for item in event["attributes"]}
        int(told["entry"])
        told.setdefault("kind", "")
        for other in event["relationships"]:
            if other["qualifier"] == "case":
                traces.setdefault(other["objectId"], []).append((str(event["type"]), told))
    return traces


def _cases(log: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """By case what each of its attributes was last."""
    found = {}
    for item in log["objects"]:
        told = {str(value["name"]): str(value["value"]) for value in item["attributes"]}
        if ENTRIES in told:
            int(told[ENTRIES])
            found[str(item["id"])] = told
    return found


@attrs.define(eq=False)
class _Trace:
    """One case as its events bring it along."""

    _case_id: str
    _manifests: Manifests
    _entry: int = 0
    _blind: bool = False
    _manifest: Manifest | None = None
    _states: dict[str, str] = attrs.field(factory=dict)
    _before: dict[int, dict[str, str]] = attrs.field(factory=dict)

    def departures(self, events: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[Departure]:
        """What is wrong with the events, in order."""
        for kind, told in events:
            for problem in self._event(kind, told):
                yield Departure(self._case_id, self._entry, problem)

    def beside(self, told: Mapping[str, str] | None) -> Iterator[Departure]:
        """Whether the events lead to where the object says that the case stands."""
        if told is None:
            yield Departure(self._case_id, 0, "the case is not among the objects")
            return
        if int(told[ENTRIES]) != self._entry:
            yield Departure(self._case_id, self._entry, f"the case has {told[ENTRIES]} entries")
        for name, state in self._states.items():
            if told.get(name, state) != state:
                yield Departure(self._case_id, self._entry, f"{name} ends in {state!r}, the case is in {told[name]!r}")

    def _event(self, kind: str, told: Mapping[str, str]) -> Iterator[str]:
        number = int(told["entry"])
        if number not in (self._entry, self._entry + 1) or number == 0:
            yield f"entry {number} follows entry {self._entry}"
        if number != self._entry:
            self._before[number] = dict(self._states)
        self._entry = number
        if kind.endswith(".withheld"):
            self._blind = True
            return
        yield from self._pinned(told)
        if self._manifest is not None and "workflow" in told:
            yield from self._step(kind.partition(".")[2], told)

    def _pinned(self, told: Mapping[str, str]) -> Iterator[str]:
        """Turn to the manifest of the event, which only opening and adopting change."""
        digest = told.get("manifest", "")
        if self._manifest is not None and digest == self._manifest.hash:
            return
        found = self._manifests(digest)
        if found is None:
            yield f"the manifest {digest[:12]!r} is not known"
            return
        if self._manifest is not None and told["kind"] not in _MOVED:
            yield f"a {told['kind']} entry does not change the manifest"
        initial = {workflow.name: workflow.initial for workflow in found.case_type.chain}
        if self._manifest is None:
            if told["kind"] != "open" and not self._blind:
                yield "the first entry does not open the case"
            self._states = {} if self._blind else initial
        else:
            kept = {} if told["kind"] == "migrate" else self._states  # where a migration puts a case no event says
            self._states = {name: state for name, state in kept.items() if name in initial}
        self._manifest = found

    def _step(self, trigger: str, told: Mapping[str, str]) -> Iterator[str]:
        assert self._manifest is not None
        name, source, target = told["workflow"], told.get("source", ""), told.get("target", "")
        chain = {workflow.name: workflow for workflow in self._manifest.case_type.chain}
        if name not in chain:
            yield f"there is no workflow {name!r}"
            return
        workflow = chain[name]
        if target not in {state.name for state in workflow.states}:
            yield f"{name} has no state {target!r}"
        if source == "" and told["kind"] in ("open", *_MOVED):
            self._states[name] = target  # it was placed there, or begins there
            return
        if name in self._states and self._states[name] != source:
            yield f"{name} is in {self._states[name]!r}, not in {source!r}"
        self._states[name] = target
        if told["kind"] == "correct":
            yield from self._corrected(name, target, told)
        elif told["kind"] not in _MOVED and not _allowed(workflow, trigger, told):
            yield f"{name} has no transition {trigger!r} from {source!r} to {target!r}"

    def _corrected(self, name: str, target: str, told: Mapping[str, str]) -> Iterator[str]:
        before = self._before.get(int(told.get("corrects", "0")), {})
        if before.get(name, target) != target:
            yield f"before entry {told.get('corrects')} {name} was in {before[name]!r}, not in {target!r}"


def _allowed(workflow: Workflow, trigger: str, told: Mapping[str, str]) -> bool:
    source, target = told.get("source", ""), told.get("target", "")
    return any(
        step.trigger == trigger
        and step.automatic == (told.get("automatic") == "true")
        and source in workflow.sources(step)
        and (step.target or source) == target
        for step in workflow.transitions
    )

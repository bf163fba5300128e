"""Replay the log: what a case must look like, from its entries alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from casework.clock import from_micros
from casework.compiled import Compiled
from casework.deciding.entering import entered
from casework.deciding.erasing import left_of, lost_fields
from casework.keys.sealing import is_sealed
from casework.model.case import OWN_PARTS, Snapshot
from casework.model.term import Term, term_from_plain
from casework.storage.codec import values_from_plain
from casework.storage.log import GENESIS, Entry, Frame, apart_of, parsed

Manifests = Callable[[str], Compiled | None]
"""Gives the manifest of a hash; None where it is not to be had."""


class Fold:
    """A case as it grows entry by entry, each read under the manifest that it was written under.

    *compiled* is the manifest that the case was opened under, unless *manifests* can tell another.
    """

    def __init__(self, compiled: Compiled, manifests: Manifests | None = None) -> None:
        self._compiled, self._manifests = compiled, manifests
        self.snapshot: Snapshot | None = None
        self.erased: set[str] = set()
        """Fields whose values were destroyed, so that nothing can be said of them."""
        self.unopened: set[str] = set()
        """Fields whose values were left sealed, for want of keys; nothing can be said of them either."""
        self._past: list[tuple[Snapshot, set[str], set[str]]] = []

    def add(self, frame: Frame, entry: Entry) -> None:
        """Take in the next entry. The one that opens the case comes first."""
        content, apart = frame.content, apart_of(entry.values)
        if content["kind"] == "open":
            self._turn(content["case"]["manifest"])
            self.snapshot = _opened(self._compiled, frame)
        case = self.snapshot
        assert case is not None
        if "adopts" in content:
            self._adopt(case, content["adopts"])
        if "corrects" in content:
            past, erased, unopened = self._past[content["corrects"] - 2]
            _restore(case, past)
            self.erased, self.unopened = set(erased), set(unopened)
        else:
            self._act(case, frame)
            self._set(case, content, apart, left=entry.values is not None and is_sealed(entry.values))
        for name, plain in content.get("terms", {}).items():
            _count(case, name, None if plain is None else term_from_plain(plain))
        if content.get("erases", {}).get("step") == "erased":
            self._erase(case)
        if "closed" in content:
            case.closed_at = None if content["closed"] is None else from_micros(content["closed"])
        case.revision, case.head = frame.number, entry.hash
        self._past.append((case.copy(), set(self.erased), set(self.unopened)))

    def _turn(self, digest: str) -> None:
        """Go on under another manifest."""
        if digest != self._compiled.manifest.hash and self._manifests is not None:
            found = self._manifests(digest)
            if found is None:
                raise LookupError(f"the manifest {digest} is not in the store")
            self._compiled = found

    def _adopt(self, case: Snapshot, adopts: dict[str, Any]) -> None:
        """Drop what is gone and take over what the entry says; the workflows that are new enter by its steps."""
        self._turn(adopts["to"])
        if "map" in adopts:
            self._migrate(case, adopts["map"])
        gone = adopts["gone"]
        case.manifest = adopts["to"]
        case.states = {name: state for name, state in case.states.items() if name not in gone}
        case.states.update((name, "") for name in self._compiled.workflows if name not in case.states)
        case.marks = {mark: at for mark, at in case.marks.items() if mark.partition(".")[0] not in gone}
        case.dues, case.acts = instants(adopts["dues"]), dict(adopts["acts"])

    def _migrate(self, case: Snapshot, told: dict[str, Any]) -> None:
        """Call states and fields as the migration that the entry tells of calls them; its marks are told in full."""
        case.states = {name: told["states"].get(name, {}).get(state, state) for name, state in case.states.items()}
        case.marks = instants(told["marks"])
        fields = told["fields"]
        case.data = {new: value for name, value in case.data.items() if (new := fields.get(name, name)) is not None}
        self.erased, self.unopened = (
            {new for name in names if (new := fields.get(name, name)) is not None}
            for names in (self.erased, self.unopened)
        )

    def _erase(self, case: Snapshot) -> None:
        """From here on the case knows nothing that is not open, whether or not earlier values can still be read."""
        gone = lost_fields(self._compiled.fields)
        self.erased, self.unopened = self.erased | gone, self.unopened - gone
        case.data = left_of(self._compiled.fields, case.data)

    def _act(self, case: Snapshot, frame: Frame) -> None:
        content = frame.content
        for workflow, _, source, target, flags in content.get("steps", ()):
            if "s" not in flags:
                entered(self._compiled, case, workflow, target, frame.at, again=source == target)
        for act in content.get("voided", ()):
            case.acts.pop(act, None)
        carried_out = content["kind"] in ("fire", "timer") and "refused" not in content
        if carried_out and content.get("trigger") in self._compiled.acts:
            case.acts[content["trigger"]] = content["actor"][1]

    def _set(self, case: Snapshot, content: dict[str, Any], apart: dict[str, Any], *, left: bool) -> None:
        lost = () if "set" in apart else content.get("set_apart", ())
        values = values_from_plain({**content.get("set", {}), **apart.get("set", {}), **dict.fromkeys(lost)})
        self.erased = (self.erased - set(values)) | (set() if left else set(lost))
        self.unopened = (self.unopened - set(values)) | (set(lost) if left else set())
        for name, value in values.items():
            if value is None:
                case.data.pop(name, None)
            else:
                case.data[name] = value


def folded(
    compiled: Compiled, entries: Iterable[Entry], until: int | None = None, manifests: Manifests | None = None
) -> Snapshot:
    """The case after its entry number *until*, or after the last one."""
    fold = Fold(compiled, manifests)
    for entry in entries:
        if until is not None and entry.number > until:
            break
        fold.add(parsed(entry.body), entry)
    assert fold.snapshot is not None, "a case has at least the entry that opened it"
    return fold.snapshot


def chained(tenant: str, case_id: str, entries: Sequence[Entry]) -> tuple[int, str] | None:
    """The number of the first entry that breaks the chain and what is wrong with it; None where none does."""
    previous = GENESIS
    for place, entry in enumerate(entries, start=1):
        problem = _broken(tenant, case_id, place, previous, entry)
        if problem:
            return place, problem
        previous = entry.hash
    return None


def _broken(tenant: str, case_id: str, place: int, previous: bytes, entry: Entry) -> str:
    if entry.number != place:
        return f"entry {place} is missing"
    if hashlib.sha256(entry.body).digest() != entry.hash:
        return "its bytes do not match its hash"
    try:
        frame = parsed(entry.body)
    except (ValueError, IndexError) as error:
        return f"its bytes cannot be read: {error}"
    if (frame.tenant, frame.case_id, frame.number) != (tenant, case_id, place):
        return "its bytes belong to another entry"
    if frame.previous != previous:
        return "it does not follow the entry before it"
    return ""


def _opened(compiled: Compiled, frame: Frame) -> Snapshot:
    told = frame.content["case"]
    case = Snapshot(
        tenant=frame.tenant,
        id=frame.case_id,
        case_type=told["type"],
        manifest=told["manifest"],
        revision=0,
        unit=told["unit"],
        opened_at=frame.at,
        closed_at=None,
        parent=told["parent"],
        head=GENESIS,
        states=dict.fromkeys(compiled.workflows, ""),
        data={},
        marks={},
        dues={},
        acts={},
        subjects=told["subjects"],
    )
    if "placed" in frame.content:
        _place(case, frame.content["placed"])
        return case
    for name, workflow in compiled.workflows.items():
        entered(compiled, case, name, workflow.workflow.initial, frame.at, again=True)
    return case


def _place(case: Snapshot, placed: dict[str, Any]) -> None:
    """Put an imported case where its first entry says that it stood."""
    case.states.update(placed["states"])
    case.marks, case.dues = instants(placed["marks"]), instants(placed["dues"])
    case.acts, case.opened_at = dict(placed["acts"]), from_micros(placed["opened_at"])


def _count(case: Snapshot, name: str, term: Term | None) -> None:
    """Take over a term, and the due date that it says, as the entry has them."""
    case.dues.pop(name, None)
    case.terms.pop(name, None)
    if term is not None:
        case.terms[name] = term
        if term.due is not None:
            case.dues[name] = term.due


def instants(told: dict[str, int]) -> dict[str, datetime]:
    """Instants by name, as the entries hold them."""
    return {name: from_micros(micros) for name, micros in told.items()}


def pinned_by(frame: Frame) -> tuple[str, str] | None:
    """The manifest that an entry took the case from (empty at the opening) and the one it pinned it to; mostly None."""
    if frame.content["kind"] == "open":
        return "", frame.content["case"]["manifest"]
    adopts = frame.content.get("adopts")
    return None if adopts is None else (adopts["from"], adopts["to"])


def _restore(case: Snapshot, past: Snapshot) -> None:
    for name in OWN_PARTS:
        setattr(case, name, dict(getattr(past, name)))

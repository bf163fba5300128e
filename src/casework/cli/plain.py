"""The JSON of the command line. Its keys are a promise: they are added to, never renamed.

Instants are ISO 8601 in UTC, dates ISO 8601, decimals text (a float would change them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from casework import Case, Enclosure, Fault, Finding, HistoryEntry, Page, Ran, Reading, Refusal, Text, Verdict
from casework.condition.literal import natural
from casework.model.decision import Step
from casework.model.erasure import Erases, Erasure, LegalHold
from casework.storage.diagnosis import Pinned
from casework.storage.treecheck import LogVerdict


def value(held: object) -> Any:
    """One value of a case."""
    return natural(held)


def values(held: Mapping[str, object]) -> dict[str, Any]:
    """Several values by name."""
    return {name: value(item) for name, item in held.items()}


def text(told: Text) -> dict[str, str]:
    """Both languages, each falling back to the other."""
    return {"en": told.in_("en"), "zh": told.in_("zh")}


def case(shown: Case) -> dict[str, Any]:
    """A case as its reader may see it."""
    return {
        "id": shown.id,
        "case_type": shown.case_type,
        "revision": shown.revision,
        "unit": shown.unit,
        "state": shown.state,
        "states": dict(shown.states),
        "data": values(shown.data),
        "hidden": list(shown.hidden),
        "dues": values(shown.dues),
        "opened_at": value(shown.opened_at),
        "closed_at": value(shown.closed_at),
        "parent": shown.parent,
        "subjects": dict(shown.subjects),
        "manifest": shown.manifest,
        "entry": shown.entry,
    }


def page(shown: Page) -> dict[str, Any]:
    """Some cases, and how to ask for those after them."""
    cases = [case(item) for item in shown.cases]
    return {"cases": cases, "more": shown.more, "after": shown.after, "damaged": shown.damaged}


def entry(shown: HistoryEntry) -> dict[str, Any]:
    """One entry of a log as its reader may see it."""
    cause = shown.cause
    return {
        "number": shown.number,
        "at": value(shown.at),
        "kind": shown.kind,
        "trigger": shown.trigger,
        "actor": shown.actor,
        "person": shown.person,
        "steps": [step(item) for item in shown.steps],
        "changes": values(shown.changes),
        "form": values(shown.form),
        "hidden": list(shown.hidden),
        "erased": shown.erased,
        "note": shown.note,
        "cause": None if cause is None else {"kind": cause.kind, "name": cause.name, "case": cause.case_id},
        "postings": [
            {"debit": debit, "credit": credit, "commodity": commodity, "amount": amount}
            for debit, credit, commodity, amount in shown.postings
        ],
        "opened": [{"case_type": name, "id": case_id, "unit": unit} for name, case_id, unit in shown.opened],
        "assigned": [{"role": role, "person": person} for role, person in shown.assigned],
        "corrects": shown.corrects,
        "refused": shown.refused,
        "hash": shown.hash,
        "adopted": shown.adopted,
        "migration": None if shown.migration is None else list(shown.migration),
        "enclosed": None if shown.enclosed is None else enclosure(shown.enclosed),
        "withdraws": shown.withdraws,
        "withheld": shown.withheld,
        "erases": None if shown.erases is None else erases(shown.erases),
        "breaks": None if shown.breaks is None else value(shown.breaks),
        "reviews": shown.reviews,
    }


def reading(line: Reading) -> dict[str, Any]:
    """One line of the access log."""
    return {
        "at": value(line.at),
        "actor": line.actor,
        "person": line.person,
        "case": line.case_id,
        "verb": line.verb,
        "classes": list(line.classes),
        "roles": list(line.roles),
        "purpose": line.purpose,
    }


def enclosure(shown: Enclosure) -> dict[str, Any]:
    """A file of a case."""
    return {
        "number": shown.number,
        "name": shown.name,
        "media_type": shown.media_type,
        "size": shown.size,
        "field_class": shown.field_class,
        "digest": shown.digest,
        "at": value(shown.at),
        "actor": shown.actor,
    }


def step(shown: Step) -> dict[str, Any]:
    """One transition that was taken."""
    return {
        "workflow": shown.workflow,
        "trigger": shown.trigger,
        "source": shown.source,
        "target": shown.target,
        "automatic": shown.automatic,
        "entered": shown.entered,
    }


def refusal(shown: Refusal) -> dict[str, Any]:
    """A refusal with its reasons."""
    sentence = Text(shown.sentence("en"), shown.sentence("zh"))
    return {
        "code": shown.code,
        "sentence": text(sentence),
        "trigger": shown.trigger,
        "case": shown.case_id,
        "revision": shown.revision,
        "problems": [{"field": item.field, "text": text(item.text)} for item in shown.problems],
        "unmet": [
            {"text": text(item.text), "unknown": item.unknown, "hidden": item.hidden, "source": item.source}
            for item in shown.unmet
        ],
        "roles": list(shown.roles),
        "help": [{"trigger": item.trigger, "roles": list(item.roles), "text": text(item.text)} for item in shown.help],
        "part": shown.part,
        "page": shown.page,
    }


def finding(shown: Finding) -> dict[str, Any]:
    """One mistake of a definition."""
    return {
        "code": shown.code,
        "level": shown.level,
        "path": shown.path,
        "line": shown.line,
        "message": shown.message,
        "page": shown.page,
    }


def erases(shown: Erases) -> dict[str, Any]:
    """One step on the way to an erasure, as an entry tells of it."""
    return {
        "step": shown.step,
        "because": shown.because,
        "persons": list(shown.persons),
        "obstacles": list(shown.obstacles),
    }


def erasure(shown: Erasure) -> dict[str, Any]:
    """That somebody asked to erase a person, and what came of it."""
    return {name: value(item) for name, item in attrs.asdict(shown).items()}


def legal_hold(shown: LegalHold) -> dict[str, Any]:
    """What forbids to erase a person."""
    return {name: value(item) for name, item in attrs.asdict(shown).items()}


def fault(shown: Fault) -> dict[str, Any]:
    """Something in a store that does not add up."""
    return {"tenant": shown.tenant, "case": shown.case_id, "entry": shown.number, "problem": shown.problem}


def verdict(shown: Verdict) -> dict[str, Any]:
    """What verifying looked at and found; *unopened* only where values were left sealed."""
    return {
        **({"unopened": shown.unopened} if shown.unopened else {}),
        "whole": shown.whole,
        "cases": shown.cases,
        "entries": shown.entries,
        "erased": shown.erased,
        "enclosures": shown.enclosures,
        "log": None if shown.log is None else log_verdict(shown.log),
        "faults": [fault(item) for item in shown.faults],
    }


def log_verdict(shown: LogVerdict) -> dict[str, Any]:
    """The log of all entries."""
    return {
        "whole": shown.whole,
        "entries": shown.entries,
        "leaves": shown.leaves,
        "queued": shown.queued,
        "checkpoints": shown.checkpoints,
        "signed": shown.signed,
        "losses": list(shown.losses),
        "faults": [fault(item) for item in shown.faults],
    }


def left(shown: Pinned) -> dict[str, Any]:
    """Cases that need what is not loaded."""
    return {
        "case_type": shown.case_type,
        "manifest": shown.manifest,
        "cases": shown.cases,
        "open": shown.open,
        "case_type_loaded": shown.standing != "orphaned",
        "workflows": list(shown.gone),
        "parts": list(shown.absent),
    }


def ran(shown: Ran) -> dict[str, int]:
    """What a run of timers and messages did."""
    return {
        "fired": shown.fired,
        "stale": shown.stale,
        "stuck": shown.stuck,
        "sent": shown.sent,
        "failed": shown.failed,
        "parked": shown.parked,
        "braked": shown.braked,
    }

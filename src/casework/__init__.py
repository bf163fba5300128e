"""Casework: run cases by checkable definitions. This module is the whole public face."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from casework.blobs import BlobFolder, BlobMemory, BlobStore, EnclosureLimits, StoredBlob
from casework.clock import Clock, FrozenClock, SystemClock
from casework.condition.build import (
    actor,
    balance,
    days,
    elapsed_since,
    field,
    given,
    hours,
    minutes,
    optional,
    overdue,
    slot,
    state,
)
from casework.condition.tree import ALWAYS, NEVER, Condition
from casework.errors import (
    BlobDamaged,
    CaseworkError,
    Conflict,
    DocumentError,
    InvalidValue,
    Reentered,
    Refused,
    SetupError,
    StoreMismatch,
    StoreUnavailable,
    UnsoundDefinition,
)
from casework.hookspecs import Demo, DemoRun, Recorded, hookimpl
from casework.ids import seeded_entropy
from casework.model.actor import Actor
from casework.model.attachment import Attachment, Require, attach
from casework.model.case import Case, Receipt
from casework.model.casetype import CaseType
from casework.model.command import (
    Assign,
    Doer,
    Given,
    Held,
    Now,
    Open,
    Post,
    Recheck,
    Run,
    Send,
    Set,
    Settle,
    Unit,
    Void,
    keep,
)
from casework.model.decision import Message
from casework.model.enclosure import Enclosure
from casework.model.erasure import Erasure, LegalHold
from casework.model.fields import Choice, Field, fact
from casework.model.finding import Finding
from casework.model.glass import BreakGlass
from casework.model.outfit import Account, Invariant, Outfit, Role, Worklist
from casework.model.reading import Reading
from casework.model.refusal import Help, Refusal, Unmet
from casework.model.retention import Retention
from casework.model.units import Units
from casework.model.workflow import Deadline, Slot, State, Transition, Workflow
from casework.parts import Channel, EffectPart, Guard, Part, View, effect, guard
from casework.text import Language, Text

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.desk import Desk
    from casework.desk.accesslog import Readings
    from casework.desk.bulk import Bulk
    from casework.desk.enclosing import OpenEnclosure
    from casework.desk.importing import Imported
    from casework.desk.reading import Page
    from casework.desk.viewing import HistoryEntry
    from casework.diagram import mermaid, svg
    from casework.loader import dump, load, load_file, parse_text
    from casework.plugins import installed
    from casework.soundness import check
    from casework.storage.sql.engine import StoreOptions
    from casework.storage.sql.transaction import OutcomeUnknown
    from casework.storage.verify import Fault, Verdict
    from casework.worker import Ran
else:
    # What runs cases brings the database along, what reads documents YAML: each is imported when it is first named.
    _ON_DEMAND = {
        "app": ("Casework",),
        "desk": ("Desk",),
        "desk.accesslog": ("Readings",),
        "desk.bulk": ("Bulk",),
        "desk.enclosing": ("OpenEnclosure",),
        "desk.importing": ("Imported",),
        "desk.reading": ("Page",),
        "desk.viewing": ("HistoryEntry",),
        "diagram": ("mermaid", "svg"),
        "loader": ("dump", "load", "load_file", "parse_text"),
        "plugins": ("installed",),
        "soundness": ("check",),
        "storage.sql.engine": ("StoreOptions",),
        "storage.sql.transaction": ("OutcomeUnknown",),
        "storage.verify": ("Fault", "Verdict"),
        "worker": ("Ran",),
    }
    _ROOMS = {name: room for room, names in _ON_DEMAND.items() for name in names}

    def __getattr__(name: str) -> object:
        """A public name whose room was not needed so far."""
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *_ROOMS})


__all__ = [
    "ALWAYS",
    "NEVER",
    "Account",
    "Actor",
    "Assign",
    "Attachment",
    "BlobDamaged",
    "BlobFolder",
    "BlobMemory",
    "BlobStore",
    "BreakGlass",
    "Bulk",
    "Case",
    "CaseType",
    "Casework",
    "CaseworkError",
    "Channel",
    "Choice",
    "Clock",
    "Condition",
    "Conflict",
    "Deadline",
    "Demo",
    "DemoRun",
    "Desk",
    "DocumentError",
    "Doer",
    "EffectPart",
    "Enclosure",
    "EnclosureLimits",
    "Erasure",
    "Fault",
    "Field",
    "Finding",
    "FrozenClock",
    "Given",
    "Guard",
    "Held",
    "Help",
    "HistoryEntry",
    "Imported",
    "InvalidValue",
    "Invariant",
    "Language",
    "LegalHold",
    "Message",
    "Now",
    "Open",
    "OpenEnclosure",
    "OutcomeUnknown",
    "Outfit",
    "Page",
    "Part",
    "Post",
    "Ran",
    "Reading",
    "Readings",
    "Receipt",
    "Recheck",
    "Recorded",
    "Reentered",
    "Refusal",
    "Refused",
    "Require",
    "Retention",
    "Role",
    "Run",
    "Send",
    "Set",
    "Settle",
    "SetupError",
    "Slot",
    "State",
    "StoreMismatch",
    "StoreOptions",
    "StoreUnavailable",
    "StoredBlob",
    "SystemClock",
    "Text",
    "Transition",
    "Unit",
    "Units",
    "Unmet",
    "UnsoundDefinition",
    "Verdict",
    "View",
    "Void",
    "Workflow",
    "Worklist",
    "actor",
    "attach",
    "balance",
    "check",
    "days",
    "dump",
    "effect",
    "elapsed_since",
    "fact",
    "field",
    "given",
    "guard",
    "hookimpl",
    "hours",
    "installed",
    "keep",
    "load",
    "load_file",
    "mermaid",
    "minutes",
    "optional",
    "overdue",
    "parse_text",
    "seeded_entropy",
    "slot",
    "state",
    "svg",
]

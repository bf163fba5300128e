"""PFIF 1.4, the People Finder Interchange Format: read, checked and written, with what it says about expiry."""

from __future__ import annotations

from casework_police.pfif.clearing import clear_expired
from casework_police.pfif.exporting import Origin, export
from casework_police.pfif.finding import CODES, PfifFinding, Rejected
from casework_police.pfif.importing import Imported, import_records
from casework_police.pfif.kinds import Age, PartialDate
from casework_police.pfif.limits import Limits
from casework_police.pfif.mapping import person_of, values_of
from casework_police.pfif.reader import Item, read
from casework_police.pfif.record import Note, Person, Record, Tombstone, expired, tombstone_of
from casework_police.pfif.remark import notes_in, remarks_of
from casework_police.pfif.within import Within
from casework_police.pfif.writer import Written, write

__all__ = [
    "CODES",
    "Age",
    "Imported",
    "Item",
    "Limits",
    "Note",
    "Origin",
    "PartialDate",
    "Person",
    "PfifFinding",
    "Record",
    "Rejected",
    "Tombstone",
    "Within",
    "Written",
    "clear_expired",
    "expired",
    "export",
    "import_records",
    "notes_in",
    "person_of",
    "read",
    "remarks_of",
    "tombstone_of",
    "values_of",
    "write",
]

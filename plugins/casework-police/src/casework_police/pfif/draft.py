"""One record while it is read: its texts as they come, what is wrong with them, and what becomes of it in the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

import attrs

from casework import InvalidValue, Text
from casework_police.pfif.finding import PfifFinding, Rejected, finding, shown
from casework_police.pfif.kinds import TEXT, ahead
from casework_police.pfif.limits import Limits
from casework_police.pfif.record import Note, Person, Tombstone, kinds_of, required_of
from casework_police.pfif.version import Version, full_name_of

Kind = Literal["person", "note"]

_KINDS = MappingProxyType({"person": kinds_of(Person), "note": kinds_of(Note)})
_REQUIRED = MappingProxyType({"person": required_of(Person), "note": required_of(Note)})
_KEPT = frozenset(kinds_of(Tombstone))
_WRITTEN = ("source_date", "entry_date")


@attrs.frozen
class _Told:
    """The text of one field, under the name and on the line that it has in the file."""

    name: str
    line: int
    text: str


class Draft:
    """A person or a note that began on *line* of a file in that *version*."""

    def __init__(self, kind: Kind, line: int, version: Version, limits: Limits) -> None:
        self.kind, self.line = kind, line
        self._version, self._limits = version, limits
        self._told: dict[str, _Told] = {}
        self._findings: list[PfifFinding] = []
        self._name, self._began, self._length = "", 0, 0
        self._parts: list[str] = []

    def begin(self, name: str, line: int) -> None:
        """A field begins."""
        self._name, self._began, self._length, self._parts = name, line, 0, []

    def more(self, text: str) -> None:
        """More of its text; what goes beyond the limit is not kept."""
        self._length += len(text)
        if self._length <= self._limits.text:
            self._parts.append(text)

    def finish(self) -> None:
        """It ends."""
        name, line = self._name, self._began
        field = self._version.fields(self.kind)[name]
        if field in self._told:
            self.find("repeated-field", line, field=name)
        elif self._length > self._limits.text:
            limit = self._limits.text
            self.find("too-long", line, Text(f"at most {limit:,} characters", f"最多 {limit:,} 个字符"), field=name)
            self._told[field] = _Told(name, line, "")
        else:
            self._told[field] = _Told(name, line, "".join(self._parts))

    def find(
        self,
        code: str,
        line: int,
        more: Text = Text(),
        level: Literal["warning", "error"] = "error",
        field: str = "",
    ) -> None:
        """Something is wrong with this record; what is wrong a hundred times over is not kept for ever."""
        full = len(self._findings) >= self._limits.findings
        if full and (level == "warning" or any(one.level == "error" for one in self._findings)):
            return
        self._findings.append(finding(code, line, more, level=level, field=field))

    @property
    def size(self) -> int:
        """How many characters of it are kept."""
        return sum(len(told.text) for told in self._told.values())

    @property
    def record_id(self) -> str:
        """The identifier as the file has it; empty where it has none."""
        told = self._told.get(f"{self.kind}_record_id")
        return "" if told is None else shown(told.text.strip())

    def person(self, now: datetime) -> Person | Tombstone | Rejected:
        """What a person record amounts to at *now*."""
        values, wrong = self._values(now)
        expiry = values.get("expiry_date")
        if expiry is not None and expiry <= now:
            return self._tombstone(values, wrong)
        if "full_name" not in self._version.person:
            values["full_name"] = full_name_of(values.get("given_name"), values.get("family_name"))
            # PFIF 1.2 asks for no source date; without one, the day of the copy is the best that is known.
            values.setdefault("source_date", values.get("entry_date"))
        self._findings += wrong
        self._findings += self._missing(values)
        return self._rejected() or Person(**values)

    def _tombstone(self, values: dict[str, Any], wrong: list[PfifFinding]) -> Tombstone | Rejected:
        """Of an expired record only what is kept can be wrong: junk in the rest may not stop a deletion."""
        kept = {name: value for name, value in values.items() if name in _KEPT}
        fields = self._version.person
        contents = [told.line for field, told in self._told.items() if field not in _KEPT and told.text.strip()]
        self._findings = [found for found in wrong if fields.get(found.field) in _KEPT]
        self._findings += [found for found in self._missing(kept) if found.field in _KEPT]
        if contents:
            self.find("expired-contents", contents[0], level="warning")
        return self._rejected() or Tombstone(**kept, placeholder=not contents)

    def note(self, person_record_id: str | None, now: datetime) -> Note | Rejected:
        """What a note record amounts to at *now*, within that person or, with None, on its own."""
        values, wrong = self._values(now)
        self._findings += wrong
        own = values.get("person_record_id")
        if person_record_id is not None and own is None and "person_record_id" not in self._told:
            values["person_record_id"] = person_record_id
        elif person_record_id is not None and own is not None and own != person_record_id:
            told = self._told["person_record_id"]
            self.find("other-person", told.line, field=told.name)
        self._findings += self._missing(values)
        return self._rejected() or Note(**values)

    def expired(self) -> PfifFinding:
        """What is said of the note of an expired person."""
        return finding("expired-note", self.line, level="warning", record=self.record_id)

    def warnings(self) -> tuple[PfifFinding, ...]:
        """What is to be said besides, of a record that came through."""
        record = self.record_id
        return tuple(attrs.evolve(found, record=record) for found in self._findings if found.level == "warning")

    def _values(self, now: datetime) -> tuple[dict[str, Any], list[PfifFinding]]:
        """The fields as values; what could not be read is absent, and found; what cannot be true at *now* is found."""
        values: dict[str, Any] = {}
        wrong: list[PfifFinding] = []
        kinds = _KINDS[self.kind]
        for field, told in self._told.items():
            kind = kinds[field]
            if not told.text or (kind is not TEXT and not told.text.strip(" \t\r\n")):
                if kind is TEXT:
                    values[field] = ""
                continue
            try:
                values[field] = kind.read(told.text)
            except InvalidValue as error:
                more = Text(error.problem, error.zh)
                wrong.append(finding(kind.code, told.line, more, field=told.name))
                continue
            if field in _WRITTEN and ahead(values[field], now):
                wrong.append(finding("future-date", told.line, level="warning", field=told.name))
        return values, wrong

    def _missing(self, values: Mapping[str, Any]) -> list[PfifFinding]:
        """What every record must tell; a field that was told wrongly is not missing besides."""
        found = {self._version.fields(self.kind).get(one.field) for one in self._findings if one.level == "error"}
        return [
            finding("missing-field", self.line, field=name)
            for name in _REQUIRED[self.kind]
            if values.get(name) is None and name not in found
        ]

    def _rejected(self) -> Rejected | None:
        if not any(found.level == "error" for found in self._findings):
            return None
        record = self.record_id
        findings = sorted(self._findings, key=lambda found: found.line)
        return Rejected(
            kind=self.kind,
            line=self.line,
            record=record,
            findings=tuple(attrs.evolve(found, record=record) for found in findings),
        )

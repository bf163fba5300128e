"""Put records together from the elements of a document, and find everything that is wrong with each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from casework import Text
from casework_police.pfif.draft import Draft
from casework_police.pfif.finding import PfifFinding, Rejected, finding, shown
from casework_police.pfif.limits import Limits
from casework_police.pfif.markup import Unreadable
from casework_police.pfif.record import Note, Person, Tombstone
from casework_police.pfif.version import VERSIONS, Version

Made = Person | Note | Tombstone | Rejected | PfifFinding


class Assembly:
    """Listens to a parser and hands each record to *give* as soon as it is whole."""

    def __init__(self, give: Callable[[Made], None], now: datetime, limits: Limits) -> None:
        self._give, self._now, self._limits = give, now, limits
        self._version: Version | None = None
        self._namespace = ""
        self._person: Draft | None = None
        self._note: Draft | None = None
        self._notes: list[Draft] = []
        self._kept = 0
        self._field = ""
        self._skipping = 0
        self._strayed = False

    @property
    def _draft(self) -> Draft | None:
        """The record that is being read."""
        return self._note or self._person

    def start(self, namespace: str, name: str, attributes: int, line: int) -> None:
        """An element begins."""
        self._strayed = False
        if self._skipping:
            self._skipping += 1
            return
        draft = self._draft
        if self._version is None:
            self._root(namespace, name, line)
        elif self._field:
            self._skip("misplaced-element", line, name, f"within {self._field}", f"位于 {self._field} 之内")
        elif namespace != self._namespace and draft is None and name in ("person", "note"):
            self._elsewhere("person" if name == "person" else "note", line, self._namespace)
        elif namespace != self._namespace:
            self._skip("foreign-element", line, name, level="warning")
        elif name == "person" and draft is None:
            self._person = Draft("person", line, self._version, self._limits)
        elif name == "note" and self._note is None:
            self._note = Draft("note", line, self._version, self._limits)
        elif draft is not None and name in self._version.fields(draft.kind):
            self._field = name
            draft.begin(name, line)
        else:
            self._unexpected(name, line, self._version)
        if attributes and not self._skipping:
            self._find("foreign-attribute", line, level="warning", field=name)

    def _root(self, namespace: str, name: str, line: int) -> None:
        if name != "pfif":
            raise Unreadable("not-pfif", line, Text(f"begins with {shown(name)}", f"首个元素为 {shown(name)}"))
        if namespace not in VERSIONS:
            known = ", ".join(VERSIONS)
            raise Unreadable("unknown-version", line, Text(f"takes {known}", f"可读：{known}"))
        self._version, self._namespace = VERSIONS[namespace], namespace

    def _elsewhere(self, kind: Literal["person", "note"], line: int, namespace: str) -> None:
        """A record in another namespace than its document would be lost without a word as a foreign element."""
        self._skipping = 1
        more = Text(f"this document is in {namespace}", f"该文档的命名空间为 {namespace}")
        found = finding("unknown-version", line, more, field=kind)
        self._give(Rejected(kind=kind, line=line, record="", findings=(found,)))

    def _unexpected(self, name: str, line: int, version: Version) -> None:
        if name in ("pfif", "person", "note"):
            self._skip("misplaced-element", line, name)
        else:
            self._skip("unknown-element", line, name, f"of PFIF {version.name}", f"PFIF {version.name} 没有此元素")

    def text(self, text: str, line: int) -> None:
        """Text of the field that began last; between elements only blanks may stand."""
        if self._skipping:
            return
        draft = self._draft
        if self._field and draft is not None:
            draft.more(text)
        elif not self._strayed and text.strip(" \t\r\n"):
            self._strayed = True
            # Text is told of when it ends; its line is where it began.
            began = line - text[len(text) - len(text.lstrip(" \t\r\n")) :].count("\n")
            self._find("stray-text", began, level="warning")

    def end(self) -> None:
        """The element that began last ends."""
        self._strayed = False
        draft = self._draft
        if self._skipping:
            self._skipping -= 1
        elif self._field and draft is not None:
            draft.finish()
            self._field = ""
        elif self._note is not None:
            self._end_of_note(self._note)
        elif self._person is not None:
            self._end_of_person(self._person)

    def _end_of_note(self, note: Draft) -> None:
        self._note = None
        if self._person is None:
            self._whole(note, note.note(None, self._now))
        elif len(self._notes) < self._limits.notes and self._kept < self._limits.kept:
            self._notes.append(note)
            self._kept += note.size
        else:
            note.find("too-many-notes", note.line)
            self._give(note.note(self._person.record_id, self._now))

    def _end_of_person(self, draft: Draft) -> None:
        self._person, notes, self._notes, self._kept = None, self._notes, [], 0
        made = draft.person(self._now)
        self._whole(draft, made)
        for note in notes:
            if isinstance(made, Tombstone):
                self._give(note.expired())
            else:
                self._whole(note, note.note(draft.record_id, self._now))

    def _whole(self, draft: Draft, made: Made) -> None:
        if not isinstance(made, Rejected):
            for warning in draft.warnings():
                self._give(warning)
        self._give(made)

    def _skip(
        self, code: str, line: int, name: str, en: str = "", zh: str = "", level: Literal["warning", "error"] = "error"
    ) -> None:
        self._skipping = 1
        self._find(code, line, Text(en, zh), level, shown(name))

    def _find(
        self,
        code: str,
        line: int,
        more: Text = Text(),
        level: Literal["warning", "error"] = "error",
        field: str = "",
    ) -> None:
        if self._draft is not None:
            self._draft.find(code, line, more, level, field)
        else:
            self._give(finding(code, line, more, level=level, field=field))

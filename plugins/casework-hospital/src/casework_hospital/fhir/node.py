"""A place in a message: asked for what should stand there, it answers or notes what is wrong, and goes on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import attrs

from casework_hospital.fhir.violation import Violation, wrong

TEXT_LIMIT = 2_000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)


@attrs.frozen
class Node:
    """An object of a message with its *path*; all nodes of one message share the *violations* they note."""

    value: Mapping[str, Any]
    path: str
    violations: list[Violation]

    def note(self, name: str, en: str, zh: str) -> None:
        """Write down what is wrong with the member *name*."""
        self.violations.append(wrong(f"{self.path}.{name}" if name else self.path, en, zh))

    def text(self, name: str, *, required: bool = False, limit: int = TEXT_LIMIT) -> str | None:
        """The text that stands under *name*."""
        found = self.value.get(name)
        if found is None:
            if required:
                self.note(name, "is needed", "不能缺少")
            return None
        if not isinstance(found, str) or not found.strip() or len(found) > limit:
            self.note(name, f"takes a text of 1 to {limit} characters", f"应为1至{limit}个字符的文字")
            return None
        if any(ord(sign) < 32 and sign not in "\t\n\r" for sign in found):
            self.note(name, "takes a text without signs for control", "文字不得含控制字符")
            return None
        return found

    def code(self, name: str, known: Collection[str], *, required: bool = True) -> str | None:
        """The code that stands under *name*, one of those *known*."""
        found = self.text(name, required=required, limit=100)
        if found is not None and found not in known:
            listed = ", ".join(known)
            self.note(name, f"takes one of {listed}", f"只能是以下之一：{listed}")
            return None
        return found

    def instant(self, name: str, *, required: bool = False) -> datetime | None:
        """The instant that stands under *name*, with its time zone."""
        found = self.text(name, required=required, limit=40)
        if found is None:
            return None
        try:
            if not _INSTANT.match(found):
                raise ValueError
            return datetime.fromisoformat(found).astimezone(UTC)
        except (ValueError, OverflowError):
            self.note(name, "takes an instant to the second with its time zone", "应为精确到秒并带时区的时刻")
            return None

    def date(self, name: str) -> date | None:
        """The day that stands under *name*."""
        found = self.text(name, limit=10)
        if found is None:
            return None
        try:
            if not _DATE.match(found):
                raise ValueError
            return date.fromisoformat(found)
        except ValueError:
            self.note(name, "takes a day as YYYY-MM-DD", "应为日期，如 2026-03-02")
            return None

    def object(self, name: str) -> Node | None:
        """The object that stands under *name*."""
        found = self.value.get(name)
        if found is None:
            return None
        if not isinstance(found, Mapping):
            self.note(name, "takes an object", "应为对象")
            return None
        return Node(found, f"{self.path}.{name}", self.violations)

    def objects(self, name: str, limit: int = 50) -> Iterator[Node]:
        """The objects of the list that stands under *name*."""
        found = self.value.get(name, ())
        if not isinstance(found, list | tuple) or len(found) > limit:
            self.note(name, f"takes a list of at most {limit}", f"应为最多{limit}项的列表")
            return
        for i, item in enumerate(found):
            if isinstance(item, Mapping):
                yield Node(item, f"{self.path}.{name}[{i}]", self.violations)
            else:
                self.note(f"{name}[{i}]", "takes an object", "应为对象")

    def coded(self, name: str, system: str, known: Collection[str]) -> str | None:
        """The code of *system* in the CodeableConcept under *name*; codes of other systems are passed over."""
        concept = self.object(name)
        if concept is None:
            return None
        for coding in concept.objects("coding"):
            if coding.value.get("system") == system:
                return coding.code("code", known)
        return None

    def numbered(self, name: str, system: str) -> str | None:
        """The value of the Identifier of *system* among those under *name*."""
        for one in self.objects(name):
            if one.value.get("system") == system:
                return one.text("value", required=True, limit=200)
        return None

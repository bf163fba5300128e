"""Read alerts of the Common Alerting Protocol, 1.2 and 1.1 (OASIS), safely: they come from strangers (F72)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from casework import DocumentError, Finding
from casework.interchange import Element, tree
from casework.outreach.alert import COLOURS, SEVERITIES, Alert, Area, Info, Reference

NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
_STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
_KINDS = ("Alert", "Update", "Cancel", "Ack", "Error")
_SCOPES = ("Public", "Restricted", "Private")
_URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
_CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
_LANGUAGE = "en-US"
"""What the standard takes an ``info`` to be in that does not say."""

_NEVER = datetime.fromtimestamp(0, UTC)
_YEARS = range(1970, 2200)
_ZH = {"蓝色": "blue", "黄色": "yellow", "橙色": "orange", "红色": "red"}
_LEVEL_NAMES = re.compile(r"colou?r|level|颜色|级别|等级", re.IGNORECASE)
_COLOUR = re.compile(r"(?<![a-z])(blue|yellow|orange|red)(?![a-z])|(蓝色|黄色|橙色|红色)", re.IGNORECASE)
_SEVERITY_OF = {colour: severity for severity, colour in SEVERITIES.items()}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHINESE = {"gb2312", "gbk", "gb18030"}


def read_alert(content: bytes, *, source: str = "alert") -> Alert:
    """The alert of a document. *source* is what messages call it.

    UTF-8, or one of the Chinese encodings where the document says so. A document type is refused, and so is what is
    too large or too deep: nothing outside the document is ever read. Elements that are not of CAP are passed over.
    Raises DocumentError with every mistake and its line.
    """
    return _Reading(source).alert(tree(_as_utf8(content, source), source))


def read_alert_file(path: str | Path) -> Alert:
    """The alert of a file. Raises as ``read_alert`` does, and OSError where the file cannot be read."""
    return read_alert(Path(path).read_bytes(), source=Path(path).name)


def _as_utf8(content: bytes, source: str) -> bytes:
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    if declared is None or declared[1].decode("ascii").lower() not in _CHINESE:
        return content
    try:
        return content.decode("gb18030").encode("utf-8")
    except UnicodeDecodeError:
        raise DocumentError(source, [Finding("CW801", "document", "is not the GB 18030 text that it says")]) from None


class _Reading:
    """Reads one tree and gathers what is wrong with it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._findings: list[Finding] = []
        self._prefix = ""

    def alert(self, root: Element) -> Alert:
        self._names(root)
        found = Alert(
            identifier=self._one(root, "identifier"),
            sender=self._one(root, "sender"),
            sent=self._time(root, "sent") or _NEVER,
            status=self._of(root, "status", _STATUSES),
            kind=self._of(root, "msgType", _KINDS),
            scope=self._of(root, "scope", _SCOPES),
            references=tuple(self._references(root)),
            infos=tuple(self._info(item) for item in root.each(f"{self._prefix}info")),
            signed=any(_local(child) == "Signature" for child in root.children),
        )
        if self._findings:
            raise DocumentError(self._source, self._findings)
        return found

    def _names(self, root: Element) -> None:
        """What the names of CAP begin with here; a document of something else ends the reading at once."""
        prefix, colon, _ = root.name.rpartition(":")
        declared = root.get(f"xmlns:{prefix}" if prefix else "xmlns")
        if _local(root) != "alert" or declared not in NAMESPACES:
            message = f"is no <alert> of {NAMESPACES[0]}; it is <{root.name}> of {declared or 'no namespace'}"
            raise DocumentError(self._source, [Finding("CW821", "document", message, root.line)])
        self._prefix = prefix + colon

    def _info(self, info: Element) -> Info:
        severity, named = self._severity(info)
        codes = tuple(self._pairs(info, "eventCode"))
        old = tuple(("eventType", text) for text in info.texts(f"{self._prefix}eventType") if text)
        headline, event = self._maybe(info, "headline"), self._maybe(info, "event")
        if not event and not old:
            self._wrong(info, "event", "is missing")
        level = named or _colour_of((*codes, *self._pairs(info, "parameter")), f"{headline} {event}")
        return Info(
            language=self._maybe(info, "language") or _LANGUAGE,
            event=event or (old[0][1] if old else ""),
            urgency=self._of(info, "urgency", _URGENCIES),
            severity=severity,
            certainty=self._of(info, "certainty", _CERTAINTIES),
            level=level or SEVERITIES.get(severity),
            codes=(*codes, *old),
            effective=self._time(info, "effective", asked=False),
            onset=self._time(info, "onset", asked=False),
            expires=self._time(info, "expires", asked=False),
            headline=headline,
            description=self._maybe(info, "description"),
            areas=tuple(self._area(area) for area in info.each(f"{self._prefix}area")),
        )

    def _area(self, area: Element) -> Area:
        return Area(name=self._one(area, "areaDesc"), codes=tuple(self._pairs(area, "geocode")))

    def _severity(self, info: Element) -> tuple[str, str | None]:
        """The severity, and the colour where the colour stands in its place, as in some feeds of China."""
        told = self._one(info, "severity")
        colour = told.lower()
        if colour in COLOURS:
            return _SEVERITY_OF[colour], colour
        if told and told not in (*SEVERITIES, "Unknown"):
            self._wrong(info, "severity", f"takes one of {', '.join((*SEVERITIES, 'Unknown'))}, or a colour")
        return told, None

    def _references(self, root: Element) -> Iterator[Reference]:
        for text in " ".join(root.texts(f"{self._prefix}references")).split():
            sender, _, rest = text.partition(",")
            identifier, _, sent = rest.rpartition(",")
            at = _instant(sent)
            if not sender or not identifier or at is None:
                self._wrong(root, "references", "takes sender,identifier,sent of each alert")
                return
            yield Reference(sender=sender, identifier=identifier, sent=at)

    def _pairs(self, element: Element, name: str) -> Iterator[tuple[str, str]]:
        for child in element.each(f"{self._prefix}{name}"):
            yield self._maybe(child, "valueName"), self._maybe(child, "value")

    def _maybe(self, element: Element, name: str) -> str:
        texts = element.texts(f"{self._prefix}{name}")
        if len(texts) > 1:
            self._wrong(element, name, "stands there more than once")
        return texts[0] if texts else ""

    def _one(self, element: Element, name: str) -> str:
        text = self._maybe(element, name)
        if not text:
            self._wrong(element, name, "is missing")
        return text

    def _of(self, element: Element, name: str, known: tuple[str, ...]) -> str:
        text = self._one(element, name)
        if text and text not in known:
            self._wrong(element, name, f"takes one of {', '.join(known)}")
        return text

    def _time(self, element: Element, name: str, *, asked: bool = True) -> datetime | None:
        text = self._one(element, name) if asked else self._maybe(element, name)
        at = _instant(text)
        if text and at is None:
            self._wrong(element, name, "takes a date and time with its zone, as 2026-07-11T19:00:00+08:00")
        return at

    def _wrong(self, element: Element, name: str, message: str) -> None:
        self._findings.append(Finding("CW822", f"{_local(element)}.{name}", message, element.line))


def _local(element: Element) -> str:
    return element.name.rpartition(":")[2]


def _instant(text: str) -> datetime | None:
    """An instant with its zone; None where it is none, for a time without one could be anybody's.

    Years that no alert is of are none either: days could not be counted from the first and last that there are.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.utcoffset() is not None and at.year in _YEARS else None


def _colour_of(pairs: tuple[tuple[str, str], ...], text: str) -> str | None:
    """The colour that a code or parameter names, or else the headline; the more serious where there are several."""
    told = [value for name, value in pairs if _LEVEL_NAMES.search(name)]
    for where in (" ".join(told), text):
        found = [(match[1] or "").lower() or _ZH[match[2]] for match in _COLOUR.finditer(where)]
        if found:
            return max(found, key=COLOURS.index)
    return None

"""The application's own log as lines of JSON: what happened, where and of which kind, and never what a case knows."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

__all__ = ["FIELDS", "JsonLines", "failure", "json_logs"]

ROOT = "casework"
FIELDS = (
    "tenant",
    "case",
    "entry",
    "case_type",
    "trigger",
    "timer",
    "channel",
    "plugin",
    "part",
    "code",
    "problem",
    "job",
    "attempt",
    "count",
    "seconds",
)
"""The only names under which casework tells more than the sentence: names of definitions, ids, codes and numbers."""
ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters, marks that turn the direction of text or break lines in some terminals, lone surrogates."""
_LONGEST = 500


class JsonLines(logging.Formatter):
    r"""Writes each record as one line of JSON; control characters, those of terminals too, stand as ``\uXXXX``.

    Of an exception it tells the type, our code where it is one of ours, and the place; never its words, for those
    of a driver or of a part quote what they were given. Records of other libraries are cut to the same form.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        told: dict[str, Any] = {
            "at": _instant(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _cut(record.getMessage()),
        }
        told |= {name: _plain(getattr(record, name)) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            told["error"] = _error(record.exc_info)
        return escaped(json.dumps(told, ensure_ascii=False))


def json_logs(stream: TextIO, *, level: int = logging.INFO) -> logging.Handler:
    """Write the log of casework to *stream*, a line of JSON each; answers with the handler, to be removed again.

    Nothing else of ``logging`` is changed. What other libraries log goes where the application sends it; give them
    ``JsonLines()`` as formatter to have it in the same form.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(ROOT)
    logger.addHandler(handler)
    logger.setLevel(min(level, logger.level or level))
    return handler


def failure(error: BaseException | None) -> str:
    """The kind of an error and where it was raised, never its words: ``TypeError at parts.py:12``."""
    place = "" if error is None else _place(error.__traceback__)
    return f"{type(error).__name__}{f' at {place}' if place else ''}"


def escaped(line: str) -> str:
    """*line* of JSON with what JSON allows and a terminal obeys written as escapes too."""
    return ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> str | int | float | None:
    return value if value is None or isinstance(value, int | float) else _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _error(info: Any) -> Mapping[str, str]:
    """The kind and the place of an exception."""
    kind, error, trace = info
    told = {"type": kind.__name__}
    code = getattr(error, "code", None)
    if kind.__module__.startswith(f"{ROOT}.") and isinstance(code, str):
        told["code"] = code
    if place := _place(trace):
        told["place"] = place
    return told


def _place(trace: TracebackType | None) -> str:
    """The file and line where it was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    name = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"{name}:{trace.tb_lineno}"

"""How much may be enclosed, and of which kinds."""

from __future__ import annotations

from typing import Any

import attrs

from casework.blobs.media import MEDIA
from casework.errors import InvalidValue

DEFAULT_MEDIA = ("image/jpeg", "image/png", "image/webp", "application/pdf", "text/plain")


def _positive(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidValue(f"EnclosureLimits.{attribute.name}", "takes a whole number from 1", "须为不小于1的整数")


def _known(_: object, __: object, value: tuple[str, ...]) -> None:
    unknown = sorted(set(value) - MEDIA.keys())
    if unknown or not value:
        known = ", ".join(MEDIA)
        raise InvalidValue(
            "EnclosureLimits.media_types",
            f"takes some of {known}; not {', '.join(unknown) or 'nothing'}",
            f"只能取：{known}",
        )


@attrs.frozen(kw_only=True)
class EnclosureLimits:
    """What one file and one case may hold: sizes in bytes, a count of files, and the kinds of files.

    Raises InvalidValue for a kind that casework cannot tell by its content, such as SVG or an office file.
    """

    size: int = attrs.field(default=10_000_000, validator=_positive)
    case_size: int = attrs.field(default=100_000_000, validator=_positive)
    case_count: int = attrs.field(default=200, validator=_positive)
    media_types: tuple[str, ...] = attrs.field(default=DEFAULT_MEDIA, converter=tuple, validator=_known)

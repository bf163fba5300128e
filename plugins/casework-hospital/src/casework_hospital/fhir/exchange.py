"""Who exchanges messages: the address below which our own codes and numbers are named, and the sending station."""

from __future__ import annotations

import re

import attrs

from casework import InvalidValue
from casework_hospital.fhir.codes import Systems

_BASE = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~\-]+)*/?\Z")


def _is_base(_: object, __: object, value: str) -> None:
    if not isinstance(value, str) or len(value) > 200 or not _BASE.match(value):
        raise InvalidValue("exchange.base", "takes an address such as https://station.example/fhir", "应为网址")


@attrs.frozen(kw_only=True)
class Exchange:
    """*base* is an address that the host owns, *station* the number of whoever sends."""

    base: str = attrs.field(validator=_is_base)
    station: str = attrs.field(default="station", validator=attrs.validators.matches_re(r"[\w.\-]{1,64}"))

    @property
    def systems(self) -> Systems:
        """The systems of our codes and numbers."""
        return Systems(self.base)

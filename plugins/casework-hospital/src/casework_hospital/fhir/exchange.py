"""Who exchanges messages: the address of our own codes and numbers, the sending station, the unit to park in."""

from __future__ import annotations

import re

import attrs

from casework import InvalidValue
from casework_hospital.fhir.codes import Systems

_BASE = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~\-]+)*/?\Z")


def _is_base(_: object, __: object, value: str) -> None:
    if not isinstance(value, str) or len(value) > 200 or not _BASE.match(value):
        raise InvalidValue("exchange.base", "takes an address such as https://station.example/fhir", "应为网址")


def _is_unit(_: object, __: object, value: str) -> None:
    if not isinstance(value, str) or len(value) > 128 or (value and not value.isprintable()):
        raise InvalidValue("exchange.unit", "takes a printable text of at most 128 characters", "须为可打印字符")


@attrs.frozen(kw_only=True)
class Exchange:
    """*base* is an address that the host owns, *station* the number of whoever sends.

    *unit* is where messages are parked that come in by a login without a unit and are about a case that it does
    not see; without it they are parked in no unit, where only those see them who work in all units.
    """

    base: str = attrs.field(validator=_is_base)
    station: str = attrs.field(default="station", validator=attrs.validators.matches_re(r"[\w.\-]{1,64}"))
    unit: str = attrs.field(default="", validator=_is_unit)

    @property
    def systems(self) -> Systems:
        """The systems of our codes and numbers."""
        return Systems(self.base)

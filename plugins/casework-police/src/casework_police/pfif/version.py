"""The versions of PFIF that are read, and what the fields of older ones are called since.

PFIF 1.4, section 9: in 1.3 ``given_name``, ``family_name``, ``description`` and ``author_made_contact`` were
``first_name``, ``last_name``, ``other`` and ``found``; 1.2 had neither ``full_name`` nor ``expiry_date``, and no duty
to tell ``source_date``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from casework_police.pfif.record import Note, Person, kinds_of

NAMESPACE = "http://zesty.ca/pfif/1.4"
_BASE = "http://zesty.ca/pfif/"
_PERSON = MappingProxyType({"first_name": "given_name", "last_name": "family_name", "other": "description"})
_NOTE = MappingProxyType({"found": "author_made_contact"})
_NEW_IN_1_4 = frozenset({"alternate_names", "profile_urls", *_PERSON.values(), *_NOTE.values()})
_NEW_IN_1_3 = frozenset({"expiry_date", "full_name"})


@attrs.frozen
class Version:
    """One version: the elements of its records, each with the field of PFIF 1.4 that it fills."""

    name: str
    person: Mapping[str, str]
    note: Mapping[str, str]

    def fields(self, kind: str) -> Mapping[str, str]:
        """The elements of a ``person`` or a ``note``."""
        return self.person if kind == "person" else self.note


def _since(fields: Mapping[str, object], renamed: Mapping[str, str], absent: frozenset[str]) -> Mapping[str, str]:
    kept = {name: name for name in fields if name not in absent}
    return MappingProxyType({**kept, **renamed})


def _versions() -> Mapping[str, Version]:
    person, note = kinds_of(Person), kinds_of(Note)
    nothing: Mapping[str, str] = MappingProxyType({})
    note_1_3 = _since(note, _NOTE, _NEW_IN_1_4 | {"photo_url"})
    found = (
        Version("1.4", _since(person, nothing, frozenset()), _since(note, nothing, frozenset())),
        Version("1.3", _since(person, _PERSON, _NEW_IN_1_4), note_1_3),
        Version("1.2", _since(person, _PERSON, _NEW_IN_1_4 | _NEW_IN_1_3), note_1_3),
    )
    return MappingProxyType({f"{_BASE}{version.name}": version for version in found})


VERSIONS = _versions()


def full_name_of(given: str | None, family: str | None) -> str:
    """A full name from the two names of PFIF 1.2, in the order of the script that they are written in."""
    given, family = (given or "").strip(), (family or "").strip()
    if given and family and all("\u3400" <= char <= "\u9fff" or char >= "\U00020000" for char in given + family):
        return family + given
    return " ".join(name for name in (given, family) if name)

"""The pages of the API name everything that is exported, once, and the verbs with all that they take."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest
from pages import ROOT, headings

import casework

PAGES = [(ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") for name in ("api.md", "api-definitions.md")]
PAGE = "\n".join(PAGES)
ENTRY = re.compile(r"`(\w+)(?=[`(])")
VERBS = [
    (owner, name)
    for owner, kind in (("app", casework.Casework), ("desk", casework.Desk))
    for name, _ in inspect.getmembers(kind, inspect.isfunction)
    if not name.startswith("_")
]


def entries() -> Iterator[str]:
    """The names in headings, and those in the first cells of tables."""
    yield from (heading for heading in headings(PAGE) if heading in ("Casework", "Desk"))
    for line in PAGE.splitlines():
        if line.startswith("| `"):
            yield from ENTRY.findall(line.split(" | ")[0])


def test_every_name_of_the_public_face_has_one_entry() -> None:
    assert sorted(casework.__all__) == sorted(entries())


@pytest.mark.parametrize(("owner", "name"), VERBS, ids=lambda word: word)
def test_a_verb_is_told_with_everything_that_it_takes(owner: str, name: str) -> None:
    kind = casework.Casework if owner == "app" else casework.Desk
    taken = set(inspect.signature(getattr(kind, name)).parameters) - {"self"}

    (told,) = re.findall(rf"^\| `{owner}\.{name}\((.*?)\)` \|", PAGE, re.MULTILINE)
    assert taken == set(re.findall(r"(?:^|[ *])([a-z_]+)(?==|,|$)", told))


def test_the_pages_stay_pages() -> None:
    assert all(len(page.splitlines()) <= 250 for page in PAGES)

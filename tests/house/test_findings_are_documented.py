"""Every code that a finding may have leads to a heading, and the page tells its title."""

from __future__ import annotations

import importlib

import pytest
from pages import ROOT, headings

PAGE = (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
SOURCES = ("casework.soundness.codes", "casework.loader.codes", "casework.migrating.codes", "casework.rulebook.codes")


@pytest.mark.parametrize("module", SOURCES)
def test_every_code_has_a_heading(module: str) -> None:
    codes = set(importlib.import_module(module).CODES)

    assert set() == codes - set(headings(PAGE))


@pytest.mark.parametrize("module", SOURCES)
def test_the_line_below_the_heading_is_the_title(module: str) -> None:
    titles = importlib.import_module(module).CODES
    told = {
        code: text.strip().partition("\n")[0]
        for code, _, text in (part.partition("\n") for part in PAGE.split("\n## "))
    }

    wanted = {code: f"{title[0].upper()}{title[1:]}" for code, title in titles.items()}
    assert wanted == {code: told[code].removesuffix(".").removesuffix(" (warning)") for code in wanted}


def test_no_heading_outlives_its_code() -> None:
    codes = {code for module in SOURCES for code in importlib.import_module(module).CODES}

    assert {
        heading for heading in headings(PAGE) if heading[:3] in ("CW0", "CW1", "CW2", "CW3", "CW4", "CW7", "CW9")
    } == codes

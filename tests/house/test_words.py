"""The core knows no domain: the words of one belong to its plugin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tree import modules, shown

DOMAIN_WORDS = re.compile(r"police|hospital|volunteer|公安|警察|医院|志愿", re.IGNORECASE)


@pytest.mark.parametrize("path", modules(domains=False), ids=shown)
def test_the_core_uses_no_word_of_a_domain(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [] == [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if DOMAIN_WORDS.search(line)]

"""The digest of a call: what stores already hold, and the same for many calls at once."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from casework.desk.requests import Asked, digest, digests

FORMS: tuple[dict[str, Any], ...] = ({}, {"ward": "病房 3", "on": date(2026, 3, 1)}, {"none": None, "odd": object})


@pytest.mark.parametrize("form", FORMS, ids=["empty", "values", "no values"])
@pytest.mark.parametrize("case_id", ["0190", 'a "b" \\ 城'])
def test_one_digest_serves_calls_on_many_cases(form: dict[str, Any], case_id: str) -> None:
    asked = Asked(kind="fire", trigger="admit", form=form)

    assert digest(case_id, asked) == digests(asked)(case_id)
    assert digest(case_id, asked) != digests(asked)(case_id + "x")


def test_a_digest_is_what_stores_hold_since_the_first_version() -> None:
    written = b'{"case": "0190", "form": {"ward": "3"}, "kind": "fire", "trigger": "admit"}'

    assert hashlib.sha256(written).digest() == digest("0190", Asked(kind="fire", trigger="admit", form={"ward": "3"}))


def test_subjects_belong_to_what_is_asked() -> None:
    asked = Asked(kind="open", trigger="rescue")
    written = b'{"case": "anlu", "form": {}, "kind": "open", "subjects": {"person": "p1"}, "trigger": "rescue"}'

    assert hashlib.sha256(written).digest() == digest("anlu", asked, {"person": "p1"})

"""Whatever has a code has a heading, and no heading outlives its code."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest
from pages import ROOT, headings
from tree import SOURCE, constant, exceptions, modules, shown, syntax

from casework import errors
from casework.model.refusal import REFUSAL_CODES, SENTENCES

REFERENCE = ROOT / "docs" / "reference"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
FINDING_CODE = re.compile(r"[\"'](CW\d{3})[\"']")


def codes_explained(page: str) -> list[str]:
    """The headings of a reference page that are codes, not titles."""
    return [heading for heading in headings((REFERENCE / page).read_text(encoding="utf-8"))[1:] if " " not in heading]


def test_every_error_has_a_heading_and_every_heading_an_error() -> None:
    codes = {constant(kind, "code") for kind in exceptions()} - {None}

    assert sorted(filter(None, codes)) == sorted(codes_explained("errors.md"))


def test_an_exception_without_a_code_never_leaves_its_room() -> None:
    """Signals within a room need no page, but they are neither among the errors nor on the public face."""
    face = {alias.name for node in ast.walk(syntax(SOURCE / "__init__.py")) for alias in getattr(node, "names", ())}
    silent = {kind: path for kind, path in exceptions().items() if not constant(kind, "code")}

    assert [] == [kind.name for kind, path in silent.items() if kind.name in face or path.name == "errors.py"]


def test_no_two_errors_share_a_code() -> None:
    codes = [code for kind in exceptions() if (code := constant(kind, "code"))]

    assert sorted(set(codes)) == sorted(codes)


def test_errors_that_callers_catch_have_one_root_and_a_docstring() -> None:
    public = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]

    assert public
    assert [] == [kind.__name__ for kind in public if not issubclass(kind, errors.CaseworkError) or not kind.__doc__]


def test_every_refusal_has_a_heading_and_every_heading_a_refusal() -> None:
    assert sorted(REFUSAL_CODES) == sorted(codes_explained("refusals.md"))


def test_a_refusals_page_tells_the_sentence_in_both_languages() -> None:
    page = (REFERENCE / "refusals.md").read_text(encoding="utf-8")

    assert [] == [text for told in SENTENCES.values() for text in (told.en, told.zh) if text not in page]


def test_every_finding_has_a_heading() -> None:
    raised = {code for path in modules() for code in FINDING_CODE.findall(path.read_text(encoding="utf-8"))}

    assert set() == raised - {code.upper() for code in codes_explained("findings.md")}


def test_every_hook_is_told_with_its_full_signature() -> None:
    hooks = [node for node in syntax(ROOT / "src/casework/hookspecs.py").body if getattr(node, "decorator_list", [])]
    signatures = [
        f"{hook.name}({', '.join(argument.arg for argument in hook.args.args)})"
        for hook in hooks
        if hook.__class__.__name__ == "FunctionDef" and hook.name.startswith("casework_")
    ]

    assert signatures
    assert sorted(signatures) == sorted(
        heading for heading in headings((REFERENCE / "hooks.md").read_text("utf-8")) if heading.startswith("casework_")
    )


@pytest.mark.parametrize("path", DECISIONS, ids=shown)
def test_a_decision_tells_its_context_choice_and_price(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    told = [heading.lower() for heading in headings(text)[1:]]

    assert re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", path.name)
    assert ["context", "choice", "price"] == [name for name in told if name in ("context", "choice", "price")]
    assert len(text.splitlines()) <= 80, "a decision fits on one page"


def test_decisions_are_numbered_one_by_one() -> None:
    assert [int(path.name[:3]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_every_link_within_the_documentation_leads_somewhere() -> None:
    link = re.compile(r"\[[^\]]+\]\((?!\w+:|#)([^)#\s]+)")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "plugins").glob("*/README.md")]
    broken = [
        f"{shown(page)}: {target}"
        for page in pages
        for target in link.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert [] == broken

"""Every module, and everything public in it, says what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tree import SOURCE, Function, modules, plugin_modules, shown, syntax

MIGRATIONS = SOURCE / "storage" / "versions"


def public(tree: ast.Module) -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """The public classes and functions of a module, and the public methods of its public classes."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = (item for item in node.body if isinstance(item, Function) and not item.name.startswith("_"))
            if any(ast.unparse(base).startswith(("Protocol", "typing.Protocol")) for base in node.bases):
                methods = (item for item in methods if not _is_bare(item))
            yield from ((f"{node.name}.{method.name}", method) for method in methods)


def undocumented(tree: ast.Module) -> list[str]:
    """What lacks a docstring; a method that another class of the module explains is explained."""
    found = list(public(tree))
    explained = {name.partition(".")[2] for name, node in found if "." in name and ast.get_docstring(node)}
    return [
        name
        for name, node in found
        if not ast.get_docstring(node) and name.partition(".")[2] not in explained and not _is_overload(node)
    ]


def _is_bare(method: Function) -> bool:
    """Whether a method of a protocol only repeats the shape of something that is documented elsewhere."""
    return ast.unparse(method.body[-1]) == "..." and len(method.body) == 1


def _is_overload(node: ast.ClassDef | Function) -> bool:
    marks = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(marks & {"overload", "setter"})


@pytest.mark.parametrize("path", [*modules(), *plugin_modules()], ids=shown)
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(syntax(path)), "the module does not say what it is for"
    if path.is_relative_to(MIGRATIONS):
        return  # its upgrade and downgrade are told by the module

    assert [] == undocumented(syntax(path))


def test_a_planted_silence_is_found() -> None:
    planted = "class A:\n    'A.'\n    def told(self): ...\n    def _own(self): ...\ndef told(): ..."

    assert ["A.told", "told"] == undocumented(ast.parse(planted))

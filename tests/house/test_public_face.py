"""Domains and plugins use the public face, as everybody else's code must; nothing of the core knows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tree import DOMAINS, SOURCE, modules, plugin_modules, shown, syntax

FACE = {
    "casework",
    "casework.calendars",
    "casework.channels",
    "casework.keys",
    "casework.cli.commands",
    "casework.interchange",
    "casework.report",
    "casework.rulebook",
    "casework.testing",
}
DOMAIN_MODULES = [path for path in modules() if path not in modules(domains=False)]


def exported() -> set[str]:
    """What the package gives under its own name, at once or when it is first named."""
    return {name for _, name in _given()}


def _given() -> Iterator[tuple[str, str]]:
    """Room and name of everything that the package imports from itself, be it for type checkers alone."""
    for node in ast.walk(syntax(SOURCE / "__init__.py")):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("casework."):
            yield from ((node.module or "", alias.asname or alias.name) for alias in node.names)


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and module of every import of casework, those for type checkers included."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "casework":
            inner = [alias.name for alias in node.names if alias.name not in exported()]
            names = [f"casework.{name}" for name in inner] or ["casework"]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.partition(".")[0] == "casework")


@pytest.mark.parametrize("path", DOMAIN_MODULES, ids=shown)
def test_a_domain_imports_only_the_public_face_and_itself(path: Path) -> None:
    own = f"casework.{path.relative_to(SOURCE).parts[0]}"

    wrong = [
        f"{line}: {name}" for line, name in imported(path) if name not in FACE and not f"{name}.".startswith(f"{own}.")
    ]

    assert [] == wrong


@pytest.mark.parametrize("path", plugin_modules(), ids=shown)
def test_a_plugin_imports_only_public_faces(path: Path) -> None:
    allowed = FACE | {f"casework.{domain}" for domain in DOMAINS}

    assert [] == [f"{line}: {name}" for line, name in imported(path) if name not in allowed]


@pytest.mark.parametrize("path", modules(domains=False), ids=shown)
def test_nothing_of_the_core_imports_a_domain(path: Path) -> None:
    domains = {f"casework.{domain}" for domain in DOMAINS}

    assert [] == [f"{line}: {name}" for line, name in imported(path) if ".".join(name.split(".")[:2]) in domains]


def test_every_public_name_is_there_once_and_on_purpose() -> None:
    import casework

    assert sorted(set(casework.__all__)) == sorted(casework.__all__)
    assert [] == [name for name in casework.__all__ if not hasattr(casework, name)]
    assert set() == exported() - set(casework.__all__)


def test_what_comes_on_demand_comes_from_where_type_checkers_look() -> None:
    import casework

    rooms = {name: room for room, name in _given()}

    assert {} != casework._ROOMS
    assert {name: f"casework.{room}" for name, room in casework._ROOMS.items()} == {
        name: rooms[name] for name in casework._ROOMS
    }

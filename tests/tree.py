"""The tree as the house tests read it: source files, their syntax, text files."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "casework"
DOMAINS = ("outreach", "rescue", "volunteering")
NOT_OURS = {".git", ".venv", "build", "dist", "out", "__pycache__", "node_modules"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*, domains: bool = True) -> list[Path]:
    """The source files of the library, with or without the domains that ship with it."""
    found = sorted(SOURCE.rglob("*.py"))
    return [path for path in found if domains or path.relative_to(SOURCE).parts[0] not in DOMAINS]


def plugin_modules() -> list[Path]:
    """The source files of the separately installable plugins."""
    return sorted((ROOT / "plugins").glob("*/src/**/*.py"))


@cache
def syntax(path: Path) -> ast.Module:
    """The syntax tree of a source file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def shown(path: Path) -> str:
    """The path as one would type it at the root."""
    return path.relative_to(ROOT).as_posix()


def text_files() -> Iterator[tuple[Path, str]]:
    """Every file of the tree that is text; caches, environments and hidden folders other than .ci left out."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OURS and not name.endswith(".egg-info") and (not name.startswith(".") or name == ".ci")
        ]
        for name in names:
            path = Path(folder, name)
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


EXCEPTION_ROOTS = frozenset(
    {"Exception", "BaseException", "ValueError", "TypeError", "RuntimeError", "LookupError", "KeyError"}
)


def exceptions(*, roots: frozenset[str] = EXCEPTION_ROOTS) -> dict[ast.ClassDef, Path]:
    """Every exception class of the library, found by the names of its bases, with its file."""
    classes = [(node, path) for path in modules() for node in ast.walk(syntax(path)) if isinstance(node, ast.ClassDef)]
    known = set(roots)
    found: dict[ast.ClassDef, Path] = {}
    for _ in classes:
        more = {
            n: p
            for n, p in classes
            if n not in found and known & {ast.unparse(base).split(".")[-1] for base in n.bases}
        }
        if not more:
            break
        found |= more
        known |= {node.name for node in more}
    return found


def constant(node: ast.ClassDef, name: str) -> str | None:
    """The text that the class body gives to *name*, or None."""
    for item in node.body:
        targets = (
            item.targets if isinstance(item, ast.Assign) else [item.target] if isinstance(item, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            value = getattr(item, "value", None)
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    return None

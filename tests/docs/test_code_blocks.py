"""Every block of code on every page runs. What the marks mean is told in ``tests/README.md``."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import ROOT, Block, blocks, pages
from processes import casework

_EXIT = re.compile(r"#\s*exit\s+(\d+)\s*\Z")
_DEFINITION = re.compile(r"^(chain|states):", re.MULTILINE)


@contextlib.contextmanager
def namespace(name: str) -> Iterator[types.ModuleType]:
    """A module for one page; attrs and typing look classes up in it by name."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    try:
        yield module
    finally:
        del sys.modules[name]


def run_python(block: Block, page: Path, module: types.ModuleType) -> str:
    """Execute the block; the empty lines make tracebacks point into the page."""
    code = compile("\n" * (block.line - 1) + block.text, str(page), "exec")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, module.__dict__)
    return printed.getvalue()


def run_yaml(block: Block, page: Path) -> None:
    """Load a definition or a migration; other YAML is left alone."""
    from casework import load
    from casework.migrating import load_migration

    if block.text.startswith("migration:"):
        load_migration(block.text, f"{page}, block at line {block.line}")
    elif _DEFINITION.search(block.text):
        load(block.text, f"{page}, block at line {block.line}")


def keep_file(block: Block, folder: Path) -> None:
    """Write the block into the file that it is to be saved as."""
    path = folder / block.comment.removeprefix("file:").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def run_console(block: Block, folder: Path) -> None:
    """Run the lines that start casework, and those that start pytest on what the page has saved."""
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith("$ pytest "):
            words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *shlex.split(line)[2:]]
            ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
            assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
        if not line.startswith("$ casework "):
            continue
        expected = int(found[1]) if (found := _EXIT.search(line)) else 0
        words = shlex.split(line.removeprefix("$ casework "), comments=True)
        odd = [word for word in words if word in ("|", ">", "<", ">>", "&&", ";", "&")]
        assert not odd, f"line {block.line}: {line!r} needs a shell; show one command a line"
        done = casework(*words, folder=folder)
        assert done.code == expected, f"{line}\nended with {done.code}\n{done.out}{done.err}"


def run_page(page: Path, folder: Path) -> None:
    """Run all blocks of a page, in order."""
    printed = ""
    with namespace(f"page_{page.stem.replace('-', '_').lower()}") as module:
        for block in blocks(page.read_text(encoding="utf-8")):
            if block.comment.startswith("not run"):
                assert block.comment.removeprefix("not run").strip(": "), f"line {block.line}: say why it is not run"
            elif block.comment.startswith("file:"):
                keep_file(block, folder)
            elif block.language == "python":
                printed = run_python(block, page, module)
            elif block.language == "yaml":
                run_yaml(block, page)
            elif block.language == "console":
                run_console(block, folder)
            elif block.language == "text" and block.comment == "output":
                assert block.text == printed, f"line {block.line}: the block above prints something else"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if (ROOT / "examples").exists():
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)

    run_page(page, tmp_path)


PAGE = """
```python
print(6 * 7)
```

<!-- output -->
```text
{answer}
```

<!-- not run: it needs a server -->
```python
raise SystemExit
```
"""


def test_a_page_is_believed_only_where_its_output_is_true(tmp_path: Path) -> None:
    (tmp_path / "true.md").write_text(PAGE.format(answer=42), encoding="utf-8")
    (tmp_path / "false.md").write_text(PAGE.format(answer=41), encoding="utf-8")

    run_page(tmp_path / "true.md", tmp_path)

    with pytest.raises(AssertionError, match="prints something else"):
        run_page(tmp_path / "false.md", tmp_path)


def test_a_failing_block_points_into_its_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n```python\nfine = 1\n1 / 0\n```\n", encoding="utf-8")

    with pytest.raises(ZeroDivisionError) as caught:
        run_page(page, tmp_path)

    assert ("page.md", 5) == (caught.traceback[-1].path.name, caught.traceback[-1].lineno + 1)


def test_a_block_that_is_to_be_saved_is_saved_and_not_run(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- file: hall/rules.py -->\n```python\nraise SystemExit\n```\n", encoding="utf-8")

    run_page(page, tmp_path)

    assert "raise SystemExit\n" == (tmp_path / "hall" / "rules.py").read_text(encoding="utf-8")


def test_the_fence_reader_keeps_longer_fences_whole_and_refuses_open_ones() -> None:
    nested = "````markdown\n```python\n1\n```\n````\n"

    assert [Block("markdown", "```python\n1\n```\n", 2)] == list(blocks(nested))
    with pytest.raises(ValueError, match="never closed"):
        list(blocks("```python\n"))

"""F104: nothing is discovered unless asked for, and importing has no effects."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casework import Casework


def running(code: str, *folders: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a little program that finds its modules where this one does, and in *folders*."""
    path = os.pathsep.join([*map(str, folders), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def distribution(folder: Path, name: str, value: str, module: str = "") -> Path:
    """A distribution that offers an entry point in our group; importing its module leaves a mark."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[casework]\n{name} = {value}\n")
    (folder / f"{value.partition(':')[0]}.py").write_text(module or "open('mark', 'w').close()\n")
    return folder


def test_an_app_without_plugins_has_nothing() -> None:
    app = Casework()

    assert ((), (), ()) == (app.plugins, app.case_types, app.demos)


def test_an_entry_point_is_not_even_imported_unless_asked_for(tmp_path: Path) -> None:
    fake = distribution(tmp_path / "fake", "casevvork", "lookalike")
    done = running("from casework import Casework; assert not Casework().plugins", fake, cwd=tmp_path)

    assert (0, False) == (done.returncode, (tmp_path / "mark").exists()), done.stderr


def test_asked_for_it_is_found_and_named(tmp_path: Path) -> None:
    hook = "open('mark', 'w').close()\nimport casework\n@casework.hookimpl\ndef casework_parts(): return []\n"
    fake = distribution(tmp_path / "fake", "lookalike", "lookalike", hook)
    code = "from casework import *; print(Casework(plugins=[p for p in installed()]).plugins)"
    done = running(code, fake, cwd=tmp_path)

    assert 0 == done.returncode, done.stderr
    assert "lookalike" in done.stdout
    assert (tmp_path / "mark").exists()


@pytest.mark.parametrize("module", ["import no_such_module", "raise RuntimeError('no')", "def broken(:"])
def test_an_entry_point_that_cannot_be_loaded_is_named(tmp_path: Path, module: str) -> None:
    fake = distribution(tmp_path / "fake", "broken", "broken_module", module)
    done = running("from casework import installed; installed()", fake, cwd=tmp_path)

    assert "SetupError: the plugin 'broken' (broken_module)" in done.stderr


QUIET = """
import os, sys, threading, logging
before = set(os.listdir('.')), threading.active_count(), logging.getLogger().handlers[:]
import casework, casework.rescue
assert before == (set(os.listdir('.')), threading.active_count(), logging.getLogger().handlers[:])
assert casework.Casework().plugins == () and casework.Casework().case_types == ()
assert 'flask' not in sys.modules and 'click' not in sys.modules
"""


def test_importing_writes_starts_and_registers_nothing(tmp_path: Path) -> None:
    done = running(QUIET, cwd=tmp_path)

    assert 0 == done.returncode, done.stderr
    assert "" == done.stdout + done.stderr

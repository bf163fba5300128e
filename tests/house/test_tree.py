"""The tree is the same on every machine: it names no registry, no machine's paths, and starts with two commands."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from tree import ROOT, shown, text_files

# Put together here, so that this file does not find itself.
ADDRESSES = re.compile(
    "|".join(
        [
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npmjs",
            "index" + r"[-_]url\s*=",
            r"(?m:^\s*--(?:extra-)?" + "index" + r"-url)",
        ]
    )
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.\-/<>{}$*])(?:/(?:home|Users|root)/|" + re.escape(str(ROOT)) + r"\b)|[A-Z]:\\Users"
)
LOCK_FILES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "package-lock.json", "yarn.lock"}


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{number}: {line.strip()[:120]}"
        for path, text in text_files()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert [] == lines_with(ADDRESSES)


def test_no_file_names_a_path_of_one_machine() -> None:
    assert [] == lines_with(MACHINE_PATHS)


def test_no_lock_file_of_a_package_manager_is_kept() -> None:
    assert [] == [shown(path) for path, _ in text_files() if path.name in LOCK_FILES]


@pytest.mark.parametrize("planted", ["/" + "home/li/station.db", f"see {ROOT}", "C:" + r"\Users\li"])
def test_a_planted_path_is_found(planted: str) -> None:
    assert MACHINE_PATHS.search(planted)


@pytest.mark.parametrize("innocent", ["hours/home/week", "https://example.org/home/x", "./root/a", "found/home/"])
def test_an_innocent_slash_is_left_alone(innocent: str) -> None:
    assert not MACHINE_PATHS.search(innocent)


def test_constraints_are_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert [] == [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line)]


def test_every_package_that_the_project_asks_for_is_constrained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(name for names in project["optional-dependencies"].values() for name in names)]
    names = {re.match(r"[\w.-]+", name)[0].lower() for name in asked}  # type: ignore[index]
    pinned = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()}

    assert set() == names - pinned - {"casework"}


def test_the_readme_begins_with_the_two_commands() -> None:
    beginning = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40]

    assert {"python3 dev.py demo", "python3 dev.py test"} <= {line.strip() for line in beginning}


def test_the_check_calls_the_test_command() -> None:
    assert "python3 dev.py test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_set_up_script_tells_its_commands_without_setting_up() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "--help"], capture_output=True, text=True, check=True, timeout=30
    )

    assert all(f"dev.py {command}" in done.stdout for command in ("demo", "test", "bench", "sync"))

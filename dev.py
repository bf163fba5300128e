#!/usr/bin/env python3
"""Set up casework from its source and run it: demo, test, bench. Needs only Python and pip.

    python3 dev.py demo [ARGS]    run the main job on embedded SQLite   (ARGS: casework demo --help)
    python3 dev.py test           run everything: linters, types, floors, core, plugins, examples, documentation;
                                  what needs a store runs on SQLite and on PostgreSQL, which a wheel brings along
    python3 dev.py test --long    the same, with more hypothesis examples and the tests marked "long"
    python3 dev.py test --oracles  the same, and ask independent packages, each in an environment of its own
    python3 dev.py test ARGS      run only pytest, with ARGS, e.g.  test tests/unit -k ledger
    python3 dev.py bench [ARGS]   run the benchmarks
    python3 dev.py sync           only set up

Each call first sees to it that .venv, beside this file, holds the root package and every plugin
(editable) with what their tests need, in the versions of constraints.txt. When nothing has changed
since the last time, that takes a few milliseconds.
"""

import sys  # no __future__ here: even Python 3.6 shall read as far as the next lines

if sys.version_info < (3, 11):
    sys.exit(f"casework needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable})")

import hashlib
import importlib.util
import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "casework-dev.stamp"
CONSTRAINTS = ROOT / "constraints.txt"
ABOVE = ("tests/cli", "tests/demo", "tests/volunteering", "plugins", "examples")
ALL, CORE = "all that need a store", "all of the core that need a store"
PEERS = VENV / "peers"
PEER_PACKAGES = ("dbos", "django-fsm-2", "SpiffWorkflow")
ORACLES = VENV / "oracles"
ORACLE_PACKAGES = {"dcworkflow": ("Products.DCWorkflow",), "pm4py": ("pm4py", "jsonschema")}
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"


def main(arguments: list[str]) -> int:
    """Run the command line; the exit code is 0 only where everything that ran passed."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    commands = {"demo": demo, "test": test, "bench": bench, "sync": ready}
    if command not in commands or (command in ("test", "sync") and rest[:1] in (["-h"], ["--help"])):
        print(__doc__)
        return 0 if command in ("-h", "--help", *commands) else 2
    sync()
    return commands[command](rest)


def ready(_: list[str]) -> int:
    """Nothing more; the set-up is done."""
    print(".venv is ready")
    return 0


def demo(arguments: list[str]) -> int:
    """The main job, as an installed user would start it."""
    return run(BIN / f"casework{EXE}", "demo", *arguments)


def bench(arguments: list[str]) -> int:
    """The benchmarks, beside peers that are installed for them; the tables and a plot go to out/bench."""
    told = [] if "--out" in arguments else ["--out", str(ROOT / "out" / "bench")]
    named = [argument for argument in arguments if not argument.startswith("-")]
    if not PEERS.exists() and (not named or "durable_peers" in named):
        print("making an environment for the peers; without it they are left out", flush=True)
        if run(PYTHON, "-m", "venv", PEERS) == 0:
            run(PEERS / BIN.name / f"python{EXE}", "-m", "pip", "install", "--quiet", *PEER_PACKAGES)
    return run(PYTHON, "-m", "benchmarks", *told, *arguments)


def test(arguments: list[str]) -> int:
    """Every suite, or pytest alone where arguments select tests."""
    long = "--long" in arguments
    selection = [argument for argument in arguments if argument not in ("--long", "--oracles", "--")]
    marks = ["--long"] if long else []
    oracles = "--oracles" in arguments
    if oracles:
        make_oracles()
        marks += ["--oracles", str(ORACLES)]
    pytest: list[str | Path] = [PYTHON, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, *marks]
    if long:
        os.environ.setdefault("HYPOTHESIS_PROFILE", "night")
    if selection:
        code = run(*pytest, *selection)
        report({"tests selected by: " + " ".join(selection): code}, linters=False, long=long, oracles=oracles)
        return code
    sources = ["src", *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("plugins/*/src")))]
    # Much of what is tested waits: for locks, leases, dead links. One worker more than cores fills that time.
    shared = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal"]
    suites: dict[str, list[str | Path]] = {
        "lint (ruff check)": [PYTHON, "-m", "ruff", "check", "."],
        "format (ruff format --check)": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
        "types (mypy --strict)": [PYTHON, "-m", "mypy", "--strict", *sources],
        "floors (import-linter)": [BIN / f"lint-imports{EXE}", "--no-logo"],
        "tests (" + ", ".join(test_folders()) + ")": [*pytest, *shared],
        f"tests on PostgreSQL ({'all that need a store' if long else CORE})": [
            *pytest,
            *shared,
            *on_postgres(long=long),
        ],
    }
    results = {name: timed(name, command) for name, command in suites.items()}
    report(results, linters=True, long=long, oracles=oracles)
    return 1 if any(results.values()) else 0


def make_oracles() -> None:
    """An environment for each oracle, whose package never comes into ours."""
    for name, packages in ORACLE_PACKAGES.items():
        python = ORACLES / name / BIN.name / f"python{EXE}"
        if not python.exists():
            print(f"making an environment for the oracle {name}", flush=True)
            must([sys.executable, "-m", "venv", str(ORACLES / name)], "no environment could be made")
            must([str(python), "-m", "pip", "install", "--quiet", *packages], f"{name} could not be installed")


def on_postgres(*, long: bool) -> list[str]:
    """What makes pytest run on PostgreSQL what ran on SQLite; some of it, by its marks, ran there in the same go.

    Each example of hypothesis makes a database, so that there are few of them. In the short form what stands on the
    core and asks nothing of a database itself runs on SQLite alone.
    """
    told = [
        "--database",
        "postgres",
        "-m",
        "not both and not postgres",
        "--hypothesis-profile",
        "ci" if long else "few",
    ]
    return told if long else [*told, *(folder for folder in test_folders() if not folder.startswith(ABOVE))]


def test_folders() -> list[str]:
    """The folders that hold tests, as pyproject.toml lists them for pytest."""
    folders = (path for pattern in ("tests/*", "plugins/*/tests", "examples") for path in sorted(ROOT.glob(pattern)))
    return [path.relative_to(ROOT).as_posix() for path in folders if any(path.rglob("test_*.py"))]


def timed(name: str, command: list[str | Path]) -> int:
    """Run one suite under a heading."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    code = run(*command)
    print(f"-- {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)
    return code


def report(results: dict[str, int], *, linters: bool, long: bool, oracles: bool) -> None:
    """Say which suites ran and which did not."""
    print("\nSuites that ran:")
    for name, code in results.items():
        print(f"  {'passed' if code == 0 else 'FAILED'}  {name}")
    skipped = [] if linters else ["linters, types, floors and all other tests (python3 dev.py test)"]
    if not long:
        skipped += [f"on PostgreSQL: {', '.join(ABOVE)} (python3 dev.py test --database postgres {' '.join(ABOVE)})"]
        skipped += ["the long form (python3 dev.py test --long)"]
    if not oracles:
        skipped += [f"what asks {', '.join(ORACLE_PACKAGES)} (python3 dev.py test --oracles tests/oracles)"]
    print("Suites that did not run:" + "".join(f"\n  {name}" for name in skipped or ["none"]), flush=True)


def sync() -> None:
    """Make .venv hold what the project files ask for."""
    wanted = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    print("setting up .venv, which takes about half a minute …", flush=True)
    if not PYTHON.exists():
        without_pip = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
        must([sys.executable, "-m", "venv", *without_pip, str(VENV)], "the virtual environment could not be made")
    check_python()
    pip = [*pip_command(), "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--constraint", str(CONSTRAINTS)] if CONSTRAINTS.exists() else []
    must([*pip, "hatchling", "editables"], "the build tools could not be installed")
    packages = [part for path in projects() for part in ("--editable", f"{path.parent}[test]")]
    must([*pip, "--no-build-isolation", *packages], "the packages could not be installed")
    STAMP.write_text(wanted, encoding="utf-8")


def projects() -> list[Path]:
    """The project files: the root's, then every plugin's."""
    return [ROOT / "pyproject.toml", *sorted(ROOT.glob("plugins/*/pyproject.toml"))]


def fingerprint() -> str:
    """A digest of all that decides what .venv must hold, and of the place that editable installations point to."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (*projects(), CONSTRAINTS, ROOT / "dev.py"):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def check_python() -> None:
    """Refuse a .venv, perhaps made by another tool, whose Python cannot be used."""
    ask = "import sys; sys.exit(0 if sys.version_info >= (3, 11) and sys.prefix != sys.base_prefix else 1)"
    if not PYTHON.exists() or subprocess.call([str(PYTHON), "-c", ask], env=environment()) != 0:
        sys.exit(f"{VENV} is not a virtual environment of Python 3.11 or newer; remove that folder and try again")


def pip_command() -> list[str]:
    """The pip of .venv or, where it has none (uv, Debian without python3-venv), that of this Python."""
    quiet = subprocess.DEVNULL
    for command in ([str(PYTHON), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(PYTHON)]):
        if subprocess.call([*command, "--version"], stdout=quiet, stderr=quiet, env=environment()) == 0:
            return command
    sys.exit(
        f"there is no pip for {PYTHON}; install pip and venv (Debian, Ubuntu: apt install python3-pip python3-venv)"
    )


def must(command: list[str], problem: str) -> None:
    """Run a step of the set-up; where it fails, say so and stop."""
    if subprocess.call(command, cwd=ROOT, env=environment()) != 0:
        sys.exit(f"{problem}; what failed was:\n  {subprocess.list2cmdline(command)}")


def run(*command: str | Path) -> int:
    """Run a command of .venv at the root of the tree, and give its exit code."""
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment())


def environment() -> dict[str, str]:
    """This process's environment without what would lead another Python astray."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "__PYVENV_LAUNCHER__")}
    return {**kept, "PIP_USER": "0", "PATH": f"{BIN}{os.pathsep}{kept.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

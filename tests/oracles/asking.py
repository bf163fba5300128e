"""How an oracle is asked: a script of ours, run by the Python of an environment that has the oracle's package."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def answer(environments: str, name: str, script: str, *words: str, given: str = "") -> Any:
    """The JSON that *script* prints last, run in the environment *name* of the folder *environments*."""
    python = Path(environments, name, "Scripts" if os.name == "nt" else "bin", "python")
    run = subprocess.run(
        [str(python), "-W", "ignore", str(HERE / script), *words],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == run.returncode, run.stderr[-2_000:]
    return json.loads(run.stdout)

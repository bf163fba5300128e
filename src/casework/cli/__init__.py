"""The command line. Every command is thin: it asks the public face of casework and shows the answer.

Data go to stdout, messages to stderr. What was stored by somebody is shown with its control characters
escaped, and an error that was to be expected is a sentence and an exit code, never a traceback.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run ``casework``; ends the process with one of the documented exit codes."""
    try:
        from casework.cli.root import root
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        sys.exit("the command line needs click and rich; install casework[cli]")
    root()

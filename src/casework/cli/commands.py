"""What the commands of a plugin are made of; public, as the rest of the command line is not.

A command is a function that gets the *session* of the call by ``click.pass_obj`` and answers with an
exit code, or None for 0. ``session.opened`` is the application over the store that was named,
``session.desk`` the desk of whoever acts, ``session.screen`` where to show things.
"""

from __future__ import annotations

from casework.cli.command import command, group, json_option, option
from casework.cli.faults import BROKEN, OK, REFUSED
from casework.cli.screen import Column, Screen
from casework.cli.session import Session

__all__ = ["BROKEN", "OK", "REFUSED", "Column", "Screen", "Session", "command", "group", "json_option", "option"]

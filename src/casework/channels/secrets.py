"""Where secrets are kept: a reference that is looked up when it is used, and never a text in a definition."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

from casework.errors import InvalidValue, SetupError

SECRET_LIMIT = 65_536
"""The bytes of a file that are read as a secret at most."""

Secret = Callable[[], str]
"""Gives a secret whenever it is asked; what it gives is never kept, shown or written down."""


@attrs.frozen
class SecretEnv:
    """A secret in an environment variable. Raises SetupError where it is not set."""

    name: str

    def __call__(self) -> str:
        found = os.environ.get(self.name, "").strip()
        if not found:
            raise SetupError(f"the environment variable {self.name} holds no secret; set it before the start")
        return found


@attrs.frozen
class SecretFile:
    """A secret in a file, as systemd and Kubernetes hand them out. Raises SetupError where it cannot be read.

    It is read whenever it is needed, so that a new one takes effect without a restart.
    """

    path: Path = attrs.field(converter=Path)

    def __call__(self) -> str:
        try:
            with self.path.open("rb") as file:
                raw = file.read(SECRET_LIMIT + 1)
            found = raw.decode("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise SetupError(f"the secret file {self.path.name!r} cannot be read as ASCII text") from None
        if not found or len(raw) > SECRET_LIMIT:
            raise SetupError(f"the secret file {self.path.name!r} holds no secret, or too much to be one")
        return found


def references(where: str, given: object) -> tuple[Secret, ...]:
    """One reference or several as several. Raises InvalidValue for a text: that would be the secret itself."""
    several = isinstance(given, Iterable) and not callable(given) and not isinstance(given, str | bytes)
    found: tuple[Secret, ...] = tuple(given) if several else (given,)  # type: ignore[arg-type, assignment]
    if not found or not all(callable(secret) for secret in found):
        en = "takes references such as SecretEnv('HOOK_SECRET') or SecretFile('hook.secret'), never the secret itself"
        raise InvalidValue(where, en, "须为 SecretEnv('HOOK_SECRET') 之类的引用，不得直接写出密钥")
    return found
